"""Queue: what is rendered, what waits, what went wrong."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy.orm import Session

from core import overnight
from core.edit import again
from core.events import (
    JobCancelled,
    JobFailed,
    JobFinished,
    JobPreview,
    JobProgress,
    JobStarted,
    LibraryChanged,
    QueueIdle,
    QueuePaused,
    QueueResumed,
)
from core.library import gallery, jobs
from core.library.jobs import JobRow
from core.library.lanes import Lane
from core.library.undo import undo as take_back
from desktop import theme, words
from desktop.later import LaterCall
from desktop.models.jobs import JobModel
from desktop.models.rows import ROW
from desktop.studio import Studio
from desktop.widgets.buttons import button, icon_button
from desktop.widgets.empty import EmptyState
from desktop.widgets.job_rows import JobDelegate
from desktop.widgets.night_bar import NightBar

SHOWN_PICTURES = 1000
PAUSED_BY_USER = "Paused by you."
CHANGES = (JobStarted, JobFinished, JobFailed, JobCancelled, QueuePaused, QueueResumed, QueueIdle)


class QueuePage(QWidget):
    """`worked` says in words what the worker does; `opened` carries a finished picture's id."""

    worked = Signal(str)
    opened = Signal(int)
    compose_asked = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._paused: str | None = None
        self.model = JobModel(self)
        self.model.moved.connect(self._keep_move)
        self._lay_out()
        self._refresh = LaterCall(self.refresh, self, 80)
        self._tell = LaterCall(self._tell_work, self, 200)
        studio.bridge.happened.connect(self._hear)
        self.refresh()

    # Reading

    def refresh(self) -> None:
        def ask(session: Session) -> tuple[list[JobRow], dict[int, str], str | None]:
            paths = {row.id: row.path for row in gallery.rows(session, limit=SHOWN_PICTURES)}
            return jobs.rows(session), paths, jobs.paused(session)

        self._studio.read(ask, self._fill)

    def _fill(self, found: tuple[list[JobRow], dict[int, str], str | None]) -> None:
        rows, paths, self._paused = found
        self.model.fill(rows, paths)
        self._stack.setCurrentIndex(1 if rows else 0)
        self._pause.setText("Resume" if self._paused is not None else "Pause")
        self._pause.setIcon(theme.icon_before_text("play" if self._paused is not None else "pause"))
        self._reason.setText(self._paused or "")
        self._reason.setVisible(bool(self._paused))
        self._allow()
        self._tell_work()

    @Slot(object)
    def _hear(self, event: object) -> None:
        if isinstance(event, JobProgress):
            self.model.progress(event)
            self._tell.ask()
        elif isinstance(event, JobPreview):
            self.model.preview(event.job_id, event.jpeg)
        elif isinstance(event, CHANGES) or (isinstance(event, LibraryChanged) and event.what == "jobs"):
            self._refresh.ask()

    def _tell_work(self) -> None:
        states = [row.state for row in self.model.rows]
        running, waiting = states.count("running"), states.count("queued")
        left = self.model.left()
        when = f", about {words.duration(left)} left" if left and self._paused is None else ""
        if running:
            more = f", {words.many(waiting, 'picture')} waiting" if waiting else ""
            text = f"Rendering{more}{when}"
        elif waiting:
            state = "Starting" if self._paused is None else "Paused"
            text = f"{state}, {words.many(waiting, 'picture')} waiting{when}"
        else:
            text = "Idle"
        self._summary.setText("" if text == "Idle" else text)
        self.worked.emit(text)

    # What the user does

    @property
    def selected(self) -> list[JobRow]:
        return [index.data(ROW) for index in self.view.selectionModel().selectedIndexes()]

    def pause_or_resume(self) -> None:
        def change(session: Session) -> None:
            if self._paused is None:
                jobs.pause(session, PAUSED_BY_USER)
            else:
                jobs.resume(session)

        self._studio.write(change, lambda _: self._studio.runner.wake(), changed="jobs")

    def pause_now(self, free: bool = False) -> None:
        """In the middle of a picture, which waits again; `free`: without the model in memory."""
        hold = jobs.Hold(now=True, free=free)
        self._change(lambda s: jobs.pause(s, PAUSED_BY_USER, hold))

    def start_at(self, time_of_day: str) -> None:
        now = datetime.now(UTC)
        reason, hold = overnight.start_at(overnight.next_time(time_of_day, now), now)
        self._change(lambda s: jobs.pause(s, reason, hold))

    def cancel(self) -> None:
        chosen = [row.id for row in self.selected if row.state in jobs.OPEN]
        if chosen:
            self._studio.write(lambda s: jobs.cancel(s, chosen), self._offer_undo, changed="jobs")

    def cancel_waiting(self) -> None:
        """All but what is being made."""
        chosen = [row.id for row in self.model.rows if row.state == "queued"]
        if chosen:
            self._studio.write(lambda s: jobs.cancel(s, chosen), self._offer_undo, changed="jobs")

    def set_lane(self, lane: Lane) -> None:
        chosen = [row.id for row in self.selected if row.state == "queued"]
        if chosen:
            self._change(lambda s: jobs.set_lane(s, chosen, lane))

    def duplicate(self) -> None:
        """What is selected once more, each with another seed."""
        chosen = [row.id for row in self.selected]

        def enqueue(session: Session) -> None:
            jobs.enqueue(
                session, [each for id in chosen for each in again(jobs.spec_of(session, id), 1, None)]
            )

        if chosen:
            self._change(enqueue)

    def undo(self) -> None:
        """Takes back the last cancelling or reordering."""
        self._change(take_back)

    def _offer_undo(self, cancelled: int) -> None:
        if cancelled:
            told = f"{words.many(cancelled, 'picture')} cancelled."
            self._studio.messages.say(told, "done", action=("Undo", self.undo))

    def _change(self, change: Callable[[Session], object]) -> None:
        self._studio.write(change, lambda _: self._studio.runner.wake(), changed="jobs")

    def retry(self) -> None:
        """Retries what is selected; without a selection, all that failed."""
        chosen = [
            row.id for row in self.selected if row.state in ("failed", "quarantined", "cancelled")
        ] or None
        self._studio.write(
            lambda s: jobs.retry(s, chosen), lambda _: self._studio.runner.wake(), changed="jobs"
        )

    def clear(self) -> None:
        self._studio.write(jobs.clear, changed="jobs")

    def shift(self, step: int) -> None:
        """Moves the selected waiting rows up (−1) or down (+1)."""
        places = sorted((i.row() for i in self.view.selectionModel().selectedIndexes()), reverse=step > 0)
        for place in places:
            target = place + (2 if step > 0 else -1)
            if 0 <= target <= len(self.model.rows):
                self.model.moveRows(QModelIndex(), place, 1, QModelIndex(), target)

    @Slot(int, int)
    def _keep_move(self, job_id: int, before_id: int) -> None:
        before = None if before_id < 0 else before_id
        self._studio.write(lambda s: jobs.move(s, job_id, before), changed="jobs")

    def _open(self, index: QModelIndex) -> None:
        row: JobRow = index.data(ROW)
        if row.picture_id is not None:
            self.opened.emit(row.picture_id)

    def _allow(self) -> None:
        """Greys what would do nothing."""
        states = {row.state for row in self.selected}
        everything = {row.state for row in self.model.rows}
        self._cancel.setEnabled(bool(states & set(jobs.OPEN)))
        self._retry.setEnabled(bool(everything & {"failed", "quarantined"} or "cancelled" in states))
        self._clear.setEnabled(bool(everything & set(jobs.CLOSED)))
        for mover in self._movers:
            mover.setEnabled("queued" in states)

    # Layout

    def _lay_out(self) -> None:
        empty = EmptyState(
            "queue", "Nothing is waiting",
            "Write prompts on the Compose page and add them here. They are rendered one after the other,"
            " overnight if you like; the queue survives a restart.",
            button("Compose", self.compose_asked.emit, "compose", "primary"),
        )  # fmt: skip
        self.view = self._list()
        self.night = NightBar()
        self.night.start_asked.connect(self.start_at)
        filled = QWidget()
        column = QVBoxLayout(filled)
        column.setContentsMargins(20, 16, 20, 8)
        column.setSpacing(10)
        column.addLayout(self._head())
        self._reason = theme.text("", "warning", wrap=True)
        column.addWidget(self._reason)
        column.addWidget(self.view, 1)
        column.addWidget(self.night)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(filled)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self._allow()

    def _head(self) -> QHBoxLayout:
        self._summary = theme.text("", "muted")
        self._pause = button(
            "Pause", self.pause_or_resume, "pause", tip="Stops after the picture it is at (Ctrl+P)"
        )
        self._pause.setShortcut("Ctrl+P")
        self._cancel = button("Cancel", self.cancel, "cancel", tip="Cancel what is selected (Delete)")
        self._retry = button("Retry", self.retry, "retry", tip="Retry what failed (Ctrl+R)")
        self._retry.setShortcut("Ctrl+R")
        self._clear = button("Clear finished", self.clear, "clear", tip="The pictures stay in the gallery")
        self._movers = (
            icon_button("up", "Move up (Alt+Up)", lambda: self.shift(-1)),
            icon_button("down", "Move down (Alt+Down)", lambda: self.shift(1)),
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(theme.text("Queue", "title"))
        row.addSpacing(8)
        row.addWidget(self._summary)
        row.addStretch()
        for part in (*self._movers, self._pause, self._cancel, self._retry, self._clear, self._more()):
            row.addWidget(part)
        return row

    def _more(self) -> QPushButton:
        made = button("More", tip="Pause at once, order, duplicate, undo")
        menu = QMenu(made)
        for title, call in (
            ("Pause now, in the middle of a picture", self.pause_now),
            ("Pause now and free the memory", lambda: self.pause_now(free=True)),
            ("Make the selected first", lambda: self.set_lane("first")),
            ("Make the selected when nothing else waits", lambda: self.set_lane("background")),
            ("Make the selected in turn", lambda: self.set_lane("normal")),
            ("Queue the selected once more, with other seeds", self.duplicate),
            ("Cancel all that waits", self.cancel_waiting),
            ("Take back the last cancelling or moving (Ctrl+Z)", self.undo),
        ):
            menu.addAction(title).triggered.connect(lambda _=False, call=call: call())
        made.setMenu(menu)
        return made

    def _list(self) -> QListView:
        view = QListView()
        view.setAccessibleName("Pictures in the queue")
        view.setModel(self.model)
        view.setItemDelegate(JobDelegate(self._studio.thumbnails, view))
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.activated.connect(self._open)
        view.selectionModel().selectionChanged.connect(lambda: self._allow())
        self._studio.thumbnails.ready.connect(lambda: view.viewport().update())
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys, call in (
            ("Delete", self.cancel),
            ("Ctrl+Z", self.undo),
            ("Alt+Up", lambda: self.shift(-1)),
            ("Alt+Down", lambda: self.shift(1)),
        ):
            QShortcut(QKeySequence(keys), view, call, context=within)
        return view
