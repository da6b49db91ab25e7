"""A list model that takes a fresh list of rows and changes as little as it can.

Selection and scroll position survive a refresh: rows that left are removed, new ones inserted, changed
ones told.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
"""The role under which a whole row is read."""


class RowModel(QAbstractListModel, Generic[Row]):
    """`key` names a row across refreshes."""

    def __init__(self, key: Callable[[Row], Hashable], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.rows: list[Row] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        return self.value(self.rows[index.row()], role)

    def value(self, row: Row, role: int) -> Any:
        """What a row shows under a role."""
        return row if role == ROW else None

    def find(self, key: Hashable) -> int:
        """The place of a key, −1 when it is not here."""
        return next((i for i, row in enumerate(self.rows) if self.key(row) == key), -1)

    def touch(self, key: Hashable) -> None:
        """Says that a row looks different now."""
        at = self.find(key)
        if at >= 0:
            self.dataChanged.emit(self.index(at), self.index(at))

    def replace(self, rows: Sequence[Row]) -> None:
        """Makes the model hold `rows`."""
        fresh = [self.key(row) for row in rows]
        wanted = set(fresh)
        kept = [key for row in self.rows if (key := self.key(row)) in wanted]
        here = set(kept)
        if kept and kept == [key for key in fresh if key in here]:
            self._remove(wanted)
            self._insert(rows, here)
            self._change(rows)
        elif self.rows or rows:
            self.beginResetModel()
            self.rows = list(rows)
            self.endResetModel()

    def _remove(self, wanted: set[Hashable]) -> None:
        for first, last in reversed(_runs([self.key(row) not in wanted for row in self.rows])):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self.rows[first : last + 1]
            self.endRemoveRows()

    def _insert(self, rows: Sequence[Row], kept: set[Hashable]) -> None:
        for first, last in _runs([self.key(row) not in kept for row in rows]):
            self.beginInsertRows(QModelIndex(), first, last)
            self.rows[first:first] = rows[first : last + 1]
            self.endInsertRows()

    def _change(self, rows: Sequence[Row]) -> None:
        for first, last in _runs([old != new for old, new in zip(self.rows, rows, strict=True)]):
            self.rows[first : last + 1] = rows[first : last + 1]
            self.dataChanged.emit(self.index(first), self.index(last))


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """First and last place of every run of true flags."""
    runs: list[tuple[int, int]] = []
    for at, flag in enumerate(flags):
        if not flag:
            continue
        if runs and runs[-1][1] == at - 1:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    return runs
