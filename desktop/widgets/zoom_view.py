"""A picture that is zoomed and moved; several that share one `Viewport` show the same part of theirs."""

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import theme

MOST = 16.0
STEP = 1.2
NOTCH = 120


class Viewport(QObject):
    """Which part of a picture is seen: how often larger than when it is seen whole, and which point of it (as
    parts of its sides) stands in the middle."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zoom = 1.0
        self.middle = QPointF(0.5, 0.5)

    def look(self, zoom: float, middle: QPointF) -> None:
        self.zoom = min(max(zoom, 1.0), MOST)
        half = 0.5 / self.zoom
        self.middle = QPointF(*(min(max(at, half), 1 - half) for at in (middle.x(), middle.y())))
        self.changed.emit()

    def whole(self) -> None:
        self.look(1.0, QPointF(0.5, 0.5))


class ZoomView(QWidget):
    """The wheel zooms where the pointer is, dragging moves, a double click goes to the picture's own pixels
    and back."""

    clicked = Signal()

    def __init__(self, viewport: Viewport, name: str) -> None:
        super().__init__()
        self._viewport = viewport
        self._picture: QPixmap | None = None
        self._dragged: QPointF | None = None
        self.setAccessibleName(name)
        self.setMinimumSize(120, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        viewport.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    def show_picture(self, picture: QPixmap | None) -> None:
        self._picture = picture
        self.update()

    @property
    def target(self) -> QRectF:
        """Where the whole picture lies, in and around this widget."""
        size = self._fitted() * self._viewport.zoom
        middle = self._viewport.middle
        left = self.width() / 2 - middle.x() * size.width()
        top = self.height() / 2 - middle.y() * size.height()
        return QRectF(QPointF(left, top), size)

    @property
    def own_pixels(self) -> float:
        """The zoom at which one pixel of the picture is one of the screen."""
        if self._picture is None or self._picture.isNull():
            return 1.0
        return max(1.0, self._picture.width() / self.devicePixelRatioF() / max(1.0, self._fitted().width()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_at(event.position(), STEP ** (event.angleDelta().y() / NOTCH))
        event.accept()

    def zoom_at(self, at: QPointF, times: float) -> None:
        """What is under `at` stays there, as far as the edges let it."""
        before, zoom = self._point(at), min(max(self._viewport.zoom * times, 1.0), MOST)
        size = self._fitted() * zoom
        away = QPointF(
            (at.x() - self.width() / 2) / size.width(), (at.y() - self.height() / 2) / size.height()
        )
        self._viewport.look(zoom, before - away)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._dragged = event.position()
        self.clicked.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is None:
            return
        moved, self._dragged = event.position() - self._dragged, event.position()
        size = self.target.size()
        away = QPointF(moved.x() / size.width(), moved.y() / size.height())
        self._viewport.look(self._viewport.zoom, self._viewport.middle - away)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._viewport.zoom > 1:
            self._viewport.whole()
        else:
            self.zoom_at(event.position(), max(2.0, self.own_pixels))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("picture"))
        if self._picture is None or self._picture.isNull():
            return
        # Beyond its own pixels a picture is judged pixel by pixel.
        smooth = self._viewport.zoom <= self.own_pixels
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawPixmap(self.target, self._picture, QRectF(self._picture.rect()))

    def _fitted(self) -> QSizeF:
        """The size of the picture when it is seen whole; of the widget while there is none."""
        room = QSizeF(max(1, self.width()), max(1, self.height()))
        if self._picture is None or self._picture.isNull():
            return room
        return QSizeF(self._picture.size()).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)

    def _point(self, at: QPointF) -> QPointF:
        """Which point of the picture is under `at`, as parts of its sides."""
        where = self.target
        return QPointF((at.x() - where.x()) / where.width(), (at.y() - where.y()) / where.height())
