"""Fields of the settings panel, and the form they stand in."""

from collections.abc import Mapping
from typing import Any, TypeVar

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSlider,
    QSpinBox,
    QWidget,
)

from desktop import theme

AnySpinBox = TypeVar("AnySpinBox", bound=QAbstractSpinBox)


def choices(values: Mapping[Any, str] | None = None) -> QComboBox:
    """A list to choose from: value → words."""
    box = QComboBox()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)
    offer(box, values or {})
    return box


def offer(box: QComboBox, values: Mapping[Any, str]) -> None:
    """Replaces what there is to choose from; what was chosen stays chosen where it can. Nobody is told."""
    chosen = box.currentData()
    with QSignalBlocker(box):
        box.clear()
        for value, words in values.items():
            box.addItem(words, value)
    choose(box, chosen)


def choose(box: QComboBox, value: Any) -> None:
    """Chooses a value, or the first where it is not there."""
    box.setCurrentIndex(max(0, box.findData(value)))


def whole(least: int, most: int, value: int, suffix: str = "") -> QSpinBox:
    field = QSpinBox(minimum=least, maximum=most, value=value, suffix=suffix, keyboardTracking=False)
    field.setMinimumWidth(64)
    return indented(field)


def indented(field: AnySpinBox) -> AnySpinBox:
    """Style sheets cannot: a spin box ignores its left padding."""
    line = field.lineEdit()
    if line is not None:
        line.setTextMargins(6, 0, 0, 0)
    return field


def row(*parts: QWidget) -> QWidget:
    whole = QWidget()
    line = QHBoxLayout(whole)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(6)
    for part in parts:
        line.addWidget(part, 1 if isinstance(part, QSpinBox | QSlider | QLineEdit) else 0)
    whole.setFocusProxy(parts[0])
    return whole


class Form(QGridLayout):
    """Labels and fields, each line of which can be hidden."""

    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalSpacing(12)
        self.setVerticalSpacing(7)
        self.setColumnMinimumWidth(0, 96)
        self.setColumnStretch(1, 1)
        self._lines: dict[QWidget, QLabel] = {}

    def add(self, name: str, field: QWidget, tip: str = "") -> None:
        label = theme.text(name, "muted")
        label.setToolTip(tip)
        field.setToolTip(tip)
        (field.focusProxy() or field).setAccessibleName(name)
        line = self.rowCount()
        self.addWidget(label, line, 0)
        self.addWidget(field, line, 1)
        self._lines[field] = label

    def add_wide(self, name: str, field: QWidget, tip: str = "") -> None:
        """A field over the whole line, for words that need the room."""
        field.setToolTip(tip)
        (field.focusProxy() or field).setAccessibleName(name)
        self.addWidget(field, self.rowCount(), 0, 1, 2)

    def rename(self, field: QWidget, name: str, tip: str) -> None:
        label = self._lines[field]
        label.setText(name)
        label.setToolTip(tip)
        field.setToolTip(tip)
        (field.focusProxy() or field).setAccessibleName(name)

    def show_line(self, field: QWidget, shown: bool) -> None:
        field.setVisible(shown)
        self._lines[field].setVisible(shown)


def form(*fields: tuple[str, QWidget], tips: Mapping[str, str] | None = None) -> Form:
    made = Form()
    for name, field in fields:
        made.add(name, field, (tips or {}).get(name, ""))
    return made
