"""The queue's actions as menus: by right click on its rows, and behind “More”."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QListView, QMenu, QWidget

from core.library import jobs, undo
from core.library.jobs import JobRow
from desktop import shortcuts
from desktop.pages.queue_actions import STOPPED, QueueActions
from desktop.studio import Studio

MORE_TIMES = (2, 4, 8, 16)
WAITS = ("queued",)


class QueueMenus:
    """`context` and `more`. Every action's keys work wherever the page has the keyboard."""

    def __init__(
        self,
        studio: Studio,
        page: QWidget,
        do: QueueActions,
        show: Callable[[], None],
        shift: Callable[[int], None],
    ) -> None:
        self._studio, self._page, self._do = studio, page, do
        self._needs: list[tuple[QAction, Sequence[str]]] = []
        self._show, self._shift = show, shift
        self._make()
        self.context, self.more = QMenu(page), QMenu(page)
        self._fill_context()
        self._fill_more()
        for menu in (self.context, self.more):
            menu.aboutToShow.connect(self._name_steps)

    def serve(self, view: QListView) -> None:
        """Opens the context menu of `view`, at the mouse or at the row that has the keyboard."""
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

        def open_at(place: QPoint) -> None:
            self.context.popup(view.viewport().mapToGlobal(place))

        view.customContextMenuRequested.connect(open_at)

    def allow(self, selected: Sequence[JobRow], listed: Sequence[JobRow]) -> None:
        """Greys what would do nothing."""
        chosen, there = {row.state for row in selected}, {row.state for row in listed}
        for action, states in self._needs:
            action.setEnabled(bool(chosen & set(states)))
        self.cancel_waiting.setEnabled("queued" in there)
        self.cancel_all.setEnabled(bool(there & set(jobs.OPEN)))
        self.retry_all.setEnabled(bool(there & {"failed", "quarantined"}))
        self.clear.setEnabled(bool(there & set(jobs.CLOSED)))
        self.show.setEnabled(any(row.picture_id is not None for row in selected))

    # Actions

    def _make(self) -> None:
        do, every = self._do, (*jobs.OPEN, *jobs.CLOSED)
        self.edit = self._action("Edit…", do.edit, "edit", WAITS)
        self.show = self._action("Show the picture", self._show, "", ())
        self.duplicate = self._action("Queue once more, new seed", do.duplicate, "duplicate", every)
        self.cancel = self._action("What is selected", do.cancel, "cancel", jobs.OPEN)
        self.cancel_together = self._action("What was queued with it", do.cancel_together, "", every)
        self.cancel_alike = self._action("All for the same words", do.cancel_alike, "", every)
        self.cancel_waiting = self._action("All that waits", do.cancel_waiting)
        self.cancel_all = self._action("All, also what is being made", do.cancel_all)
        self.retry = self._action("Retry", do.retry, "", STOPPED)
        self.retry_all = self._action("Retry all that failed", do.retry_all)
        self.clear = self._action("Clear finished", do.clear)
        self.undo = self._action("Undo", do.undo, "undo")
        self.redo = self._action("Redo", do.redo, "redo")
        self.order = (
            self._action("First", do.move_to_top, "first", WAITS),
            self._action("Earlier", lambda: self._shift(-1), "earlier", WAITS),
            self._action("Later", lambda: self._shift(1), "later", WAITS),
            self._action("Last", do.move_to_bottom, "last", WAITS),
        )
        self.lanes = (
            self._action("Before everything else", lambda: do.set_lane("first"), "", WAITS),
            self._action("In turn", lambda: do.set_lane("normal"), "", WAITS),
            self._action("Only when nothing else waits", lambda: do.set_lane("background"), "", WAITS),
        )

    def _action(
        self, title: str, call: Callable[[], object], name: str = "", states: Sequence[str] | None = None
    ) -> QAction:
        """`name`: of its keys in `desktop.shortcuts`. `states`: one of these must be selected; None where it
        is not about the selection."""
        action = QAction(title, self._page)
        action.triggered.connect(lambda: call())
        if name:
            shortcuts.of_action(f"queue.{name}", action)
        self._page.addAction(action)
        if states is not None:
            self._needs.append((action, states))
        return action

    # Menus

    def _fill_context(self) -> None:
        menu = self.context
        menu.addActions([self.edit, self.show, self.duplicate])
        self._times(menu)
        menu.addSeparator()
        self._sub(menu, "Order", *self.order, None, *self.lanes)
        self._sub(menu, "Cancel", self.cancel, self.cancel_together, self.cancel_alike, None,
                  self.cancel_waiting, self.cancel_all)  # fmt: skip
        menu.addActions([self.retry])
        menu.addSeparator()
        menu.addActions([self.undo, self.redo])

    def _fill_more(self) -> None:
        do, menu = self._do, self.more
        for title, call in (
            ("Pause now, in the middle of a picture", do.pause_now),
            ("Pause now and free the memory", lambda: do.pause_now(free=True)),
        ):
            menu.addAction(self._action(title, call))
        menu.addSeparator()
        menu.addActions([self.edit, self.duplicate])
        self._times(menu)
        self._sub(menu, "Order", *self.order, None, *self.lanes)
        self._sub(menu, "Cancel", self.cancel, self.cancel_together, self.cancel_alike, None,
                  self.cancel_waiting, self.cancel_all)  # fmt: skip
        menu.addActions([self.retry_all, self.clear])
        menu.addSeparator()
        menu.addActions([self.undo, self.redo])

    def _sub(self, menu: QMenu, title: str, *actions: QAction | None) -> None:
        below = menu.addMenu(title)
        for action in actions:
            below.addSeparator() if action is None else below.addAction(action)

    def _times(self, menu: QMenu) -> None:
        below = menu.addMenu("Queue several more, new seeds")
        every = (*jobs.OPEN, *jobs.CLOSED)
        for count in MORE_TIMES:
            below.addAction(
                self._action(f"{count} of each", lambda n=count: self._do.duplicate(n), "", every)
            )

    def _name_steps(self) -> None:
        """Says what would be taken back."""
        self._studio.read(undo.titles, self._show_steps)

    def _show_steps(self, titles: tuple[str | None, str | None]) -> None:
        for action, word, title in ((self.undo, "Undo", titles[0]), (self.redo, "Redo", titles[1])):
            action.setText(f"{word} {title}" if title else word)
