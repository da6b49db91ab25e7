"""A picture that is zoomed and moved; several that share one `Viewport` show the same part of theirs."""

from PySide6.QtCore import QRectF, QSize, QSizeF, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QWheelEvent

from desktop import theme
from desktop.widgets.zoomed import NOTCH, STEP, Viewport, Zoomed


class ZoomView(Zoomed):
    """The wheel zooms where the pointer is, dragging moves, a double click goes to the picture's own pixels
    and back."""

    clicked = Signal()

    def __init__(self, viewport: Viewport, name: str) -> None:
        super().__init__(viewport)
        self._picture: QPixmap | None = None
        self.setAccessibleName(name)
        self.setMinimumSize(120, 120)

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    def show_picture(self, picture: QPixmap | None) -> None:
        self._picture = picture
        self.fit(QSizeF(picture.size()) if picture else QSizeF())

    @property
    def own_pixels(self) -> float:
        """The zoom at which one pixel of the picture is one of the screen."""
        if self._picture is None or self._picture.isNull():
            return 1.0
        return max(1.0, self._picture.width() / self.devicePixelRatioF() / max(1.0, self._fitted().width()))

    def turned(self, event: QWheelEvent) -> None:
        self.zoom_at(event.position(), STEP ** (event.angleDelta().y() / NOTCH))
        event.accept()

    def pressed(self, event: QMouseEvent) -> None:
        self.grip(event.position())
        self.clicked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.viewport.zoom > 1:
            self.viewport.whole()
        else:
            self.zoom_at(event.position(), max(2.0, self.own_pixels))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("picture"))
        if self._picture is None or self._picture.isNull():
            return
        # Beyond its own pixels a picture is judged pixel by pixel.
        smooth = self.viewport.zoom <= self.own_pixels
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawPixmap(self.target, self._picture, QRectF(self._picture.rect()))
