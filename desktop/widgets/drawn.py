"""Parts of cells that many cells share, drawn once as a transparent picture: laying it on costs a fraction of
drawing it."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPixmap


@contextmanager
def drawn(size: QSize, ratio: float) -> Iterator[tuple[QPixmap, QPainter]]:
    """A picture of `size` logical pixels, of `ratio` device pixels each, and who draws on it."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    yield picture, painter
    painter.end()
