"""A photo on which one paints what is to be made anew."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from desktop.i18n import tr
from desktop.widgets.brush_canvas import GREY, BrushCanvas

SIDE = 1536
"""Longest side of what is painted, in pixels; over a larger photo it is stretched."""
LEAST, MOST = 0.005, 0.25
"""Of the brush: its width as a part of the photo's longer side."""


class PaintCanvas(BrushCanvas):
    """The mask is white where something is painted."""

    def __init__(self, width: int, height: int) -> None:
        name = tr("What is made anew: arrow keys move the brush, space paints, [ and ] change its size")
        super().__init__(0.08, (LEAST, MOST), name)
        scale = min(1.0, SIDE / max(width, height))
        self._photo: QPixmap | None = None
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setMinimumSize(QSize(320, 320))
        self.show_mask(_nothing(QSize(max(1, round(width * scale)), max(1, round(height * scale)))))

    def show_picture(self, photo: QPixmap | None) -> None:
        self._photo = photo
        self.update()

    @property
    def empty(self) -> bool:
        return self._mask.scaled(64, 64) == _nothing(QSize(64, 64))

    @property
    def png(self) -> bytes:
        """8-bit grey, white where something is painted."""
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._mask.save(buffer, "PNG")
        return bytes(data.data())

    def add(self, png: bytes) -> None:
        """Paints what is white in a picture that is stretched over the photo."""
        both = self._mask.copy()
        painter = QPainter(both)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Lighten)
        painter.drawImage(both.rect(), QImage.fromData(png).convertToFormat(GREY))
        painter.end()
        self.replace(both)

    def clear(self) -> None:
        self.replace(_nothing(self._mask.size()))

    def invert(self) -> None:
        other = self._mask.copy()
        other.invertPixels()
        self.replace(other)

    def paint_below(self, painter: QPainter, page: QRectF) -> None:
        if self._photo is not None and not self._photo.isNull():
            painter.drawPixmap(page, self._photo, QRectF(self._photo.rect()))


def _nothing(size: QSize) -> QImage:
    made = QImage(size, GREY)
    made.fill(0)
    return made
