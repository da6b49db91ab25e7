"""Choosing whose some faces are: somebody the library knows, or somebody new."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from core.library.subjects import SubjectCard
from desktop import theme
from desktop.i18n import tr
from desktop.models.subjects import amount
from desktop.pages.dialogs import ask_box, stack
from desktop.widgets.dialog import Dialog

ID = Qt.ItemDataRole.UserRole
MOST = 200
"""People listed at once; typing finds the others."""


class WhoDialog(Dialog):
    """`person_chosen` tells whose row, `new_chosen` the name of somebody new, "" for one without a name."""

    person_chosen = Signal(int)
    new_chosen = Signal(str)

    def __init__(self, count: int, people: Sequence[SubjectCard], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = tr("Who is this?") if count == 1 else tr("Who is on these {count} photos?", count=count)
        self.setWindowTitle(title)
        self.setMinimumSize(420, 440)
        self._people = people
        self._name = QLineEdit()
        self._name.setPlaceholderText(tr("Type a name"))
        self._name.setAccessibleName(tr("Name"))
        self._list = QListWidget()
        self._list.setAccessibleName(tr("People"))
        self._list.itemActivated.connect(lambda _: self.accept())
        self._name.textChanged.connect(self._offer)
        box, self._ok = ask_box(self, tr("That is them"))
        stack(self, theme.text(title, "heading"), self._name, self._list, box)
        self._offer("")

    def accept(self) -> None:
        item = self._list.currentItem()
        super().accept()
        if item is not None and item.data(ID) is not None:
            self.person_chosen.emit(item.data(ID))
        else:
            self.new_chosen.emit(self._name.text().strip())

    def _offer(self, text: str) -> None:
        """Those whose name holds the text; somebody new stands first where nobody has exactly that name."""
        words = text.strip()
        found = [card for card in self._people if words.casefold() in card.name.casefold()]
        same = any(card.name.casefold() == words.casefold() for card in found)
        self._list.clear()
        for card in found[:MOST]:
            item = QListWidgetItem(f"{card.name}  ·  {amount(card)}")
            item.setData(ID, card.id)
            self._list.addItem(item)
        new = tr("Somebody new called “{name}”", name=words) if words else tr("Somebody new, named later")
        if not same:
            self._list.insertItem(0, QListWidgetItem(new))
        self._list.setCurrentRow(1 if found and words and not same else 0)
