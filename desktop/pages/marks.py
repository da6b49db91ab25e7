"""Stars, colours and flags of pictures: shown at once, kept in the background; and the ways back of all that
is done in the gallery, one by one."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal
from sqlalchemy.orm import Session

from core.library import gallery
from core.library.gallery import Marks
from desktop import words
from desktop.i18n import tr
from desktop.models.pictures import PictureModel
from desktop.studio import Studio

KEPT = 100


class WaysBack(QObject):
    """What takes the last changes back, the newest last."""

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._ways: deque[Callable[[], None]] = deque(maxlen=KEPT)

    def keep(self, way: Callable[[], None]) -> None:
        self._ways.append(way)

    def undo(self) -> None:
        """Takes the last change back, and says so."""
        if self._ways:
            self._ways.pop()()
        else:
            self._studio.messages.say(tr("There is nothing to take back."), "done")


class Marking(QObject):
    """`changed`: the model shows other marks now."""

    changed = Signal()

    def __init__(self, studio: Studio, model: PictureModel, ways: WaysBack) -> None:
        super().__init__(model)
        self._studio, self._model, self._ways = studio, model, ways

    def mark(self, ids: Sequence[int], **marks: Any) -> None:
        """`rating`, `label` or `flag`, as `core.library.gallery.mark` takes them."""
        if not ids:
            return
        known = [row for number in ids if (row := self._model.row(number))]
        self._model.put([replace(row, **marks) for row in known])
        self.changed.emit()

        def change(session: Session) -> list[Marks]:
            return gallery.mark(session, list(ids), **marks)

        def kept(before: list[Marks]) -> None:
            self._ways.keep(lambda: self._unmark(before))

        self._studio.write(change, kept, changed="pictures")

    def _unmark(self, before: list[Marks]) -> None:
        self._studio.write(lambda session: gallery.put_back(session, before), changed="pictures")
        told = tr("{pictures} marked as before.", pictures=words.many(len(before), "picture"))
        self._studio.messages.say(told, "done")
