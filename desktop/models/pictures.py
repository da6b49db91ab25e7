"""Finished pictures, newest first, with what their spec and scores say."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from core.errors import KnownError
from core.library.gallery import PictureRow
from core.spec import RenderSpec
from desktop.models.rows import RowModel
from desktop.widgets.cards import LOOK
from desktop.widgets.picture_cells import PictureCell

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Likeness:
    """How alike a person of a picture is to their references; None where no face was found for them."""

    uid: str
    name: str
    score: float | None

    def __str__(self) -> str:
        return f"{self.name} {self.said}"

    @property
    def said(self) -> str:
        return "no face" if self.score is None else f"{self.score:z.2f}"


class PictureModel(RowModel[PictureRow]):
    """`more_wanted`: the view came to the end of what is loaded."""

    more_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(lambda row: row.id, parent)
        self.complete = True

    def append(self, rows: list[PictureRow]) -> None:
        if rows:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self.complete

    def fetchMore(self, parent: Index) -> None:
        self.more_wanted.emit()

    def value(self, row: PictureRow, role: int) -> Any:
        if role == LOOK:
            return PictureCell(row.path, caption(row), ", ".join(map(str, likenesses(row))), row.rating)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{caption(row)}, {row.rating} stars"
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join([caption(row), *map(str, likenesses(row))])
        return super().value(row, role)


@lru_cache(maxsize=4096)
def spec_of(text: str) -> RenderSpec | None:
    """None for a spec that this version cannot read."""
    try:
        return RenderSpec.from_json(text)
    except KnownError:
        return None


def caption(row: PictureRow) -> str:
    spec = spec_of(row.spec)
    return (spec.template or spec.prompt) if spec else "Made by another version"


def likenesses(row: PictureRow) -> list[Likeness]:
    """One for each person the prompt names."""
    spec, identity = spec_of(row.spec), _identity(row.scores)
    people = [subject for subject in spec.subjects if subject.kind == "person"] if spec else []
    return [Likeness(person.uid, person.name, identity.get(person.uid)) for person in people]


class _Scores(msgspec.Struct):
    identity: dict[str, float] = {}


def _identity(scores: str) -> dict[str, float]:
    try:
        return msgspec.json.decode(scores, type=_Scores).identity
    except msgspec.DecodeError:
        return {}
