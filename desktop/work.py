"""Chores of the worker (imports, references) as the footer and the message bar tell them."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from core import overnight
from core.events import ChoreFailed, ChoreFinished, ChoreProgress, JobFailed, QueuePaused, WorkedElsewhere
from desktop import chores
from desktop.i18n import tr
from desktop.pages.queue import PAUSED_BY_USER
from desktop.studio import Studio
from desktop.window import Footer

SHOWN_SKIPPED = 4


class Work(QObject):
    def __init__(self, studio: Studio, footer: Footer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._footer = footer
        studio.bridge.happened.connect(self._hear)
        footer.show_elsewhere(studio.runner.elsewhere)

    @Slot(list)
    def import_photos(self, paths: Sequence[Path]) -> None:
        if paths:
            self._footer.show_chore(tr("{work}…", work=tr(chores.IMPORT)), 0, 0)
            self._studio.runner.do(chores.IMPORT, chores.import_photos(self._studio.library, paths))

    @Slot(object)
    def _hear(self, event: object) -> None:
        match event:
            case ChoreProgress(chore, done, total, detail):
                self._footer.show_chore(_progress(chore, done, total, Path(detail).name), done, total)
            case ChoreFinished():
                self._finished(event)
            case ChoreFailed(chore, reason):
                self._footer.show_chore("", 0, 0)
                self._studio.messages.say(f"{tr(chore)}: {reason}")
            case WorkedElsewhere(elsewhere):
                self._footer.show_elsewhere(elsewhere)
            case QueuePaused(reason) if reason != PAUSED_BY_USER and not reason.startswith(overnight.STARTS):
                self._studio.messages.say(tr("The queue stands still: {reason}", reason=reason), "warning")
            case JobFailed(_, reason, False):
                self._studio.messages.say(
                    tr("A picture failed: {reason} The others go on.", reason=reason), "warning"
                )

    def _finished(self, event: ChoreFinished) -> None:
        self._footer.show_chore("", 0, 0)
        if not event.skipped:
            self._studio.messages.say(event.summary, "done")
            return
        lines = [f"{Path(path).name}: {reason}" for path, reason in event.skipped]
        shown = lines[:SHOWN_SKIPPED]
        if len(lines) > SHOWN_SKIPPED:
            shown.append(tr("… and {count} more", count=len(lines) - SHOWN_SKIPPED))
        told = tr("{summary} Left out:\n{names}", summary=event.summary, names="\n".join(shown))
        self._studio.messages.say(told, "warning", "\n".join(lines))


def _progress(chore: str, done: int, total: int, detail: str) -> str:
    """What is under way, how far it is, and at which file."""
    if not total:
        return f"{tr(chore)}  {detail}"
    return tr("{work} {done} of {total}  {file}", work=tr(chore), done=done, total=total, file=detail)
