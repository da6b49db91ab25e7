"""Chores of the worker (imports, references) as the footer and the message bar tell them."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from core import overnight
from core.events import ChoreFailed, ChoreFinished, ChoreProgress, JobFailed, QueuePaused, WorkedElsewhere
from core.paths import RESOURCES
from desktop import chores
from desktop.i18n import tr
from desktop.pages.queue import PAUSED_BY_USER
from desktop.studio import Studio
from desktop.window import Footer

SHOWN_SKIPPED = 4
DEMO = RESOURCES / "demo" / "album"


class Work(QObject):
    """`first_asked` with prompts for the demo album."""

    first_asked = Signal(list)

    def __init__(self, studio: Studio, footer: Footer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._footer = footer
        self._prompts: list[str] | None = None
        studio.bridge.happened.connect(self._hear)
        footer.show_elsewhere(studio.runner.elsewhere)

    @Slot(list)
    def import_photos(self, paths: Sequence[Path]) -> None:
        if not paths:
            return
        library = self._studio.library
        self._footer.show_chore(tr("{work}…", work=tr(chores.IMPORT)), 0, 0)
        if list(paths) == [DEMO]:
            self._prompts = []
            self._studio.runner.do(chores.IMPORT, chores.try_demo(library, self._prompts))
        else:
            self._studio.runner.do(chores.IMPORT, chores.import_photos(library, paths))

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
        if not event.summary:
            return  # it is told where it was asked for
        if self._prompts and event.chore == chores.IMPORT:
            prompts, self._prompts = self._prompts, None
            action = (tr("Make first pictures"), lambda: self.first_asked.emit(prompts))
            self._studio.messages.say(event.summary, "done", action=action, stay=True)
        elif not event.skipped:
            self._studio.messages.say(event.summary, "done")
        else:
            self._say_skipped(event)

    def _say_skipped(self, event: ChoreFinished) -> None:
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
