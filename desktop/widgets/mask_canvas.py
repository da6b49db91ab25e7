"""A crop with what of it is the subject: the rest is veiled. A brush adds, an eraser takes away."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from desktop import theme
from desktop.i18n import tr
from desktop.widgets.brush_canvas import GREY, BrushCanvas

LIMITS = (0.005, 0.6)


class MaskCanvas(BrushCanvas):
    """The mask is white where the subject is."""

    opacity, inverted = 0.6, True

    def __init__(self) -> None:
        name = tr("Mask: arrow keys move the brush, the space bar paints, X changes to the eraser")
        super().__init__(0.12, LIMITS, name)
        self._crop = QImage()
        self.setMinimumSize(QSize(260, 260))

    def show_pictures(self, crop: QImage, mask: QImage) -> None:
        """A null mask means that all of the crop is the subject."""
        self._crop = crop
        if mask.isNull():
            mask = QImage(224, 224, GREY)
            mask.fill(255)
        self.viewport.whole()
        self.show_mask(mask)

    def paint_below(self, painter: QPainter, page: QRectF) -> None:
        if self._mask.isNull():
            painter.setPen(theme.colour("muted"))
            painter.drawText(page, Qt.AlignmentFlag.AlignCenter, tr("Reading…"))
        else:
            painter.drawImage(page, self._crop)
