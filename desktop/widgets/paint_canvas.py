"""A photo on which one paints what is to be made anew."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import theme
from desktop.i18n import tr

SIDE = 1536
"""Longest side of what is painted, in pixels; over a larger photo it is stretched."""
LEAST, MOST = 0.005, 0.25
"""Of the brush: its width as a part of the photo's longer side."""
LARGER = 1.2
STEP = 0.02
KEPT = 20
VEIL = 0.45
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class PaintCanvas(QWidget):
    """Dragging paints; with the right button, or while `erasing`, it erases. The wheel and the keys [ and ]
    size the brush; arrow keys move it and the space bar dabs. `changed` after every stroke, `brush_changed`
    when the brush got another size."""

    changed = Signal()
    brush_changed = Signal()

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        scale = min(1.0, SIDE / max(width, height))
        self._mask = _nothing(QSize(max(1, round(width * scale)), max(1, round(height * scale))))
        self._before: list[QImage] = []
        self._photo: QPixmap | None = None
        self._last: QPointF | None = None
        self._at = QPointF(0.5, 0.5)
        self._rubbing = False
        self.brush = 0.08
        self.erasing = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(320, 320))
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setAccessibleName(
            tr("What is made anew: arrow keys move the brush, space paints, [ and ] change its size")
        )

    def show_photo(self, photo: QPixmap | None) -> None:
        self._photo = photo
        self.update()

    # What is painted

    @property
    def empty(self) -> bool:
        return self._mask.scaled(64, 64).convertToFormat(QImage.Format.Format_Alpha8) == QImage(
            _nothing(QSize(64, 64)).convertToFormat(QImage.Format.Format_Alpha8)
        )

    @property
    def png(self) -> bytes:
        """8-bit grey, white where something is painted."""
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        _grey(self._mask).save(buffer, "PNG")
        return bytes(data.data())

    def add(self, png: bytes) -> None:
        """Paints what is white in a picture that is stretched over the photo."""
        self._remember()
        given = (
            QImage.fromData(png).scaled(self._mask.size()).convertToFormat(QImage.Format.Format_Grayscale8)
        )
        painter = QPainter(self._mask)
        painter.drawImage(0, 0, _tinted(given))
        painter.end()
        self._tell()

    def clear(self) -> None:
        self._remember()
        self._mask = _nothing(self._mask.size())
        self._tell()

    def invert(self) -> None:
        self._remember()
        grey = _grey(self._mask)
        grey.invertPixels()
        self._mask = _tinted(grey)
        self._tell()

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    def undo(self) -> None:
        if self._before:
            self._mask = self._before.pop()
            self._tell()

    def _remember(self) -> None:
        self._before = [*self._before[1 - KEPT :], self._mask.copy()]

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    # Painting with mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._rubbing = event.button() == Qt.MouseButton.RightButton
        self._at = self._part(event.position())
        self._remember()
        self._stroke(self._at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._at = self._part(event.position())
        if self._last is not None:
            self._stroke(self._at)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last, self._rubbing = None, False
        self._tell()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.size_brush(LARGER if event.angleDelta().y() > 0 else 1 / LARGER)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ARROWS:
            across, down = (STEP * way for way in ARROWS[Qt.Key(event.key())])
            self._at = _within(self._at.x() + across, self._at.y() + down)
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            self._remember()
            self._stroke(self._at)
            self._last = None
            self._tell()
        elif event.text() in ("[", "]"):
            self.size_brush(LARGER if event.text() == "]" else 1 / LARGER)
        else:
            super().keyPressEvent(event)

    def size_brush(self, times: float) -> None:
        self.brush = min(MOST, max(LEAST, self.brush * times))
        self.update()
        self.brush_changed.emit()

    def _stroke(self, to: QPointF) -> None:
        """A line of the brush's width from where it was."""
        size = self._mask.size()
        here = QPointF(to.x() * size.width(), to.y() * size.height())
        painter = QPainter(self._mask)
        if self.erasing or self._rubbing:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
        wide = max(1.0, self.brush * max(size.width(), size.height()))
        painter.setPen(QPen(_paint(), wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(self._last or here, here + QPointF(0.01, 0))
        painter.end()
        self._last = here
        self.update()

    def _part(self, at: QPointF) -> QPointF:
        """Where a point lies, as parts of the photo's sides."""
        page = self._page()
        return _within((at.x() - page.left()) / page.width(), (at.y() - page.top()) / page.height())

    # Showing

    def _page(self) -> QRectF:
        """The photo, as large as it goes."""
        page = QRectF(QRect(0, 0, self._mask.width(), self._mask.height()))
        scale = min(self.width() / page.width(), self.height() / page.height())
        page.setSize(page.size() * scale)
        page.moveCenter(QRectF(self.rect()).center())
        return page

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour("picture"))
        page = self._page()
        if self._photo is not None and not self._photo.isNull():
            painter.drawPixmap(page, self._photo, QRectF(self._photo.rect()))
        painter.setOpacity(VEIL)
        painter.drawImage(page, self._mask)
        painter.setOpacity(1.0)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 1))
            painter.drawRect(page.adjusted(0, 0, -1, -1))
        if self.underMouse() or self.hasFocus():
            self._draw_brush(painter, page)

    def _draw_brush(self, painter: QPainter, page: QRectF) -> None:
        """A ring, dark and light: to be seen on every photo."""
        radius = self.brush * max(page.width(), page.height()) / 2
        middle = QPointF(page.left() + self._at.x() * page.width(), page.top() + self._at.y() * page.height())
        for colour, wide in ((Qt.GlobalColor.black, 3), (Qt.GlobalColor.white, 1)):
            style = Qt.PenStyle.DashLine if self.erasing or self._rubbing else Qt.PenStyle.SolidLine
            painter.setPen(QPen(QColor(colour), wide, style))
            painter.drawEllipse(middle, radius, radius)


def _within(x: float, y: float) -> QPointF:
    return QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))


def _paint() -> QColor:
    return theme.colour("label-red")


def _nothing(size: QSize) -> QImage:
    made = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(Qt.GlobalColor.transparent)
    return made


def _grey(painted: QImage) -> QImage:
    """How much is painted, as 8-bit grey."""
    alpha = painted.convertToFormat(QImage.Format.Format_Alpha8)
    alpha.reinterpretAsFormat(QImage.Format.Format_Grayscale8)
    return alpha


def _tinted(grey: QImage) -> QImage:
    """Paint where an 8-bit grey picture is white."""
    made = QImage(grey.size(), QImage.Format.Format_ARGB32)
    made.fill(_paint())
    made.setAlphaChannel(grey)
    return made.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
