"""A crop with what of it is the subject: the rest is veiled. A brush adds, an eraser takes away."""

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import theme
from desktop.i18n import tr

VEIL = QColor(200, 40, 40, 150)
SIZES = (2, 60)
STEP = 0.02
MOST_STROKES = 40


class MaskCanvas(QWidget):
    """The mask is an 8-bit grey picture, white where the subject is. The left button paints as chosen, with
    Alt the other way round. Arrow keys move the brush and the space bar sets it down; [ and ] change its
    size, X changes between brush and eraser. `changed` after each stroke, `size_changed` with the brush's
    width in per cent of the crop's."""

    changed = Signal()
    size_changed = Signal(int)
    erasing_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._crop, self._mask = QImage(), QImage()
        self._before: list[QImage] = []
        self._at = QPointF(0.5, 0.5)
        self._drawing = False
        self._keyboard = False
        self.erasing = False
        self.percent = 12
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(260, 260))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(
            tr("Mask: arrow keys move the brush, the space bar paints, X changes to the eraser")
        )

    @property
    def mask(self) -> QImage:
        return self._mask

    @property
    def touched(self) -> bool:
        return bool(self._before)

    def show_pictures(self, crop: QImage, mask: QImage) -> None:
        """A null mask means that all of the crop is the subject."""
        self._crop = crop
        if mask.isNull():
            mask = QImage(224, 224, QImage.Format.Format_Grayscale8)
            mask.fill(255)
        self._mask = mask.convertToFormat(QImage.Format.Format_Grayscale8)
        self._before.clear()
        self.update()

    def set_percent(self, percent: int) -> None:
        self.percent = max(SIZES[0], min(SIZES[1], percent))
        self.size_changed.emit(self.percent)
        self.update()

    def set_erasing(self, erasing: bool) -> None:
        self.erasing = erasing
        self.erasing_changed.emit(erasing)
        self.update()

    def undo(self) -> None:
        """Takes the last stroke back."""
        if self._before:
            self._mask = self._before.pop()
            self._told()

    # Painting the mask

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._mask.isNull():
            self._begin()
            self._drawing, self._keyboard = True, False
            self._stroke(self._part(event.position()), self._part(event.position()), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here, before = self._part(event.position()), self._at
        self._at, self._keyboard = here, False
        if self._drawing:
            self._stroke(before, here, event.modifiers())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drawing:
            self._drawing = False
            self._told()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.set_percent(self.percent + (2 if event.angleDelta().y() > 0 else -2))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0,
        1), }  # fmt: skip
        match event.key():
            case Qt.Key.Key_Space if not self._mask.isNull():
                self._begin()
                self._stroke(self._at, self._at, event.modifiers())
                self._told()
            case Qt.Key.Key_BracketLeft:
                self.set_percent(self.percent - 2)
            case Qt.Key.Key_BracketRight:
                self.set_percent(self.percent + 2)
            case Qt.Key.Key_X:
                self.set_erasing(not self.erasing)
            case key if key in moves:
                across, down = moves[Qt.Key(key)]
                self._at = QPointF(
                    min(1.0, max(0.0, self._at.x() + across * STEP)),
                    min(1.0, max(0.0, self._at.y() + down * STEP)),
                )
                self._keyboard = True
                self.update()
            case _:
                super().keyPressEvent(event)

    def _begin(self) -> None:
        self._before = [*self._before[-MOST_STROKES:], self._mask.copy()]

    def _stroke(self, start: QPointF, end: QPointF, keys: Qt.KeyboardModifier) -> None:
        erasing = self.erasing != bool(keys & Qt.KeyboardModifier.AltModifier)
        side = self._mask.width()
        pen = QPen(QColor("black" if erasing else "white"), self.percent / 100 * side)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter = QPainter(self._mask)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.drawLine(start * side, end * side + QPointF(0.01, 0.01))
        painter.end()
        self._at = end
        self.update()

    def _told(self) -> None:
        self.update()
        self.changed.emit()

    def _part(self, at: QPointF) -> QPointF:
        page = self._page()
        return QPointF((at.x() - page.left()) / page.width(), (at.y() - page.top()) / page.height())

    # Showing

    def _page(self) -> QRectF:
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        side = min(room.width(), room.height())
        page = QRectF(0, 0, side, side)
        page.moveCenter(room.center())
        return page

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        page = self._page()
        painter.fillRect(page, theme.colour("picture"))
        if self._mask.isNull():
            painter.setPen(theme.colour("muted"))
            painter.drawText(page, Qt.AlignmentFlag.AlignCenter, tr("Reading…"))
            return
        painter.drawImage(page, self._crop)
        painter.drawImage(page, self._veil())
        painter.setPen(QPen(theme.colour("accent" if self.hasFocus() else "border"), 1))
        painter.drawRect(page)
        if self.underMouse() or self._keyboard:
            radius = self.percent / 200 * page.width()
            centre = page.topLeft() + QPointF(self._at.x() * page.width(), self._at.y() * page.height())
            painter.setPen(QPen(QColor("black" if self.erasing else "white"), 1.5))
            painter.drawEllipse(centre, radius, radius)

    def _veil(self) -> QImage:
        """Red where the mask is black."""
        veil = QImage(self._mask.size(), QImage.Format.Format_ARGB32_Premultiplied)
        veil.fill(VEIL)
        away = self._mask.copy()
        away.invertPixels()
        painter = QPainter(veil)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        away.reinterpretAsFormat(QImage.Format.Format_Alpha8)
        painter.drawImage(QPoint(0, 0), away)
        painter.end()
        return veil
