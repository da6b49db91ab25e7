"""Small pictures cut round once, and not at each paint: an antialiased clip costs more than all else of a
cell."""

from collections import OrderedDict

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap

from desktop.thumbnails import PictureKey, Thumbnails

KEPT = 400


class CutPictures:
    """The last few hundred, by what they show."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[PictureKey, int, float], QPixmap] = OrderedDict()

    def get(
        self, key: PictureKey, thumbnails: Thumbnails, side: int, radius: float, ratio: float
    ) -> QPixmap | None:
        """A square of `side` with corners of `radius`; None until the picture is there, or where it cannot be
        read."""
        name = (key, side, radius)
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        picture = thumbnails.get(key)
        if picture is None or picture.isNull():
            return None
        self._kept[name] = _cut(picture, side, radius, ratio)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[name]

    def forget(self) -> None:
        """Of somebody who was deleted nothing stays."""
        self._kept.clear()


def _cut(picture: QPixmap, side: int, radius: float, ratio: float) -> QPixmap:
    cut = QPixmap(round(side * ratio), round(side * ratio))
    cut.setDevicePixelRatio(ratio)
    cut.fill(Qt.GlobalColor.transparent)
    painter = QPainter(cut)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    shape, where = QPainterPath(), QRect(0, 0, side, side)
    shape.addRoundedRect(QRectF(where), radius, radius)
    painter.setClipPath(shape)
    least = min(picture.width(), picture.height())
    middle = QRect((picture.width() - least) // 2, (picture.height() - least) // 2, least, least)
    painter.drawPixmap(where, picture, middle)
    painter.end()
    return cut
