"""People and objects as cards, in the order of the sections they are shown in."""

from collections import Counter
from collections.abc import Iterable
from enum import Enum
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from core.library.subjects import SubjectCard
from core.paths import Home
from desktop.i18n import noop, tr
from desktop.models.rows import ROW, RowModel
from desktop.thumbnails import PictureKey
from desktop.widgets.cards import FACE, LOOK, Card

Index = QModelIndex | QPersistentModelIndex
CONSENT = {
    "granted": ("consent", "good", noop("has agreed")),
    "unknown": ("consent-missing", "warning", noop("consent not recorded")),
    "denied": ("cancel", "bad", noop("has refused")),
    "withdrawn": ("cancel", "bad", noop("consent withdrawn")),
    "expired": ("consent-missing", "bad", noop("consent has ended")),
}
"""Icon, token and words of each status."""
MARGIN = 0.35
"""How much around a face its round picture shows, as a part of the face."""


MANY = 1500
"""Rows from which a fresh list takes the old one's place at once: finding out what changed would hold up the
window."""


class Section(Enum):
    NAMED = noop("People")
    SUGGESTED = noop("Who is this?")
    OBJECTS = noop("Objects")
    IGNORED = noop("Ignored")


ORDER = {section: at for at, section in enumerate(Section)}


class SubjectModel(RowModel[SubjectCard]):
    """`cards`: all there are; `rows`: those that are shown, section by section, in the library's order.
    `named` tells that the user typed a name under a face."""

    named = Signal(int, str)

    def __init__(self, home: Home, parent: QObject | None = None) -> None:
        super().__init__(lambda card: card.id, parent)
        self._home = home
        self.cards: list[SubjectCard] = []
        self._looks: dict[int, Card] = {}
        self._sought = ""

    def show_cards(self, cards: list[SubjectCard]) -> None:
        """`cards` stand as `arranged` leaves them."""
        self.cards = cards
        self._looks.clear()
        self._show()

    def seek(self, words: str) -> None:
        """Shows those alone whose name, handle or noun holds these words; all with none."""
        self._sought = words.strip().removeprefix("@").casefold()
        self._show()

    def counts(self) -> dict[Section, int]:
        """How many are shown of each section."""
        return Counter(section_of(card) for card in self.rows)

    def card(self, subject_id: int) -> SubjectCard | None:
        return next((card for card in self.cards if card.id == subject_id), None)

    def _show(self) -> None:
        found = [card for card in self.cards if _holds(card, self._sought)] if self._sought else self.cards
        if max(len(found), len(self.rows)) > MANY:
            self.beginResetModel()
            self.rows = list(found)
            self.endResetModel()
        else:
            self.replace(found)

    def value(self, row: SubjectCard, role: int) -> Any:
        if role == LOOK:  # first: painting asks with every frame
            return self.look(row)
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return row.name if row.named else tr("Unnamed, {amount}", amount=amount(row))
            case Qt.ItemDataRole.EditRole:
                return row.name if row.named else ""
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(row)
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
        """Kept until the cards are read again."""
        if row.id not in self._looks:
            self._looks[row.id] = self._look(row)
        return self._looks[row.id]

    def _look(self, row: SubjectCard) -> Card:
        badge, token, _ = CONSENT[row.consent] if row.kind == "person" and row.named else ("", "", "")
        return Card(
            title=row.name if row.named else "", subtitle=amount(row), cover=cover(row, self._home, FACE),
            round=row.kind == "person", badge=badge, badge_token=token, hint=tr("Type a name"),
            ring="" if row.named or row.ignored else "border", star=row.favourite,
        )  # fmt: skip


def arranged(cards: Iterable[SubjectCard]) -> list[SubjectCard]:
    """Section by section, otherwise as they came."""
    return sorted(cards, key=lambda card: ORDER[section_of(card)])


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
    count = card.faces if card.kind == "person" else card.references
    if card.kind == "object":
        return tr("1 reference") if count == 1 else tr("{count} references", count=f"{count:,}")
    if card.named and card.new:
        return tr("{count} photos, {new} new", count=f"{count:,}", new=f"{card.new:,}")
    return tr("1 photo") if count == 1 else tr("{count} photos", count=f"{count:,}")


def _holds(card: SubjectCard, words: str) -> bool:
    return any(words in text.casefold() for text in (card.name if card.named else "", card.handle, card.noun))


def _tip(card: SubjectCard) -> str:
    if not card.named:
        return tr("Type a name to confirm this person; Delete ignores the group.")
    what = {"name": card.name, "noun": card.noun, "handle": f"@{card.handle}"}
    if card.kind == "object":
        return tr("{name}: {noun}, {handle}", **what)
    return tr("{name}: {noun}, {handle}, {consent}", consent=tr(CONSENT[card.consent][2]), **what)
