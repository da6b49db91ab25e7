"""A number set by a slider, in hundredths, with its value beside it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from desktop import theme


class NumberSlider(QWidget):
    """`value` in [0, most]."""

    changed = Signal()

    def __init__(self, most: float, value: float = 0.0) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=round(most * 100))
        self._said = theme.text("", "muted")
        self._said.setMinimumWidth(30)
        self.slider.valueChanged.connect(self._changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.slider, 1)
        row.addWidget(self._said)
        self.setFocusProxy(self.slider)
        self.value = value
        self._say()

    @property
    def value(self) -> float:
        return self.slider.value() / 100

    @value.setter
    def value(self, value: float) -> None:
        self.slider.setValue(round(value * 100))

    def _changed(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        self._said.setText(f"{self.value:.2f}")
