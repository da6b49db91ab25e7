"""People and objects as cards, and the sections they are shown in."""

from enum import Enum
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal

from core.library.subjects import SubjectCard
from core.paths import Home
from desktop.models.rows import ROW, RowModel
from desktop.thumbnails import PictureKey
from desktop.widgets.cards import FACE, LOOK, Card

Index = QModelIndex | QPersistentModelIndex
CONSENT = {
    "granted": ("consent", "good", "has agreed"),
    "unknown": ("consent-missing", "warning", "consent not recorded"),
    "denied": ("cancel", "bad", "has refused"),
    "withdrawn": ("cancel", "bad", "consent withdrawn"),
}
MARGIN = 0.35
"""How much around a face its round picture shows, as a part of the face."""


class Section(Enum):
    NAMED = "People"
    SUGGESTED = "Who is this?"
    OBJECTS = "Objects"
    IGNORED = "Ignored"


class SubjectModel(RowModel[SubjectCard]):
    """`named` tells that the user typed a name under a face."""

    named = Signal(int, str)

    def __init__(self, home: Home, parent: QObject | None = None) -> None:
        super().__init__(lambda card: card.id, parent)
        self._home = home

    def value(self, row: SubjectCard, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return row.name if row.named else f"Unnamed, {amount(row)}"
            case Qt.ItemDataRole.EditRole:
                return row.name if row.named else ""
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(row)
            case _ if role == LOOK:
                return self.look(row)
        return super().value(row, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or not str(value).strip():
            return False
        row = self.rows[index.row()]
        if not row.named or row.name != value:
            self.named.emit(row.id, str(value))
        return True

    def look(self, row: SubjectCard) -> Card:
        badge, token, _ = CONSENT[row.consent] if row.kind == "person" and row.named else ("", "", "")
        return Card(
            title=row.name if row.named else "", subtitle=amount(row), cover=cover(row, self._home, FACE),
            round=row.kind == "person", badge=badge, badge_token=token, hint="Type a name",
            ring="" if row.named or row.ignored else "border", star=row.favourite,
        )  # fmt: skip


class SectionModel(QSortFilterProxyModel):
    """The cards of one section, in the library's order.

    Its parent is never `source`: each would keep the other alive, and Python would delete them in any
    order."""

    def __init__(self, section: Section, source: SubjectModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.section = section
        self.setSourceModel(source)

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        source = self.sourceModel()
        assert isinstance(source, SubjectModel)
        return section_of(source.rows[row]) is self.section


def section_of(card: SubjectCard) -> Section:
    if card.ignored:
        return Section.IGNORED
    if card.kind == "object":
        return Section.OBJECTS
    return Section.NAMED if card.named else Section.SUGGESTED


def card_at(index: Index) -> SubjectCard:
    card: SubjectCard = index.data(ROW)
    return card


def cover(card: SubjectCard, home: Home, side: int) -> PictureKey | None:
    """The small picture that stands for a subject."""
    found = card.cover
    if found is None:
        return None
    if found.photo and found.box:
        return PictureKey(found.photo, side, around(found.box))
    return PictureKey(str(home.reference(found.crop)), side) if found.crop else None


def around(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """A square around a face, with hair and chin."""
    left, top, right, bottom = box
    half = max(right - left, bottom - top) / 2 * (1 + MARGIN)
    x, y = (left + right) / 2, (top + bottom) / 2
    return (x - half, y - half, x + half, y + half)


def amount(card: SubjectCard) -> str:
    """What a card counts: a person's faces, an object's references."""
    count, word = (card.faces, "photo") if card.kind == "person" else (card.references, "reference")
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _tip(card: SubjectCard) -> str:
    if card.kind == "object":
        return f"{card.name}: {card.noun}, @{card.handle}"
    if not card.named:
        return "Type a name to confirm this person; Delete ignores the group."
    return f"{card.name}: {card.noun}, @{card.handle}, {CONSENT[card.consent][2]}"
