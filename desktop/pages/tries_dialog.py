"""How alike people must be, and how often it is tried."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop import theme
from desktop.i18n import tr
from desktop.pages.dialogs import ask_box
from desktop.widgets.dialog import Dialog
from desktop.widgets.try_again import ABOUT, TryFields


class TriesDialog(Dialog):
    """`chosen` carries the likeness, how many tries, and what is kept, as `core.library.tries.asked` takes
    them. It goes when it is closed."""

    chosen = Signal(object)

    def __init__(self, count: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Try again until they are alike"))
        self.fields = TryFields()
        self._most = theme.text("", "muted")
        self._count = count
        self.fields.tries.valueChanged.connect(self._tell_most)
        box, _ = ask_box(self, tr("Try again"))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(theme.text(tr(ABOUT), "muted", wrap=True))
        column.addLayout(self.fields)
        column.addWidget(self._most)
        column.addWidget(box)
        self.setMinimumWidth(420)
        self._tell_most()

    def accept(self) -> None:
        super().accept()
        until = self.fields.value
        self.chosen.emit((until.score, until.tries, until.keep))

    def _tell_most(self) -> None:
        most = self._count * self.fields.tries.value()
        self._most.setText(tr("At most {count} pictures.", count=f"{most:,}"))
