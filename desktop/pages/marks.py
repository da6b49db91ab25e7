"""Stars, colours and flags of pictures: shown at once, kept in the background, taken back one by one."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal
from sqlalchemy.orm import Session

from core.library import gallery
from core.library.gallery import Marks
from desktop import words
from desktop.models.pictures import PictureModel
from desktop.studio import Studio

KEPT = 100


class Marking(QObject):
    """`changed`: the model shows other marks now."""

    changed = Signal()

    def __init__(self, studio: Studio, model: PictureModel) -> None:
        super().__init__(model)
        self._studio, self._model = studio, model
        self._before: deque[list[Marks]] = deque(maxlen=KEPT)

    def mark(self, ids: Sequence[int], **marks: Any) -> None:
        """`rating`, `label` or `flag`, as `core.library.gallery.mark` takes them."""
        if not ids:
            return
        known = [row for number in ids if (row := self._model.row(number))]
        self._model.put([replace(row, **marks) for row in known])
        self.changed.emit()

        def change(session: Session) -> list[Marks]:
            return gallery.mark(session, list(ids), **marks)

        self._studio.write(change, self._before.append, changed="pictures")

    def undo(self) -> None:
        """Takes the last marks back, and says so."""
        if not self._before:
            self._studio.messages.say("There is nothing to take back.", "done")
            return
        before = self._before.pop()
        self._studio.write(lambda session: gallery.put_back(session, before), changed="pictures")
        self._studio.messages.say(f"{words.many(len(before), 'picture')} marked as before.", "done")
