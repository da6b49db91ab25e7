"""Named settings: choosing, saving, renaming and deleting them."""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from core import presets
from core.compose import Wish
from core.presets import Preset
from desktop import theme
from desktop.i18n import noop, tr
from desktop.pages.dialogs import ask_box
from desktop.studio import Studio
from desktop.widgets import fields
from desktop.widgets.buttons import button
from desktop.widgets.dialog import Dialog

WITH = noop("With the prompts, and how strongly the people in them act")
NEVER = noop("Start photos, masks and regions are never kept in a preset.")


class PresetBar(QWidget):
    """`chosen` tells a preset; `wish` is asked for what is to be saved."""

    chosen = Signal(object)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._known: dict[str, Preset] = {}
        self.wish = Wish(text="")
        self.box = fields.choices()
        self.box.setAccessibleName(tr("Preset"))
        self.box.activated.connect(self._choose)
        self._menu_button = button(tr("Preset…"), tip=tr("Save, rename or delete a preset"))
        menu = QMenu(self._menu_button)
        self.save_action = menu.addAction(tr("Save these settings…"), self.ask_save)
        self.rename_action = menu.addAction(tr("Rename…"), self.ask_rename)
        self.delete_action = menu.addAction(tr("Delete"), self.delete)
        self._menu_button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.box, 1)
        row.addWidget(self._menu_button)
        self.refresh()

    def refresh(self, name: str = "") -> None:
        """Reads what there is; `name` is shown as chosen."""
        self._studio.background.run(
            lambda: presets.listed(self._studio.home), lambda found: self._offer(found, name)
        )

    def _offer(self, found: tuple[Preset, ...], name: str) -> None:
        self._known = {each.name: each for each in found}
        with QSignalBlocker(self.box):
            self.box.clear()
            self.box.addItem(tr("No preset"), "")
            for each in found:
                self.box.addItem(each.name, each.name)
        fields.choose(self.box, name)
        self._show_actions()

    def _show_actions(self) -> None:
        for action in (self.rename_action, self.delete_action):
            action.setEnabled(bool(self.box.currentData()))

    def _choose(self) -> None:
        self._show_actions()
        preset = self._known.get(self.box.currentData())
        if preset:
            self.chosen.emit(preset)

    def ask_save(self) -> None:
        dialog = NameDialog(tr("Save these settings"), self.box.currentData(), self.window(), asks=True)
        dialog.accepted.connect(lambda: self._save(dialog.name, dialog.with_prompts))
        dialog.open()

    def _save(self, name: str, with_prompts: bool) -> None:
        made = presets.of(name, self.wish, with_prompts)
        self._change(lambda: presets.keep(self._studio.home, made), made.name)

    def ask_rename(self) -> None:
        before = self.box.currentData()
        dialog = NameDialog(tr("Rename the preset"), before, self.window())
        dialog.accepted.connect(lambda: self._rename(before, dialog.name))
        dialog.open()

    def _rename(self, before: str, name: str) -> None:
        self._change(lambda: presets.rename(self._studio.home, before, name), name)

    def delete(self) -> None:
        """It can be had again: the message bar says how."""
        gone = self._known[self.box.currentData()]

        def back() -> None:
            self._change(lambda: presets.keep(self._studio.home, gone), gone.name)

        self._change(lambda: presets.remove(self._studio.home, gone.name), "")
        words = tr("The preset “{name}” was deleted.", name=gone.name)
        self._studio.messages.say(words, "done", action=(tr("Undo"), back))

    def _change(self, change: Callable[[], None], name: str) -> None:
        self._studio.background.run(change, lambda _: self.refresh(name))


class NameDialog(Dialog):
    """`name`, and whether prompts belong to it."""

    def __init__(self, title: str, name: str, parent: QWidget, asks: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(420)
        self._name = QLineEdit(name)
        self._name.setAccessibleName(tr("Name"))
        self._name.setPlaceholderText(tr("for example: soft light, 12 steps"))
        self._with = QCheckBox(tr(WITH))
        box, self.ok = ask_box(self, tr("Save"))
        self._name.textChanged.connect(lambda text: self.ok.setEnabled(bool(text.strip())))
        self.ok.setEnabled(bool(name))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(theme.text(tr("What is it called?"), "heading"))
        column.addWidget(self._name)
        if asks:
            column.addWidget(self._with)
            column.addWidget(theme.text(tr(NEVER), "small", wrap=True))
        column.addWidget(box)

    @property
    def name(self) -> str:
        return self._name.text().strip()

    @property
    def with_prompts(self) -> bool:
        return self._with.isChecked()
