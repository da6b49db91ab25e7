"""A subject the prompt names: picture, name, what is wrong with it, and how strongly its references act."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSlider, QVBoxLayout

from desktop import theme
from desktop.i18n import noop, tr
from desktop.widgets.reference_tile import Thumb

TIPS = {
    "look": noop("How strongly the references act: 0 leaves the picture to the words"),
    "words": noop("How much the references change the words for {name}: 0 leaves them as they are"),
}


class SubjectChip(QFrame):
    """`strength` in [0, 1.5], and `text_strength` where the method changes words beside; `problem` is said
    under the name, with the sliders off."""

    strengthened = Signal(float)
    text_strengthened = Signal(float)

    def __init__(self, name: str, detail: str, strength: float, problem: str = "") -> None:
        super().__init__()
        self.setObjectName("chip")
        self.picture = Thumb(40, round=True, name=name)
        self._slider, self._value = self._strength(name, "look", strength, bool(problem), self.strengthened)
        self._words, self._words_value = self._strength(
            name, "words", 1.0, bool(problem), self.text_strengthened
        )
        self._detail = theme.text(problem or detail, "warning" if problem else "small")
        self._labels = [theme.text(tr("look"), "small"), theme.text(tr("words"), "small")]
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(theme.text(name))
        words.addWidget(self._detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 10, 6)
        row.setSpacing(10)
        row.addWidget(self.picture)
        row.addLayout(words)
        row.addLayout(self._sliders())
        self.show_words(None)

    @property
    def strength(self) -> float:
        return self._slider.value() / 100

    def show_strength(self, strength: float | None) -> None:
        """Follows a change made elsewhere, without telling it again; None where references do not act."""
        for part in (self._slider, self._value):
            part.setVisible(strength is not None)
        if strength is not None:
            _show(self._slider, self._value, strength)

    def show_words(self, strength: float | None) -> None:
        """The second strength, or None where the method has none."""
        for part in (self._words, self._words_value, *self._labels):
            part.setVisible(strength is not None)
        for slider in (self._slider, self._words):
            slider.setFixedWidth(90 if strength is None else 64)
        if strength is not None:
            _show(self._words, self._words_value, strength)

    def show_detail(self, detail: str) -> None:
        """What stands under the name, unless a problem does."""
        if self._slider.isEnabled():
            self._detail.setText(detail)

    def _strength(
        self, name: str, what: str, strength: float, off: bool, told: Signal
    ) -> tuple[QSlider, QLabel]:
        value = theme.text(f"{strength:.2f}", "small")
        value.setMinimumWidth(30)
        slider = QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=150, value=round(strength * 100))
        spoken = tr("Strength of {name}", name=name)
        slider.setAccessibleName(tr("Strength of {name} in words", name=name) if what == "words" else spoken)
        slider.setToolTip(tr(TIPS[what], name=name))
        slider.setEnabled(not off)
        slider.valueChanged.connect(lambda at: value.setText(f"{at / 100:.2f}"))
        slider.valueChanged.connect(lambda at: told.emit(at / 100))
        return slider, value

    def _sliders(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(0)
        lines = ((self._slider, self._value), (self._words, self._words_value))
        for line, (label, (slider, value)) in enumerate(zip(self._labels, lines, strict=True)):
            grid.addWidget(label, line, 0)
            grid.addWidget(slider, line, 1)
            grid.addWidget(value, line, 2)
        return grid


def _show(slider: QSlider, value: QLabel, strength: float) -> None:
    with QSignalBlocker(slider):
        slider.setValue(round(strength * 100))
    value.setText(f"{strength:.2f}")
