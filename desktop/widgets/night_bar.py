"""The queue's row for the night: when it starts, and what the computer does when all is done."""

from PySide6.QtCore import QTime, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QTimeEdit, QWidget

from core.overnight import Then
from desktop import theme
from desktop.i18n import noop, tr
from desktop.widgets.buttons import button
from desktop.widgets.fields import indented

THEN: dict[Then, str] = {
    "nothing": noop("Nothing"),
    "quit": noop("Close Likeness"),
    "sleep": noop("Put this computer to sleep"),
    "shutdown": noop("Shut this computer down"),
}


class NightBar(QWidget):
    """`start_asked` with a time of day like "23:00"."""

    start_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._usual: Then = "nothing"
        self.time = indented(QTimeEdit(QTime(23, 0), displayFormat="HH:mm"))
        self.time.setAccessibleName(tr("Time to start at"))
        self.start = button(
            tr("Start then"),
            self._ask,
            tip=tr("Nothing is made before; this computer stays awake meanwhile"),
        )
        self.done = QComboBox()
        self.done.setAccessibleName(tr("When all is done"))
        for words in THEN.values():
            self.done.addItem(tr(words))
        self._awake = theme.text("", "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (theme.text(tr("Start at"), "muted"), self.time, self.start):
            row.addWidget(part)
        row.addSpacing(16)
        row.addWidget(theme.text(tr("When all is done"), "muted"))
        row.addWidget(self.done)
        row.addStretch()
        row.addWidget(self._awake)

    @property
    def then(self) -> Then:
        return list(THEN)[self.done.currentIndex()]

    def forget(self) -> None:
        """What was chosen was for one night."""
        self.set_usual(self._usual)

    def set_usual(self, then: Then) -> None:
        """What is chosen unless the user chooses otherwise for a night."""
        self._usual = then
        self.done.setCurrentIndex(list(THEN).index(then))

    def show_awake(self, awake: bool, refused: bool) -> None:
        kept = tr("This computer is kept awake") if awake else ""
        self._awake.setText(tr("This computer may fall asleep by itself") if refused else kept)
        advice = tr("Its system does not let Likeness keep it awake: switch its sleep off for the night")
        self._awake.setToolTip(advice if refused else "")

    def _ask(self) -> None:
        self.start_asked.emit(self.time.time().toString("HH:mm"))
