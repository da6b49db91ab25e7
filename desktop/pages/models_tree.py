"""Everything there is, in groups: base models with their adapters, then what finds faces, cuts out and
enlarges."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from core.shelf import Item
from desktop import theme, words
from desktop.i18n import tr
from desktop.pages import models_words

NAME, SIZE, LICENCE, VERIFIED = range(4)
WIDTHS = {SIZE: 78, LICENCE: 166, VERIFIED: 86}
PADDING = "5px 8px"
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
KEY = Qt.ItemDataRole.UserRole


class ModelTree(QTreeWidget):
    """`chosen`: another item is the current one; `removal_asked`: by the Delete key."""

    chosen = Signal()
    removal_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: dict[tuple[str, str, str], Item] = {}
        self.setAccessibleName(tr("Models"))
        self.setColumnCount(4)
        self.setHeaderLabels([tr("Name"), tr("Size"), tr("Licence"), tr("Verified")])
        self.headerItem().setTextAlignment(SIZE, RIGHT)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAllColumnsShowFocus(True)
        self.setRootIsDecorated(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setIndentation(22)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setStyleSheet(f"QTreeView::item {{ padding: {PADDING}; }}")
        head = self.header()
        head.setSectionsMovable(False)
        head.setStretchLastSection(False)
        head.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            head.resizeSection(column, width)
        self.currentItemChanged.connect(lambda: self.chosen.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.removal_asked.emit()
        else:
            super().keyPressEvent(event)

    @property
    def item(self) -> Item | None:
        """The current one; none on a group's heading."""
        row = self.currentItem()
        return self._items.get(tuple(row.data(NAME, KEY) or ())) if row else None  # type: ignore[arg-type]

    def show_items(self, items: Sequence[Item]) -> None:
        """What was current stays so while it is there; otherwise the base model in use is."""
        before = self.item
        self._items = {item.key: item for item in items}
        with QSignalBlocker(self):
            self.clear()
            for kind, title in models_words.GROUPS.items():
                self._add_group(tr(title), [item for item in items if _group(item) == kind])
            self.expandAll()
            wanted = before.key if before and before.key in self._items else _first(items)
            self.choose(wanted)
        self.chosen.emit()

    def choose(self, key: tuple[str, str, str] | None) -> None:
        for row in self._rows():
            if key and tuple(row.data(NAME, KEY) or ()) == key:
                self.setCurrentItem(row)

    def _rows(self) -> list[QTreeWidgetItem]:
        found, waiting = [], [self.invisibleRootItem()]
        while waiting:
            row = waiting.pop()
            found.append(row)
            waiting += [row.child(at) for at in range(row.childCount())]
        return found

    def _add_group(self, title: str, items: Sequence[Item]) -> None:
        heading = QTreeWidgetItem(self, [title])
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        heading.setFirstColumnSpanned(True)
        heading.setFont(NAME, _font(True))
        heading.setForeground(NAME, theme.colour("muted"))
        if not items:
            _hint(QTreeWidgetItem(heading, [tr("None yet")]))
        bases: dict[str, QTreeWidgetItem] = {}
        for item in items:
            row = _row(bases.get(item.model, heading), item)
            if item.kind == "base":
                bases[item.name] = row


def _group(item: Item) -> str:
    return "base" if item.kind == "adapter" else item.kind


def _first(items: Sequence[Item]) -> tuple[str, str, str] | None:
    return next((item.key for item in items if item.in_use), None)


def _hint(row: QTreeWidgetItem) -> None:
    row.setFlags(Qt.ItemFlag.NoItemFlags)


def _font(strong: bool) -> QFont:
    font = QFont()
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    return font


def _row(parent: QTreeWidgetItem, item: Item) -> QTreeWidgetItem:
    name = tr("{name} (in use)", name=item.name) if item.in_use else item.name
    size = words.size(item.bytes) if item.bytes else ""
    verified = tr("Not usable") if item.trouble else tr(models_words.SHORT[item.state])
    row = QTreeWidgetItem(parent, [name, size, models_words.short_licence(item), verified])
    row.setData(NAME, KEY, list(item.key))
    row.setToolTip(NAME, item.name)
    row.setFont(NAME, _font(item.in_use))
    row.setTextAlignment(SIZE, RIGHT)
    for column in (SIZE, LICENCE):
        row.setForeground(column, theme.colour("muted"))
    role = "bad" if item.trouble else models_words.ROLES.get(item.state, "muted")
    row.setForeground(VERIFIED, theme.colour(role))
    if item.forbids:
        row.setForeground(LICENCE, theme.colour("warning"))
    return row
