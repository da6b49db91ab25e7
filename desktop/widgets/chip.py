"""A subject the prompt names: picture, name, what is wrong with it, and how strongly its references act."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QVBoxLayout

from desktop import theme
from desktop.widgets.reference_tile import Thumb


class SubjectChip(QFrame):
    """`strength` in [0, 1.5]; `problem` is said under the name, with the slider off."""

    strengthened = Signal(float)

    def __init__(self, name: str, detail: str, strength: float, problem: str = "") -> None:
        super().__init__()
        self.setObjectName("chip")
        self.picture = Thumb(40, round=True, name=name)
        self._value = theme.text(f"{strength:.2f}", "small")
        self._value.setMinimumWidth(30)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, 150)
        self._slider.setValue(round(strength * 100))
        self._slider.setFixedWidth(90)
        self._slider.setAccessibleName(f"Strength of {name}")
        self._slider.setToolTip("How strongly the references act: 0 leaves the picture to the words")
        self._slider.setEnabled(not problem)
        self._slider.valueChanged.connect(self._strengthen)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 10, 6)
        row.setSpacing(10)
        row.addWidget(self.picture)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(theme.text(name))
        words.addWidget(theme.text(problem or detail, "warning" if problem else "small"))
        row.addLayout(words)
        row.addWidget(self._slider)
        row.addWidget(self._value)

    @property
    def strength(self) -> float:
        return self._slider.value() / 100

    def show_strength(self, strength: float) -> None:
        """Follows a change made elsewhere, without telling it again."""
        with QSignalBlocker(self._slider):
            self._slider.setValue(round(strength * 100))
        self._value.setText(f"{strength:.2f}")

    def _strengthen(self, hundredths: int) -> None:
        self._value.setText(f"{hundredths / 100:.2f}")
        self.strengthened.emit(hundredths / 100)
