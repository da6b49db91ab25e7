"""Finished pictures: ids of all that are shown, rows of those that are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from core.errors import KnownError
from core.library.gallery import PictureRow
from core.spec import RenderSpec
from desktop.i18n import noop, tr
from desktop.models.rows import ROW
from desktop.widgets.cards import LOOK
from desktop.widgets.picture_cells import PictureCell

Index = QModelIndex | QPersistentModelIndex
PAGE = 200
KEPT_PAGES = 25
"""A row is a few kilobytes: so many pages are some tens of megabytes at most."""


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
        return tr("no face") if self.score is None else f"{self.score:z.2f}"


FLAGS = {"picked": noop("picked"), "rejected": noop("rejected")}


class PictureModel(QAbstractListModel):
    """`rows_wanted(ids)`: somebody looks at pictures whose rows are not here; `put` brings them.

    Each id has its stack's size, 1 where pictures are not stacked."""

    rows_wanted = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ids: list[int] = []
        self._places: dict[int, int] = {}
        self._sizes: dict[int, int] = {}
        self._rows: dict[int, PictureRow] = {}
        self._cells: dict[int, PictureCell] = {}
        self._asked: dict[int, None] = {}

    @property
    def rows(self) -> list[PictureRow]:
        """What is here of the pictures, in their order."""
        return [self._rows[number] for number in self.ids if number in self._rows]

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.ids):
            return None
        number = self.ids[index.row()]
        row = self._rows.get(number)
        if row is None:
            if role in (ROW, LOOK):
                self._ask(index.row())
            return None
        return self._value(row, role)

    def show_ids(self, ids: Sequence[int], sizes: dict[int, int] | None = None) -> None:
        """Holds these from now on. New ones at the top leave selection and scrolling as they are."""
        new = len(ids) - len(self.ids)
        self._sizes = sizes or {}
        self._places = {}
        self._cells.clear()
        if self.ids and new >= 0 and list(ids[new:]) == self.ids:
            if new:
                self.beginInsertRows(QModelIndex(), 0, new - 1)
                self.ids = list(ids)
                self.endInsertRows()
            self._tell(0, len(self.ids) - 1)
        elif self.ids or ids:
            self.beginResetModel()
            self.ids = list(ids)
            self.endResetModel()

    def put(self, rows: Sequence[PictureRow]) -> None:
        """Rows that were read, or changed."""
        for row in rows:
            self._asked.pop(row.id, None)
            self._rows.pop(row.id, None)  # the newest stands last
            self._rows[row.id] = row
            self._cells.pop(row.id, None)
        if rows and self.ids:
            places = [at for row in rows if (at := self.find(row.id)) >= 0]
            if places:
                self._tell(min(places), max(places))
        self._forget()

    def drop(self) -> None:
        """Every row is to be read again; what is shown stays until then."""
        self._asked.clear()
        self.rows_wanted.emit([number for number in self.ids if number in self._rows][: PAGE * KEPT_PAGES])

    def row(self, number: int) -> PictureRow | None:
        return self._rows.get(number)

    def stack_of(self, number: int) -> int:
        """How many pictures stand behind this one, itself included."""
        return self._sizes.get(number, 1)

    def find(self, number: int) -> int:
        """The place of a picture, −1 when it is not shown."""
        if len(self._places) != len(self.ids):
            self._places = {each: at for at, each in enumerate(self.ids)}
        return self._places.get(number, -1)

    def want(self, at: int) -> None:
        """Has the row at this place read, and its neighbours with it."""
        if 0 <= at < len(self.ids) and self.ids[at] not in self._rows:
            self._ask(at)

    def _ask(self, at: int) -> None:
        first = at // PAGE * PAGE
        wanted = [
            number
            for number in self.ids[first : first + PAGE]
            if number not in self._rows and number not in self._asked
        ]
        if wanted:
            self._asked |= dict.fromkeys(wanted)
            self.rows_wanted.emit(wanted)

    def _forget(self) -> None:
        """The rows that came first go first; what is in view is asked for again."""
        for number in list(self._rows)[: max(0, len(self._rows) - PAGE * KEPT_PAGES)]:
            del self._rows[number]
            self._cells.pop(number, None)

    def _tell(self, first: int, last: int) -> None:
        if first <= last:
            self.dataChanged.emit(self.index(first), self.index(last))

    def _value(self, row: PictureRow, role: int) -> Any:
        if role == ROW:
            return row
        if role == LOOK:
            return self._cell(row)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _read_out(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join([caption(row), *map(str, likenesses(row))])
        return None

    def _cell(self, row: PictureRow) -> PictureCell:
        """Kept: painting asks for it with every frame."""
        if row.id not in self._cells:
            alike = ", ".join(map(str, likenesses(row)))
            stack = self.stack_of(row.id)
            self._cells[row.id] = PictureCell(
                row.path, caption(row), alike, row.rating, row.label, row.flag, stack
            )
        return self._cells[row.id]


@lru_cache(maxsize=4096)
def spec_of(text: str) -> RenderSpec | None:
    """None for a spec that this version cannot read."""
    try:
        return RenderSpec.from_json(text)
    except KnownError:
        return None


def caption(row: PictureRow) -> str:
    spec = spec_of(row.spec)
    return (spec.template or spec.prompt) if spec else tr("Made by another version")


def _read_out(row: PictureRow) -> str:
    """For a screen reader."""
    marked = tr("{name}, {count} stars", name=caption(row), count=row.rating)
    return f"{marked}, {tr(FLAGS[row.flag])}" if row.flag else marked


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
