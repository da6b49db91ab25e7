"""Chores of the worker (imports, references) as the footer and the message bar tell them."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from core import overnight
from core.events import ChoreFailed, ChoreFinished, ChoreProgress, JobFailed, QueuePaused, WorkedElsewhere
from desktop import chores
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
            self._footer.show_chore(f"{chores.IMPORT}…", 0, 0)
            self._studio.runner.do(chores.IMPORT, chores.import_photos(self._studio.library, paths))

    @Slot(object)
    def _hear(self, event: object) -> None:
        match event:
            case ChoreProgress(chore, done, total, detail):
                amount = f" {done} of {total}" if total else ""
                self._footer.show_chore(f"{chore}{amount}  {Path(detail).name}", done, total)
            case ChoreFinished():
                self._finished(event)
            case ChoreFailed(chore, reason):
                self._footer.show_chore("", 0, 0)
                self._studio.messages.say(f"{chore}: {reason}")
            case WorkedElsewhere(elsewhere):
                self._footer.show_elsewhere(elsewhere)
            case QueuePaused(reason) if reason != PAUSED_BY_USER and not reason.startswith(overnight.STARTS):
                self._studio.messages.say(f"The queue stands still: {reason}", "warning")
            case JobFailed(_, reason, False):
                self._studio.messages.say(f"A picture failed: {reason} The others go on.", "warning")

    def _finished(self, event: ChoreFinished) -> None:
        self._footer.show_chore("", 0, 0)
        if not event.skipped:
            self._studio.messages.say(event.summary, "done")
            return
        lines = [f"{Path(path).name}: {reason}" for path, reason in event.skipped]
        more = f"\n… and {len(lines) - SHOWN_SKIPPED} more" if len(lines) > SHOWN_SKIPPED else ""
        shown = "\n".join(lines[:SHOWN_SKIPPED]) + more
        self._studio.messages.say(f"{event.summary} Left out:\n{shown}", "warning", "\n".join(lines))
