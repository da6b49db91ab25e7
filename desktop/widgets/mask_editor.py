"""The mask's canvas with its tools: brush, eraser, size, one step back."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSlider, QVBoxLayout, QWidget

from desktop import shortcuts, theme
from desktop.i18n import tr
from desktop.widgets.buttons import button
from desktop.widgets.mask_canvas import LIMITS, MaskCanvas
from desktop.widgets.zoom_bar import ZoomBar

FINE = 200
"""Steps of the slider for the whole crop."""


class MaskEditor(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.canvas = MaskCanvas()
        self._brush = _tool(tr("Brush"), tr("Adds to the subject (X)"))
        self._eraser = _tool(tr("Eraser"), tr("Takes away from the subject (X)"))
        self._brush.setChecked(True)
        group = QButtonGroup(self)
        group.addButton(self._brush)
        group.addButton(self._eraser)
        self._eraser.toggled.connect(self._choose)
        self.canvas.erasing_changed.connect(self._chosen)
        self._size = QSlider(Qt.Orientation.Horizontal)
        self._size.setRange(*(round(each * FINE) for each in LIMITS))
        self._size.setValue(round(self.canvas.brush * FINE))
        self._size.setAccessibleName(tr("Size of the brush"))
        self._size.setToolTip(tr("Size of the brush ([ and ])"))
        self._size.valueChanged.connect(self._sized)
        self.canvas.brush_changed.connect(self._show_size)
        self._back = button(
            tr("Undo stroke"), self.canvas.undo, tip=tr("Takes the last stroke back (Ctrl+Z)")
        )
        self.canvas.changed.connect(lambda: self._back.setEnabled(self.canvas.can_undo))
        self._back.setEnabled(False)
        shortcuts.on(self, "mask.undo", self.canvas.undo)
        self._lay_out()

    def _choose(self, erasing: bool) -> None:
        if self.canvas.erasing != erasing:
            self.canvas.set_erasing(erasing)

    def _chosen(self, erasing: bool) -> None:
        (self._eraser if erasing else self._brush).setChecked(True)

    def _sized(self, value: int) -> None:
        self.canvas.set_brush(value / FINE)

    def _show_size(self) -> None:
        """What the wheel chose, to the last digit, stays: only the slider follows."""
        with QSignalBlocker(self._size):
            self._size.setValue(round(self.canvas.brush * FINE))

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(8)
        for part in (self._brush, self._eraser, theme.text(tr("Size"), "muted")):
            tools.addWidget(part)
        tools.addWidget(self._size, 1)
        tools.addWidget(self._back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(tools)
        column.addWidget(self.canvas, 1)
        column.addWidget(ZoomBar(self.canvas))


def _tool(words: str, tip: str) -> QPushButton:
    made = button(words, None, role="toggle", tip=tip)
    made.setCheckable(True)
    return made
