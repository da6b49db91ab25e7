"""One picture, whole or at 100 %, on a neutral ground."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import theme


class PictureView(QWidget):
    """Double-click changes between whole and 100 %. `show_over` draws something over the picture, of any
    size, stretched to it."""

    def __init__(self, name: str = "Picture") -> None:
        super().__init__()
        self._picture: QPixmap | None = None
        self._over: QPixmap | None = None
        self._whole = True
        self.setAccessibleName(name)
        self.setMinimumSize(160, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    def show_picture(self, picture: QPixmap | None) -> None:
        self._picture = picture
        self.update()

    def show_over(self, picture: QPixmap | None) -> None:
        self._over = picture
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._whole = not self._whole
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("picture"))
        if self._picture is None or self._picture.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        target = self._target(self._picture)
        for layer in (self._picture, self._over):
            if layer is not None:
                painter.drawPixmap(target, layer, QRectF(layer.rect()))

    def _target(self, picture: QPixmap) -> QRectF:
        size = picture.size().toSizeF() / self.devicePixelRatio()
        if self._whole or size.width() > self.width() or size.height() > self.height():
            size.scale(self.size().toSizeF(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(
            (self.width() - size.width()) / 2,
            (self.height() - size.height()) / 2,
            size.width(),
            size.height(),
        )
