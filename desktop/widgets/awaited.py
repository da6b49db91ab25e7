"""Pictures that cells wait for: when one comes, those cells alone are painted again."""

from collections import OrderedDict

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QTimer, Slot
from PySide6.QtGui import QPixmap, QRegion
from PySide6.QtWidgets import QAbstractItemView

from desktop.thumbnails import PictureKey, Thumbnails

SOON_MS = 16
"""Pictures come by the hundred while one scrolls: one painting shows what came within a frame."""
MOST = 1000
"""What waits longest was scrolled past: it is asked for again when it is painted again."""
Index = QModelIndex | QPersistentModelIndex


class Awaited(QObject):
    """The small pictures of one view. Rows may move meanwhile: that paints all of them, and asks again."""

    def __init__(self, thumbnails: Thumbnails, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._thumbnails, self._view = thumbnails, view
        self._waiting: OrderedDict[PictureKey, set[int]] = OrderedDict()
        self._came: set[int] = set()
        self.painting = thumbnails.painting
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._paint)
        thumbnails.ready.connect(self._arrived)

    def get(self, key: PictureKey, index: Index) -> QPixmap | None:
        """The picture; None until it is there, and then `index` is painted again."""
        picture = self._thumbnails.get(key)
        if picture is None:
            self._waiting.setdefault(key, set()).add(index.row())
            if len(self._waiting) > MOST:
                self._waiting.popitem(last=False)
        return picture

    @Slot(object)
    def _arrived(self, key: PictureKey) -> None:
        rows = self._waiting.pop(key, None)
        if rows is None:
            return
        self._came |= rows
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _paint(self) -> None:
        model, view, region = self._view.model(), self._view, QRegion()
        for row in self._came:
            region += view.visualRect(model.index(row, 0))
        self._came.clear()
        view.viewport().update(region)
