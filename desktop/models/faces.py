"""One person's faces: ids of all, rows of those that are looked at."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from core.library.subjects import FaceRow
from desktop.i18n import tr
from desktop.models.rows import ROW

Index = QModelIndex | QPersistentModelIndex
PAGE = 120
"""So many rows are read around one that is looked at."""


class FaceModel(QAbstractListModel):
    """`rows_wanted(ids)`: somebody looks at faces whose rows are not here; `put` brings them."""

    rows_wanted = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ids: list[int] = []
        self._rows: dict[int, FaceRow] = {}
        self._asked: set[int] = set()
        self._wanted: dict[int, None] = {}
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._tell_wanted)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.ids):
            return None
        row = self._rows.get(self.ids[index.row()])
        if row is None:
            self._ask(index.row())
            return None
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            name = Path(row.photo).name
            return name if row.state == "confirmed" else tr("{photo}, not confirmed yet", photo=name)
        return row if role == ROW else None

    def show_ids(self, ids: Sequence[int]) -> None:
        """Holds these from now on; what is known of them is read again."""
        self.beginResetModel()
        self.ids = list(ids)
        self._rows, self._asked = {}, set()
        self.endResetModel()

    def put(self, rows: Sequence[FaceRow]) -> None:
        self._rows |= {row.id: row for row in rows}
        if rows and self.ids:
            self.dataChanged.emit(self.index(0), self.index(len(self.ids) - 1))

    def _ask(self, at: int) -> None:
        start = at - at % PAGE
        for number in self.ids[start : start + PAGE]:
            if number not in self._asked:
                self._wanted[number] = None
        self._soon.start()

    def _tell_wanted(self) -> None:
        wanted = [number for number in self._wanted if number not in self._asked]
        self._wanted.clear()
        self._asked.update(wanted)
        if wanted:
            self.rows_wanted.emit(wanted)
