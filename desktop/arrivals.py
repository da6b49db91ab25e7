"""Small pictures shown where they belong: at once where they are ready, otherwise as they come."""

from typing import Protocol

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QPixmap
from shiboken6 import isValid

from desktop.thumbnails import PictureKey, Thumbnails


class Frame(Protocol):
    """What shows one picture; None: it is not there yet."""

    def show_picture(self, picture: QPixmap | None) -> None: ...


class Arrivals(QObject):
    """For one owner, with which it goes."""

    def __init__(self, thumbnails: Thumbnails, owner: QObject) -> None:
        super().__init__(owner)
        self._thumbnails = thumbnails
        self._waiting: dict[PictureKey, list[Frame]] = {}
        thumbnails.ready.connect(self._arrived)

    def show(self, where: Frame, key: PictureKey | None) -> None:
        """From now on `where` shows this one, or nothing: what it waited for before comes too late."""
        for waiting in self._waiting.values():
            if where in waiting:
                waiting.remove(where)
        picture = self._thumbnails.get(key) if key else None
        if key and picture is None:
            self._waiting.setdefault(key, []).append(where)
        where.show_picture(picture)

    def forget(self) -> None:
        """Nobody waits any more: the frames are gone or show something else."""
        self._waiting.clear()

    @Slot(object)
    def _arrived(self, key: PictureKey) -> None:
        for where in self._waiting.pop(key, ()):
            if isValid(where):
                where.show_picture(self._thumbnails.get(key))
