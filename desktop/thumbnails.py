"""Small pictures, decoded off the GUI thread, newest wish first; painting only ever asks for what is
ready."""

from collections import OrderedDict
from pathlib import Path
from threading import Lock, RLock
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColorSpace,
    QImage,
    QImageIOHandler,
    QImageReader,
    QPainter,
    QPixmap,
    QTransform,
)

from desktop.background import Background

KEPT = 800
WAITING = 400
AHEAD = 4
"""So many decodings are handed on at a time: enough that no thread waits for the next. More would only queue
up, in the order of a scrolling that is long over."""
BY_QT = (b"jpeg", b"png")
"""What Qt decodes here, fast. Its other decoders draw (SVG), follow links or are little used: Pillow's are
checked."""
Box = tuple[float, float, float, float]
SIDEWAYS = QImageIOHandler.Transformation.TransformationRotate90.value
"""Set where width and height change places."""
SRGB, RGB32 = QColorSpace.NamedColorSpace.SRgb, QImage.Format.Format_RGB32


class PictureKey(NamedTuple):
    """One small picture: a file, the device pixels its shorter (with a box) or longer side gets, and the
    box of the upright picture to cut out. With a `corner`, a square of `side` from its middle, with corners
    of so many device pixels: cut here, because an antialiased edge costs more than all else of a cell."""

    path: str
    side: int
    box: Box | None = None
    corner: float | None = None


class Thumbnails(QObject):
    """`get` answers at once with a picture or None; `ready` tells when it came."""

    ready = Signal(object)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        rehearse()
        self._background = background
        self._kept: OrderedDict[PictureKey, QPixmap] = OrderedDict()
        self._wanted: OrderedDict[PictureKey, None] = OrderedDict()
        self._decoding: set[PictureKey] = set()
        self._lock = Lock()
        self._under_way = 0
        self.painting = RLock()
        """Held by the GUI thread while it paints cells. Decoders wait between their steps: each would
        otherwise take Python's turn from the painting, a millisecond at a time."""
        self._most = KEPT

    def get(self, key: PictureKey) -> QPixmap | None:
        """The picture; None until it is there; an empty pixmap when the file cannot be shown."""
        picture = self._kept.get(key)
        if picture is None:
            self._want(key)
        else:
            self._kept.move_to_end(key)
        return picture

    def keep(self, most: int) -> None:
        """How many pictures stay in memory from now on."""
        self._most = most
        self._drop()

    def forget(self) -> None:
        """Drops every picture: after a person was deleted nothing of them stays, not even here."""
        self._kept.clear()

    def _want(self, key: PictureKey) -> None:
        with self._lock:
            if key in self._decoding:
                return
            self._wanted[key] = None
            self._wanted.move_to_end(key)
            if len(self._wanted) > WAITING:  # scrolled past long ago; painting asks again if it comes back
                self._wanted.popitem(last=False)
        self._decode_some()

    def _decode_some(self) -> None:
        if self._under_way < AHEAD and self._wanted:
            self._under_way += 1
            self._background.run(self._decode_newest, self._keep, self._failed, lane="pictures")

    def _decode_newest(self) -> tuple[PictureKey, QImage] | None:
        with self.painting, self._lock:
            if not self._wanted:
                return None
            key, _ = self._wanted.popitem()
            self._decoding.add(key)
        image = decode(key)
        with self.painting:
            return key, image

    def _keep(self, arrived: tuple[PictureKey, QImage] | None) -> None:
        self._under_way -= 1
        self._decode_some()
        if arrived is None:
            return
        key, image = arrived
        self._decoding.discard(key)
        self._kept[key] = QPixmap.fromImage(image)
        self._drop()
        self.ready.emit(key)

    def _failed(self, error: Exception) -> None:
        self._under_way -= 1
        self._decode_some()
        self._background.fail(error)

    def _drop(self) -> None:
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


def rehearse() -> None:
    """Uses once, on the GUI thread, whatever decoding uses. PySide makes its types and enumerations when they
    are first used; two threads that do so at the same moment end the program."""
    nothing = QBuffer()  # not a file without a name, of which Qt would complain
    reader = QImageReader(nothing)
    reader.setAutoTransform(True)
    reader.setScaledSize(QSize(2, 2).transposed())
    _ = bytes(reader.format().data()), reader.transformation().value, reader.read(), QImage.fromData(b"")
    image = QImage(2, 2, RGB32)
    image.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.AdobeRgb))
    _rounded(_cut(_in_srgb(image), (0.0, 0.0, 1.0, 1.0), 1.0), 2, 1.0)


def decode(key: PictureKey) -> QImage:
    """An upright sRGB picture no larger than asked for; a null one when the file cannot be read."""
    from core import images
    from core.errors import KnownError

    try:
        upright = QSize(*images.upright_size(Path(key.path)))
        image = _by_qt(key, upright)
        if image.isNull():
            image = QImage.fromData(images.thumbnail(Path(key.path), 2048 if key.box else key.side))
    except KnownError:
        return QImage()
    cut = _cut(_in_srgb(image), key.box, image.width() / upright.width())
    return cut if key.corner is None or cut.isNull() else _rounded(cut, key.side, key.corner)


def _by_qt(key: PictureKey, upright: QSize) -> QImage:
    """A null picture for what Pillow must try."""
    reader = QImageReader(key.path)
    if bytes(reader.format().data()) not in BY_QT:
        return QImage()
    reader.setAutoTransform(True)
    scale = _scale(key, upright)
    if scale < 1:
        small = _times(upright, scale)
        turned = bool(reader.transformation().value & SIDEWAYS)
        reader.setScaledSize(small.transposed() if turned else small)
    return reader.read()


def _scale(key: PictureKey, size: QSize) -> float:
    if not size.isValid() or size.isEmpty():
        return 1.0
    if key.box is None:
        return min(1.0, key.side / max(size.width(), size.height()))
    return min(1.0, key.side / max(1.0, min(key.box[2] - key.box[0], key.box[3] - key.box[1])))


def _times(size: QSize, scale: float) -> QSize:
    return QSize(max(1, round(size.width() * scale)), max(1, round(size.height() * scale)))


def _cut(image: QImage, box: Box | None, scale: float) -> QImage:
    if box is None or image.isNull():
        return image
    left, top, right, bottom = (round(edge * scale) for edge in box)
    inside = QRect(left, top, right - left, bottom - top).intersected(image.rect())
    return image.copy(inside) if inside.isValid() else image


def _rounded(image: QImage, side: int, corner: float) -> QImage:
    square = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    square.fill(0)
    least = min(image.width(), image.height())
    middle = QTransform.fromScale(side / least, side / least)
    middle.translate((least - image.width()) / 2, (least - image.height()) / 2)
    brush = QBrush(image)
    brush.setTransform(middle)
    painter = QPainter(square)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawRoundedRect(QRectF(0, 0, side, side), corner, corner)
    painter.end()
    return square


def _in_srgb(image: QImage) -> QImage:
    space = image.colorSpace()
    if space.isValid() and space != QColorSpace(SRGB):
        image.convertToColorSpace(QColorSpace(SRGB), RGB32)
    return image
