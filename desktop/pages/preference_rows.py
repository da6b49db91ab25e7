"""The lines of the Preferences page: a name, a field, and below it what it is about and when it counts."""

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop import theme
from desktop.widgets.fields import indented

NAMES = 200
SpinBox = TypeVar("SpinBox", bound=QAbstractSpinBox)


class Section(QFrame):
    """Choices that belong together, under one heading."""

    def __init__(self, title: str) -> None:
        super().__init__(objectName="pane")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 14, 16, 14)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnMinimumWidth(0, NAMES)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(theme.text(title, "heading"), 0, 0, 1, 2)

    def add(self, name: str, field: QWidget, about: str = "") -> QLabel:
        """Returns the label beside the field, for what is to be said about it."""
        note = theme.text("", "warning")
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(field)
        line.addWidget(note)
        line.addStretch()
        if not field.accessibleName():
            field.setAccessibleName(name)
        field.setAccessibleDescription(about)
        self._put(name, line, about)
        return note

    def add_path(self, name: str, path: QLabel, buttons: Sequence[QPushButton], about: str) -> QLabel:
        """A folder, shown whole as far as there is room, and what can be done about it."""
        path.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        path.setAccessibleName(name)
        note = theme.text("", "warning")
        line = QHBoxLayout()
        line.setSpacing(8)
        for each in (*buttons, note):
            line.addWidget(each)
        line.addStretch()
        both = QVBoxLayout()
        both.setSpacing(6)
        both.addWidget(path)
        both.addLayout(line)
        self._put(name, both, about)
        return note

    def _put(self, name: str, field: QHBoxLayout | QVBoxLayout, about: str) -> None:
        at = self._grid.rowCount()
        label = theme.text(name, "muted")
        label.setMinimumHeight(30)
        label.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(field)
        if about:
            column.addWidget(theme.text(about, "small", wrap=True))
        self._grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addLayout(column, at, 1)


def spin(field: SpinBox) -> SpinBox:
    """A number that is taken when it is whole, not while it is typed."""
    field.setKeyboardTracking(False)
    field.setMinimumWidth(110)
    return indented(field)
