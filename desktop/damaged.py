"""A damaged library at the start: its last whole backup is offered, and nothing is done without an answer."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from core.paths import Home
from desktop.background import Background
from desktop.i18n import tr
from desktop.widgets.dialog import Question

if TYPE_CHECKING:
    from core.library.backup import Backup
    from core.library.restore import Restored


class DamagedQuestion(QObject):
    """Emits `restored(words)` when a backup is in the library's place; `left(error)` when there is none or it
    did not work, and `left(None)` when it was declined."""

    restored = Signal(str)
    left = Signal(object)

    def __init__(self, home: Home, error: Exception, background: Background, window: QWidget) -> None:
        super().__init__(window)
        self._home, self._error = home, error
        self._background, self._window = background, window

    def ask(self) -> None:
        """Looks for a whole backup, off the GUI thread, then asks."""
        from core.library import backup

        self._background.run(lambda: backup.newest_whole(self._home), self._offer, self.left.emit)

    def _offer(self, found: "Backup | None") -> None:
        if found is None:
            self.left.emit(self._error)
            return
        box = Question(
            QMessageBox.Icon.Warning, "Likeness", tr("The library is damaged."), parent=self._window
        )
        box.setInformativeText(
            tr(
                "{error}\n\nThe backup of {backup} is whole. Restoring it keeps the damaged file beside the"
                " library, and finds the pictures made since.",
                error=self._error,
                backup=found,
            )
        )
        restore = box.addButton(tr("Restore"), QMessageBox.ButtonRole.AcceptRole)
        leave = box.addButton(tr("Leave"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(restore)
        box.setEscapeButton(leave)
        restore.clicked.connect(lambda: self._restore(found))
        leave.clicked.connect(lambda: self.left.emit(None))
        box.open()

    def _restore(self, found: "Backup") -> None:
        from core.library.restore import restore

        def told(done: "Restored") -> None:
            self.restored.emit(str(done))

        self._background.run(lambda: restore(self._home, found), told, self.left.emit)
