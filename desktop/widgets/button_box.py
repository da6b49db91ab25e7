"""Qt's row of buttons below a dialog, all of which Tab reaches."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialogButtonBox


class ButtonBox(QDialogButtonBox):
    """When it is shown Qt lets its default button stand for the whole row, and Tab then passes over those
    before it: over “Delete” where “Cancel” is the default."""

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if self.focusProxy() is not None:
            self.setFocusProxy(None)
        return done
