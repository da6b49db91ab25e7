"""What the user does to the queue: each change off-thread, told by the message bar with its way back."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import structs
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from sqlalchemy.orm import Session

from core import overnight
from core.edit import again
from core.library import jobs, tries, undo
from core.library.jobs import JobRow
from core.library.lanes import Lane
from core.library.undo import Taken
from core.spec import RenderSpec
from desktop import words
from desktop.i18n import noop, tr
from desktop.pages import queue_words
from desktop.pages.edit_job import EditJobDialog, ask
from desktop.pages.tries_dialog import TriesDialog
from desktop.studio import Studio

PAUSED_BY_USER = noop("Paused by you.")
STOPPED = ("failed", "quarantined", "cancelled")
LANES: dict[Lane, tuple[str, str]] = {
    "first": (noop("{pictures} comes first now."), noop("{pictures} come first now.")),
    "normal": (noop("{pictures} comes in turn now."), noop("{pictures} come in turn now.")),
    "background": (
        noop("{pictures} comes when nothing else waits now."),
        noop("{pictures} come when nothing else waits now."),
    ),
}
NOTHING_BACK = noop("There is nothing to take back.")
NOTHING_AGAIN = noop("Nothing was taken back that could be done again.")


class QueueActions(QObject):
    """`selected` and `listed` give the rows that are selected, and all that are shown."""

    def __init__(
        self,
        studio: Studio,
        selected: Callable[[], list[JobRow]],
        listed: Callable[[], Sequence[JobRow]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._page = parent
        self.tries: TriesDialog | None = None
        self._studio, self._selected, self._listed = studio, selected, listed
        self.dialog: EditJobDialog | None = None

    # Standing still and going on

    def pause(self) -> None:
        """After the picture that is being made."""
        self._change(lambda s: jobs.pause(s, PAUSED_BY_USER))

    def pause_now(self, free: bool = False) -> None:
        """In the middle of a picture, which waits again; `free`: without the model in memory."""
        hold = jobs.Hold(now=True, free=free)
        self._change(lambda s: jobs.pause(s, PAUSED_BY_USER, hold))

    def resume(self) -> None:
        self._change(jobs.resume)

    def start_at(self, time_of_day: str) -> None:
        now = datetime.now(UTC)
        reason, hold = overnight.start_at(overnight.next_time(time_of_day, now), now)
        self._change(lambda s: jobs.pause(s, reason, hold))

    # Cancelling

    def cancel(self) -> None:
        self._cancel(self._ids(jobs.OPEN))

    def cancel_together(self) -> None:
        """What was queued in one go with what is selected."""
        chosen = self._ids()
        if chosen:
            self._cancel(lambda s: jobs.together(s, chosen))

    def cancel_alike(self) -> None:
        """All that wait for the same words as what is selected."""
        chosen = self._ids()
        if chosen:
            self._cancel(lambda s: [id for each in chosen for id in jobs.like(s, each)])

    def cancel_waiting(self) -> None:
        """All but what is being made."""
        self._cancel([row.id for row in self._listed() if row.state == "queued"])

    def cancel_all(self) -> None:
        self._cancel([row.id for row in self._listed() if row.state in jobs.OPEN])

    def _cancel(self, chosen: list[int] | Callable[[Session], list[int]]) -> None:
        if chosen:
            which = chosen if callable(chosen) else lambda s: chosen
            self._change(
                lambda s: jobs.cancel(s, which(s)),
                lambda count: tr("{pictures} cancelled.", pictures=_pictures(count)),
            )

    # Order

    def set_lane(self, lane: Lane) -> None:
        chosen, (one, more) = self._ids(("queued",)), LANES[lane]
        if chosen:
            self._change(
                lambda s: jobs.set_lane(s, chosen, lane),
                lambda count: tr(one if count == 1 else more, pictures=_pictures(count)),
            )

    def rearrange(self, moves: Sequence[tuple[int, int | None]]) -> None:
        """Each job before another, or at the end."""
        count = len({job for job, _ in moves})
        self._change(
            lambda s: jobs.rearrange(s, moves), lambda _: tr("{pictures} moved.", pictures=_pictures(count))
        )

    def move_to_top(self) -> None:
        self._move_to(lambda waiting, chosen: next((id for id in waiting if id not in chosen), None))

    def move_to_bottom(self) -> None:
        self._move_to(lambda waiting, chosen: None)

    def _move_to(self, target: Callable[[list[int], list[int]], int | None]) -> None:
        waiting = [row.id for row in self._listed() if row.state == "queued"]
        chosen = [id for id in waiting if id in set(self._ids())]
        before = target(waiting, chosen)
        if chosen and len(chosen) < len(waiting):
            self.rearrange([(id, before) for id in chosen])

    # Settings, once more, again

    def edit(self) -> None:
        """Opens the settings of what is selected and waits."""
        chosen = self._ids(("queued",))
        if chosen:
            ask(self._studio, chosen, self._show_settings)

    def _show_settings(self, dialog: EditJobDialog) -> None:
        self.dialog = dialog
        dialog.edited.connect(self._edited)
        dialog.open()

    def _edited(self, told: str) -> None:
        self._studio.runner.wake()
        self._tell(told)

    def ask_tries(self) -> None:
        """Until when what is selected and waits is made again."""
        chosen = self._ids(("queued",))
        if chosen:
            self.tries = TriesDialog(len(chosen), self._page)
            self.tries.chosen.connect(lambda wanted: self._try(chosen, lambda s: tries.asked(s, *wanted)))
            self.tries.open()

    def try_once(self) -> None:
        """What is selected and waits is made no more than this once."""
        chosen = self._ids(("queued",))
        if chosen:
            self._try(chosen, lambda specs: [structs.replace(spec, until=None) for spec in specs])

    def _try(self, chosen: list[int], asked: Callable[[list[RenderSpec]], list[RenderSpec]]) -> None:
        def change(session: Session) -> int:
            fresh = asked([jobs.spec_of(session, id) for id in chosen])
            jobs.edit_all(session, dict(zip(chosen, fresh, strict=True)))
            return len(chosen)

        self._change(change, lambda count: tr("{pictures} changed.", pictures=_pictures(count)))

    def duplicate(self, count: int = 1) -> None:
        """What is selected so many times more, with other seeds."""
        chosen = self._ids()

        def enqueue(session: Session) -> int:
            specs = [each for id in chosen for each in again(jobs.spec_of(session, id), count, None)]
            return len(jobs.enqueue(session, specs))

        if chosen:
            self._change(enqueue, lambda made: tr("{pictures} queued.", pictures=_pictures(made)))

    def retry(self) -> None:
        """What is selected and stopped; without such a selection, all that failed."""
        chosen = self._ids(STOPPED) or None
        self._change(lambda s: jobs.retry(s, chosen), _wait_again)

    def retry_all(self) -> None:
        self._change(jobs.retry, _wait_again)

    def clear(self) -> None:
        self._change(jobs.clear, _cleared)

    # Taking back

    def undo(self) -> None:
        self._step(undo.undo, tr(NOTHING_BACK), (tr("Redo"), self.redo))

    def redo(self) -> None:
        self._step(undo.redo, tr(NOTHING_AGAIN), (tr("Undo"), self.undo))

    def _step(
        self,
        take: Callable[[Session], Taken | None],
        nothing: str,
        way_back: tuple[str, Callable[[], None]],
    ) -> None:
        def say(done: Taken | None) -> None:
            self._studio.runner.wake()
            told = queue_words.done(done) if done else nothing
            self._studio.messages.say(told, "done", action=way_back if done else None)

        self._studio.write(take, say, changed="jobs")

    # Ways

    def _ids(self, states: Sequence[str] | None = None) -> list[int]:
        return [row.id for row in self._selected() if states is None or row.state in states]

    def _change(self, change: Callable[[Session], Any], say: Callable[[Any], str] | None = None) -> None:
        """`say`: what was done, of what `change` gave; 0 says that nothing was."""

        def kept(result: Any) -> None:
            self._studio.runner.wake()
            if say and result != 0:
                self._tell(say(result))

        self._studio.write(change, kept, changed="jobs")

    def _tell(self, told: str) -> None:
        self._studio.messages.say(told, "done", action=(tr("Undo"), self.undo))


def _pictures(count: int) -> str:
    return words.many(count, "picture")


def _wait_again(count: int) -> str:
    if count == 1:
        return tr("{pictures} waits again.", pictures=_pictures(count))
    return tr("{pictures} wait again.", pictures=_pictures(count))


def _cleared(count: int) -> str:
    return tr("{lines} cleared; the pictures stay.", lines=words.many(count, "line"))
