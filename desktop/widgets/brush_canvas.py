"""A picture on which one paints a mask: brush and eraser, mouse and keys, strokes that can be taken back."""

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent

from desktop import theme
from desktop.widgets.zoomed import NOTCH, Zoomed

LARGER = 1.2
STEP = 0.02
KEPT = 40
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
GREY = QImage.Format.Format_Grayscale8


class BrushCanvas(Zoomed):
    """The mask is an 8-bit grey picture; the brush makes it white, the eraser black. A veil lies over the
    picture where the mask is white or, `inverted`, where it is black.

    Dragging paints; with the right button or Alt the other way round. The wheel and the keys [ and ] size the
    brush, X changes between brush and eraser; arrow keys move the brush and the space bar sets it down.
    `brush` is its width as a part of the picture's longer side: zooming does not change what it covers.
    `changed` after every stroke.
    """

    changed = Signal()
    brush_changed = Signal()
    erasing_changed = Signal(bool)
    veil, opacity, inverted = "label-red", 0.45, False

    def __init__(self, brush: float, limits: tuple[float, float], name: str) -> None:
        super().__init__()
        self.brush, self._limits = brush, limits
        self.erasing = False
        self._mask, self._veil = QImage(), QImage()
        self._before: list[QImage] = []
        self._at = QPointF(0.5, 0.5)
        self._stroke: bool | None = None  # while the button is down: whether it erases
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(name)

    # The mask

    @property
    def mask(self) -> QImage:
        return self._mask

    def show_mask(self, mask: QImage) -> None:
        """From now on, with nothing to take back."""
        self._before.clear()
        self._take(mask.convertToFormat(GREY))
        self.fit(QSizeF(mask.size()))

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    def undo(self) -> None:
        """Takes the last stroke back."""
        if self._before:
            self._take(self._before.pop())
            self._tell()

    def replace(self, mask: QImage) -> None:
        """The whole mask at once, as a stroke that can be taken back."""
        self._remember()
        self._take(mask)
        self._tell()

    def _take(self, mask: QImage) -> None:
        self._mask = mask
        self._veil = QImage(mask.size(), QImage.Format.Format_ARGB32_Premultiplied)
        self._cover(mask.rect())

    def _remember(self) -> None:
        self._before = [*self._before[1 - KEPT :], self._mask.copy()]

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    def _cover(self, where: QRect) -> None:
        """The veil anew, where the mask has changed."""
        part = where.intersected(self._mask.rect())
        if part.isEmpty():
            return
        painter = QPainter(self._veil)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(part.topLeft(), _tinted(self._mask.copy(part), self.veil, self.inverted))
        painter.end()
        self.update()

    # The brush

    def set_brush(self, brush: float) -> None:
        least, most = self._limits
        self.brush = min(most, max(least, brush))
        self.update()
        self.brush_changed.emit()

    def set_erasing(self, erasing: bool) -> None:
        self.erasing = erasing
        self.erasing_changed.emit(erasing)
        self.update()

    def _draw(self, start: QPointF, end: QPointF, erase: bool) -> None:
        """A line of the brush's width. Points are parts of the picture's sides."""
        across, down = self._mask.width(), self._mask.height()
        wide = max(1.0, self.brush * max(across, down))
        begin, here = (QPointF(at.x() * across, at.y() * down) for at in (start, end))
        painter = QPainter(self._mask)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor("black" if erase else "white")
        painter.setPen(QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(begin, here + QPointF(0.01, 0.01))
        painter.end()
        room = QPoint(*(2 * [round(wide / 2) + 2]))
        touched = QRectF(begin, here).normalized().toAlignedRect()
        self._cover(QRect(touched.topLeft() - room, touched.bottomRight() + room))

    # With mouse and keys

    def anchor(self) -> QPointF:
        at = self.place(self._at)
        return at if QRectF(self.rect()).contains(at) else super().anchor()

    def pressed(self, event: QMouseEvent) -> None:
        if self._mask.isNull():
            return
        self._at = self.part(event.position())
        self._remember()
        self._stroke = self._erases(event, event.button() == Qt.MouseButton.RightButton)
        self._draw(self._at, self._at, self._stroke)

    def dragged(self, event: QMouseEvent) -> None:
        before, self._at = self._at, self.part(event.position())
        if self._stroke is not None:
            self._draw(before, self._at, self._stroke)
        self.update()

    def released(self, event: QMouseEvent) -> None:
        if self._stroke is not None:
            self._stroke = None
            self._tell()

    def interrupted(self) -> None:
        if self._stroke is not None:
            self._stroke = None
            self.undo()

    def turned(self, event: QWheelEvent) -> None:
        self.set_brush(self.brush * LARGER ** (event.angleDelta().y() / NOTCH))
        event.accept()

    def tapped(self, event: QKeyEvent) -> None:
        if not self._mask.isNull():
            self._remember()
            self._draw(self._at, self._at, self._erases(event, False))
            self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            self._move(*(STEP / self.viewport.zoom * way for way in ARROWS[key]))
        elif event.text() in ("[", "]"):
            self.set_brush(self.brush * (LARGER if event.text() == "]" else 1 / LARGER))
        elif key == Qt.Key.Key_X:
            self.set_erasing(not self.erasing)
        else:
            super().keyPressEvent(event)

    def _move(self, across: float, down: float) -> None:
        """Smaller steps where the picture is zoomed; the picture follows the brush."""
        at = self._at + QPointF(across, down)
        self._at = QPointF(min(1.0, max(0.0, at.x())), min(1.0, max(0.0, at.y())))
        self.reveal(self._at)
        self.update()

    def _erases(self, event: QMouseEvent | QKeyEvent, other: bool) -> bool:
        return self.erasing != (other or bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))

    # Showing

    def paint_below(self, painter: QPainter, page: QRectF) -> None:
        """What lies under the veil."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour("picture"))
        page = self.target
        self.paint_below(painter, page)
        if self._mask.isNull():
            return
        painter.setOpacity(self.opacity)
        painter.drawImage(page, self._veil)
        painter.setOpacity(1.0)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 1))
            painter.drawRect(QRectF(self.rect()).intersected(page).adjusted(0.5, 0.5, -0.5, -0.5))
        if self.underMouse() or self.hasFocus():
            self._draw_ring(painter, page)

    def _draw_ring(self, painter: QPainter, page: QRectF) -> None:
        """Dark and light, to be seen on every photo; dashed while it erases."""
        radius = self.brush * max(page.width(), page.height()) / 2
        erases = self.erasing if self._stroke is None else self._stroke
        style = Qt.PenStyle.DashLine if erases else Qt.PenStyle.SolidLine
        for colour, wide in ((Qt.GlobalColor.black, 3), (Qt.GlobalColor.white, 1)):
            painter.setPen(QPen(QColor(colour), wide, style))
            painter.drawEllipse(self.place(self._at), radius, radius)


def _tinted(grey: QImage, colour: str, inverted: bool) -> QImage:
    """The colour where a grey picture is white, or, `inverted`, black."""
    if inverted:
        grey.invertPixels()
    made = QImage(grey.size(), QImage.Format.Format_ARGB32)
    made.fill(theme.colour(colour))
    made.setAlphaChannel(grey)
    return made.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
