"""The keyboard shortcuts as they are, found by typing, and changed in place."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop import shortcuts, theme
from desktop.i18n import tr
from desktop.shortcuts import REGISTER
from desktop.studio import Studio
from desktop.widgets.buttons import button
from desktop.widgets.dialog import Dialog

NAME = Qt.ItemDataRole.UserRole


class ShortcutsDialog(Dialog):
    """Made from the register that binds the keys. What is changed is kept and works at once."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._keys = dict(studio.settings.keys)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.resize(640, 600)
        self.find = QLineEdit(
            placeholderText=tr("Find by what it does, or by its keys"), clearButtonEnabled=True
        )
        self.find.setAccessibleName(tr("Find a shortcut"))
        self.find.textChanged.connect(self._filter)
        self.list = self._tree()
        self.field = QKeySequenceEdit()
        self.field.setMaximumSequenceLength(1)
        self.field.setAccessibleName(tr("New keys"))
        self.field.keySequenceChanged.connect(self._weigh)
        self._told = theme.text("", "muted", wrap=True)
        self.change = button(tr("Use these keys"), self.keep, role="primary")
        self.back = button(tr("As it was"), self.reset, tip=tr("The keys this came with"))
        self.all_back = button(tr("Reset all"), self.reset_all, "retry", tip=tr("All keys as they came"))
        self._lay_out()
        self._fill()

    @property
    def chosen(self) -> str:
        """The name of the selected line, "" for none."""
        item = self.list.currentItem()
        return (item.data(0, NAME) or "") if item else ""

    def choose(self, name: str) -> None:
        for item in self._items():
            if item.data(0, NAME) == name:
                self.list.setCurrentItem(item)

    # What the user does

    def keep(self) -> None:
        """The chosen line gets the keys of the field; whatever had them there goes without."""
        name, keys = self.chosen, _typed(self.field)
        if not name or not keys:
            return
        for other in shortcuts.conflicts(name, keys):
            rest = [
                each for each in shortcuts.keys_of(other.name) if QKeySequence(each) != QKeySequence(keys)
            ]
            self._set(other.name, " ".join(rest))
        self._set(name, keys)
        self._save()

    def reset(self) -> None:
        """The chosen line as it came, and what it took its keys from too."""
        name = self.chosen
        if name:
            self._keys.pop(name, None)
            for keys in REGISTER[name].keys:
                for other in shortcuts.conflicts(name, keys):
                    self._keys.pop(other.name, None)
            self._save()

    def reset_all(self) -> None:
        self._keys.clear()
        self._save()

    def _set(self, name: str, keys: str) -> None:
        if keys == " ".join(REGISTER[name].keys):
            self._keys.pop(name, None)
        else:
            self._keys[name] = keys

    def _save(self) -> None:
        shortcuts.choose(self._keys)
        self._studio.choose(keys=dict(self._keys))
        self.field.clear()
        self._show_keys()

    # Showing

    def _fill(self) -> None:
        sections: dict[str, QTreeWidgetItem] = {}
        for entry in REGISTER.values():
            if entry.where not in sections:
                section = QTreeWidgetItem(self.list, [tr(entry.where)])
                section.setFlags(Qt.ItemFlag.ItemIsEnabled)
                section.setFirstColumnSpanned(True)
                section.setForeground(0, theme.colour("muted"))
                sections[entry.where] = section
            item = QTreeWidgetItem(sections[entry.where], [tr(entry.words)])
            item.setData(0, NAME, entry.name)
        self.list.expandAll()
        self._show_keys()

    def _show_keys(self) -> None:
        for item in self._items():
            name = item.data(0, NAME)
            item.setText(1, shortcuts.said(name) or tr("none"))
            changed = name in self._keys
            item.setForeground(1, theme.colour("accent" if changed else "text"))
            item.setToolTip(1, tr("Chosen by you") if changed else "")
        self.all_back.setEnabled(bool(self._keys))
        self._weigh()

    def _items(self) -> list[QTreeWidgetItem]:
        tops = [self.list.topLevelItem(at) for at in range(self.list.topLevelItemCount())]
        return [top.child(at) for top in tops for at in range(top.childCount())]

    def _filter(self) -> None:
        wanted = self.find.text().strip().lower()
        for item in self._items():
            item.setHidden(wanted not in f"{item.text(0)} {item.text(1)}".lower())
        for at in range(self.list.topLevelItemCount()):
            top = self.list.topLevelItem(at)
            top.setHidden(all(top.child(row).isHidden() for row in range(top.childCount())))

    def _weigh(self) -> None:
        """Says what the keys in the field would do."""
        name, keys = self.chosen, _typed(self.field)
        others = shortcuts.conflicts(name, keys) if name and keys else []
        self.field.setEnabled(bool(name))
        self.back.setEnabled(name in self._keys)
        self.change.setEnabled(bool(name and keys))
        if not name:
            told = tr("Choose a line to give it other keys.")
        elif others:
            told = tr(
                "These keys already do: {what}. It would be left without them.",
                what="; ".join(tr(other.words) for other in others),
            )
        else:
            told = tr("Press the new keys for: {what}.", what=tr(REGISTER[name].words))
        theme.set_role(self._told, "warning" if others else "muted")
        self._told.setText(told)

    # Layout

    def _tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setObjectName("presets")
        tree.setColumnCount(2)
        tree.setHeaderHidden(True)
        tree.setRootIsDecorated(False)
        tree.setIndentation(12)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.setAccessibleName(tr("Shortcuts"))
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setStretchLastSection(False)
        tree.currentItemChanged.connect(self._choose)
        return tree

    def _choose(self) -> None:
        self.field.clear()
        self._weigh()

    def _lay_out(self) -> None:
        change = QHBoxLayout()
        change.setSpacing(8)
        for part in (self.field, self.change, self.back):
            change.addWidget(part)
        foot = QHBoxLayout()
        foot.addWidget(self.all_back)
        foot.addStretch()
        foot.addWidget(button(tr("Close"), self.accept))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(self.find)
        column.addWidget(self.list, 1)
        column.addWidget(self._told)
        column.addLayout(change)
        column.addLayout(foot)


def _typed(field: QKeySequenceEdit) -> str:
    return field.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
