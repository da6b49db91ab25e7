"""The queue's actions as menus: by right click on its rows, and behind “More”."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QListView, QMenu, QWidget

from core.library import jobs, undo
from core.library.jobs import JobRow
from core.library.undo import Change
from desktop import shortcuts
from desktop.i18n import tr
from desktop.pages import queue_words
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
        self.edit = self._action(tr("Edit…"), do.edit, "edit", WAITS)
        self.show = self._action(tr("Show the picture"), self._show, "", ())
        self.duplicate = self._action(tr("Queue once more, new seed"), do.duplicate, "duplicate", every)
        self.cancel = self._action(tr("What is selected"), do.cancel, "cancel", jobs.OPEN)
        self.cancel_together = self._action(tr("What was queued with it"), do.cancel_together, "", every)
        self.cancel_alike = self._action(tr("All for the same words"), do.cancel_alike, "", every)
        self.cancel_waiting = self._action(tr("All that waits"), do.cancel_waiting)
        self.cancel_all = self._action(tr("All, also what is being made"), do.cancel_all)
        self.retry = self._action(tr("Retry"), do.retry, "", STOPPED)
        self.retry_all = self._action(tr("Retry all that failed"), do.retry_all)
        self.clear = self._action(tr("Clear finished"), do.clear)
        self.undo = self._action(tr("Undo"), do.undo, "undo")
        self.redo = self._action(tr("Redo"), do.redo, "redo")
        self.tries = self._action(tr("Try again until they are alike…"), do.ask_tries, "", WAITS)
        self.once = self._action(tr("Make it no more than once"), do.try_once, "", WAITS)
        self.order = (
            self._action(tr("First"), do.move_to_top, "first", WAITS),
            self._action(tr("Earlier"), lambda: self._shift(-1), "earlier", WAITS),
            self._action(tr("Later"), lambda: self._shift(1), "later", WAITS),
            self._action(tr("Last"), do.move_to_bottom, "last", WAITS),
        )
        self.lanes = (
            self._action(tr("Before everything else"), lambda: do.set_lane("first"), "", WAITS),
            self._action(tr("In turn"), lambda: do.set_lane("normal"), "", WAITS),
            self._action(tr("Only when nothing else waits"), lambda: do.set_lane("background"), "", WAITS),
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
        menu.addActions([self.tries, self.once])
        menu.addSeparator()
        self._sub(menu, tr("Order"), *self.order, None, *self.lanes)
        self._sub(menu, tr("Cancel"), self.cancel, self.cancel_together, self.cancel_alike, None,
                  self.cancel_waiting, self.cancel_all)  # fmt: skip
        menu.addActions([self.retry])
        menu.addSeparator()
        menu.addActions([self.undo, self.redo])

    def _fill_more(self) -> None:
        do, menu = self._do, self.more
        for title, call in (
            (tr("Pause now, in the middle of a picture"), do.pause_now),
            (tr("Pause now and free the memory"), lambda: do.pause_now(free=True)),
        ):
            menu.addAction(self._action(title, call))
        menu.addSeparator()
        menu.addActions([self.edit, self.duplicate])
        self._times(menu)
        menu.addActions([self.tries, self.once])
        self._sub(menu, tr("Order"), *self.order, None, *self.lanes)
        self._sub(menu, tr("Cancel"), self.cancel, self.cancel_together, self.cancel_alike, None,
                  self.cancel_waiting, self.cancel_all)  # fmt: skip
        menu.addActions([self.retry_all, self.clear])
        menu.addSeparator()
        menu.addActions([self.undo, self.redo])

    def _sub(self, menu: QMenu, title: str, *actions: QAction | None) -> None:
        below = menu.addMenu(title)
        for action in actions:
            below.addSeparator() if action is None else below.addAction(action)

    def _times(self, menu: QMenu) -> None:
        below = menu.addMenu(tr("Queue several more, new seeds"))
        every = (*jobs.OPEN, *jobs.CLOSED)
        for count in MORE_TIMES:
            below.addAction(
                self._action(
                    tr("{count} of each", count=count), lambda n=count: self._do.duplicate(n), "", every
                )
            )

    def _name_steps(self) -> None:
        """Says what would be taken back."""
        self._studio.read(undo.titles, self._show_steps)

    def _show_steps(self, titles: tuple[Change | None, Change | None]) -> None:
        back, again = titles
        self.undo.setText(tr("Undo: {what}", what=queue_words.doing(back)) if back else tr("Undo"))
        self.redo.setText(tr("Redo: {what}", what=queue_words.doing(again)) if again else tr("Redo"))
