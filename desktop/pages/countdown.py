"""“This computer goes to sleep in 60 s”, and the ways out of it."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from core.overnight import Then
from desktop import theme
from desktop.i18n import noop, tr
from desktop.widgets.buttons import button
from desktop.widgets.dialog import Dialog

WORDS: dict[Then, tuple[str, str]] = {
    "quit": (noop("Likeness closes in {seconds} s"), noop("Close now")),
    "sleep": (noop("This computer goes to sleep in {seconds} s"), noop("Sleep now")),
    "shutdown": (noop("This computer is shut down in {seconds} s"), noop("Shut down now")),
}


class Countdown(Dialog):
    """`due` when it was not cancelled in time."""

    due = Signal()

    def __init__(self, then: Then, seconds: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what, now = WORDS[then]
        self._left = seconds
        self.setWindowTitle(tr("All pictures are made"))
        self.setMinimumWidth(420)
        # It may come up behind other windows: nobody is asked for the keyboard at night.
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._words = theme.text("", "heading")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setRange(0, seconds)
        self._bar.setAccessibleName(tr("Time left"))
        self.cancel = button(tr("Cancel"), self.reject, "cancel", "primary")
        self.cancel.setDefault(True)
        self.now = button(tr(now), self._end)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.tick)
        self.finished.connect(self._timer.stop)
        self._lay_out()
        # A key pressed in one's sleep cancels.
        self.cancel.setFocus()
        self._tell()

    def begin(self) -> None:
        self.open()
        self._timer.start(1000)

    def tick(self) -> None:
        """A second went by."""
        self._left -= 1
        self._tell()
        if self._left <= 0:
            self._end()

    @property
    def words(self) -> str:
        return self._words.text()

    def _tell(self) -> None:
        self._words.setText(tr(self._what, seconds=self._left))
        self._bar.setValue(self._left)

    def _end(self) -> None:
        self.accept()
        self.due.emit()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.now)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(self._words)
        column.addWidget(self._bar)
        column.addLayout(row)
