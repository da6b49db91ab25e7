"""Queue: what is rendered, what waits, what went wrong."""

import time

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy.orm import Session

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
from desktop import shortcuts, theme, words
from desktop.i18n import tr
from desktop.later import LaterCall
from desktop.models.jobs import JobModel
from desktop.models.rows import ROW
from desktop.pages.queue_actions import PAUSED_BY_USER as PAUSED_BY_USER
from desktop.pages.queue_actions import QueueActions
from desktop.pages.queue_menus import QueueMenus
from desktop.studio import Studio
from desktop.widgets.buttons import button, icon_button
from desktop.widgets.empty import EmptyState
from desktop.widgets.job_rows import JobDelegate
from desktop.widgets.night_bar import NightBar
from desktop.widgets.still_list import StillList

SHOWN_PICTURES = 1000
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

        began = time.monotonic()
        self._studio.read(ask, lambda found: self._fill(found, began))

    def _fill(self, found: tuple[list[JobRow], dict[int, str], str | None], began: float) -> None:
        rows, paths, self._paused = found
        chosen = {row.id for row in self.selected}
        self.model.fill(rows, paths)
        self._choose(chosen)
        self._stack.setCurrentIndex(1 if rows else 0)
        self._pause.setText(tr("Resume") if self._paused is not None else tr("Pause"))
        self._pause.setIcon(theme.icon_before_text("play" if self._paused is not None else "pause"))
        self._reason.setText(tr(self._paused) if self._paused else "")
        self._reason.setVisible(bool(self._paused))
        self._allow()
        self._tell_work()
        self._refresh.pace(time.monotonic() - began)

    def _choose(self, job_ids: set[int]) -> None:
        """Selects again what a new order made the view forget."""
        model = self.view.selectionModel()
        if model.hasSelection() or not job_ids:
            return
        chosen = QItemSelection()
        for at, row in enumerate(self.model.rows):
            if row.id in job_ids:
                chosen.select(self.model.index(at), self.model.index(at))
        model.select(chosen, QItemSelectionModel.SelectionFlag.Select)

    @Slot(object)
    def _hear(self, event: object) -> None:
        if isinstance(event, JobProgress):
            self.model.progress(event)
            self._tell.ask()
        elif isinstance(event, JobPreview):
            if self._studio.settings.previews:
                self.model.preview(event.job_id, event.jpeg)
        elif isinstance(event, CHANGES) or (isinstance(event, LibraryChanged) and event.what == "jobs"):
            self._refresh.ask()

    def _tell_work(self) -> None:
        states = [row.state for row in self.model.rows]
        running, waiting = states.count("running"), states.count("queued")
        left = self.model.left()
        told = _work(running, waiting, left, self._paused is not None)
        self._summary.setText(told if running or waiting else "")
        self.worked.emit(told)

    # What the user does

    @property
    def selected(self) -> list[JobRow]:
        return [index.data(ROW) for index in self.view.selectionModel().selectedIndexes()]

    def pause_or_resume(self) -> None:
        self.do.pause() if self._paused is None else self.do.resume()

    def shift(self, step: int) -> None:
        """Moves the selected waiting rows up (−1) or down (+1)."""
        places = sorted((i.row() for i in self.view.selectionModel().selectedIndexes()), reverse=step > 0)
        for place in places:
            target = place + (2 if step > 0 else -1)
            if 0 <= target <= len(self.model.rows):
                self.model.moveRows(QModelIndex(), place, 1, QModelIndex(), target)

    def show_picture(self) -> None:
        """Of the first selected row that has one."""
        for row in self.selected:
            if row.picture_id is not None:
                self.opened.emit(row.picture_id)
                return

    def _open(self, index: QModelIndex) -> None:
        """By Enter or a double click: what waits is edited, what is made is shown."""
        row: JobRow = index.data(ROW)
        if row.picture_id is not None:
            self.opened.emit(row.picture_id)
        elif row.state == "queued":
            self.do.edit()

    def _allow(self) -> None:
        """Greys what would do nothing."""
        selected, listed = self.selected, self.model.rows
        states, everything = {row.state for row in selected}, {row.state for row in listed}
        self._cancel.setEnabled(bool(states & set(jobs.OPEN)))
        self._retry.setEnabled(bool(everything & {"failed", "quarantined"} or "cancelled" in states))
        self._clear.setEnabled(bool(everything & set(jobs.CLOSED)))
        for mover in self._movers:
            mover.setEnabled("queued" in states)
        self.menus.allow(selected, listed)

    # Layout

    def _lay_out(self) -> None:
        empty = EmptyState(
            "queue", tr("Nothing is waiting"),
            tr("Write prompts on the Compose page and add them here. They are rendered one after the other,"
               " overnight if you like; the queue survives a restart."),
            button(tr("Compose"), self.compose_asked.emit, "compose", "primary"),
        )  # fmt: skip
        self.view = self._list()
        self.do = QueueActions(self._studio, lambda: self.selected, lambda: self.model.rows, self)
        self.menus = QueueMenus(self._studio, self, self.do, self.show_picture, self.shift)
        self.menus.serve(self.view)
        self.model.moved.connect(self.do.rearrange)
        self.first: QWidget = self.view
        self.night = NightBar()
        self.night.start_asked.connect(self.do.start_at)
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
        self._summary = theme.text("", "muted", wrap=True)
        self._pause = button(
            tr("Pause"), self.pause_or_resume, "pause", tip=tr("Stops after the picture it is at")
        )
        shortcuts.of_button("queue.pause", self._pause)
        self._cancel = button(tr("Cancel"), self.do.cancel, "cancel", tip=tr("Cancel what is selected"))
        self._retry = button(tr("Retry"), self.do.retry, "retry", tip=tr("Retry what failed"))
        shortcuts.of_button("queue.retry", self._retry)
        self._clear = button(
            tr("Clear finished"), self.do.clear, "clear", tip=tr("The pictures stay in the gallery")
        )
        self._movers = (
            icon_button("up", tr("Move up"), lambda: self.shift(-1)),
            icon_button("down", tr("Move down"), lambda: self.shift(1)),
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(theme.text(tr("Queue"), "title"))
        row.addSpacing(8)
        row.addWidget(self._summary, 1)
        for part in (*self._movers, self._pause, self._cancel, self._retry, self._clear, self._more()):
            row.addWidget(part)
        return row

    def _more(self) -> QPushButton:
        made = button(tr("More"), tip=tr("Pause at once, edit, order, cancel, take back"))
        made.setMenu(self.menus.more)
        return made

    def _list(self) -> QListView:
        view = StillList()
        view.setAccessibleName(tr("Pictures in the queue"))
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
        return view


def _work(running: int, waiting: int, left: float | None, paused: bool) -> str:
    """What the worker does, in one line."""
    many, time = words.many(waiting, "picture"), words.duration(left) if left and not paused else ""
    if not waiting and not running:
        return tr("Idle")
    if not waiting:
        return tr("Rendering, about {time} left", time=time) if time else tr("Rendering")
    if running and time:
        return tr("Rendering, {pictures} waiting, about {time} left", pictures=many, time=time)
    if running:
        return tr("Rendering, {pictures} waiting", pictures=many)
    if paused:
        return tr("Paused, {pictures} waiting", pictures=many)
    if time:
        return tr("Starting, {pictures} waiting, about {time} left", pictures=many, time=time)
    return tr("Starting, {pictures} waiting", pictures=many)
