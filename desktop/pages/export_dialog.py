"""Finished pictures as files: presets on the left, what they say on the right, what comes of it below."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QInputDialog,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from core import upscalers
from core.errors import KnownError
from core.export import ExportPreset, choice, colours, names, presets
from core.export.names import Facts
from core.export.plan import Plan, plan
from core.export.presets import BUILT_IN, Kept
from core.export.write import estimate
from core.library.gallery import PictureRow
from desktop import theme, words
from desktop.i18n import tr
from desktop.later import LaterCall
from desktop.pages.dialogs import ask_box
from desktop.pages.export_form import ExportForm, same
from desktop.studio import Studio
from desktop.widgets.buttons import button
from desktop.widgets.dialog import Dialog
from desktop.widgets.fields import row


@dataclass(frozen=True)
class Wanted:
    """What was asked of the library before the dialog opens: the pictures, every picture's file, the
    presets."""

    rows: Sequence[PictureRow]
    files: frozenset[Path]
    kept: Kept


class ExportDialog(Dialog):
    """`preset` and `folder` are what the user chose."""

    def __init__(self, studio: Studio, wanted: Wanted, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._wanted = wanted
        self._asked = 0
        self.setWindowTitle(tr("Export"))
        self.setMinimumWidth(720)
        self.resize(800, 560)
        self._make_parts()
        self._lay_out()
        self._judge = LaterCall(self._ask_judgement, self, 250)
        self._show_presets(wanted.kept)
        self.form.folder.setText(wanted.kept.folder)
        self.form.value = wanted.kept.last or BUILT_IN[0]
        self.form.changed.connect(self._changed)
        self._list.itemSelectionChanged.connect(self._take_preset)
        (self._list if wanted.kept.folder else self.form.folder).setFocus()
        self._changed()

    @property
    def preset(self) -> ExportPreset:
        return self.form.value

    @property
    def folder(self) -> Path:
        return Path(self.form.folder.text().strip()).expanduser()

    # Presets

    def _show_presets(self, kept: Kept) -> None:
        self._presets = BUILT_IN + kept.presets
        self._list.blockSignals(True)
        self._list.clear()
        self._list.addItems([each.name for each in self._presets])
        self._list.blockSignals(False)

    @property
    def _chosen(self) -> int:
        """The place of the preset that is chosen, −1 for none. A list that is only given the keyboard makes
        its first line the current one, and chooses nothing."""
        chosen = self._list.selectedIndexes()
        return chosen[0].row() if chosen else -1

    def _take_preset(self) -> None:
        if self._chosen >= 0:
            self.form.value = self._presets[self._chosen]
            self._changed()

    def _mark_preset(self) -> None:
        """The one the fields say, if they say one."""
        value = self.form.value
        at = next((at for at, each in enumerate(self._presets) if same(each, value)), -1)
        self._list.blockSignals(True)
        self._list.clearSelection()
        self._list.setCurrentRow(at)
        self._list.blockSignals(False)
        self._remove.setEnabled(at >= len(BUILT_IN))

    def save_preset(self) -> None:
        name, said = QInputDialog.getText(self, tr("Save as a preset"), tr("Name"))
        if said and name.strip():
            preset = structs.replace(self.form.value, name=name.strip())
            self._keep(lambda: presets.keep(self._studio.home, preset))

    def remove_preset(self) -> None:
        name = self._presets[self._chosen].name
        self._keep(lambda: presets.remove(self._studio.home, name))

    def _keep(self, change) -> None:  # type: ignore[no-untyped-def]
        def kept(now: Kept) -> None:
            self._show_presets(now)
            self._changed()

        self._studio.background.run(change, kept, self._refuse)

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            self._studio.background.fail(error)
            return
        self._say(str(error), "bad")
        self._export.setEnabled(False)

    # What will come of it

    def _changed(self) -> None:
        self._mark_preset()
        self._export.setEnabled(False)
        self._warning.setText(self._telling())
        self._warning.setVisible(bool(self._warning.text()))
        try:
            names.check(self.preset.names)
            parts = names.fill(self.preset.names, Facts.of(self._wanted.rows[0]), 1)
            self.form.example.setText(" / ".join(parts) + self._suffix())
        except KnownError:
            self.form.example.setText("")
        if self.form.folder.text().strip():
            self._say(tr("Looking at the folder…"), "muted")
            self._judge.restart()
        else:
            self._say(tr("Choose the folder the files go to."), "muted")

    def _telling(self) -> str:
        telling = names.telling(self.preset.names) if self.preset.metadata == "share" else ()
        fields = ", ".join(f"{{{field}}}" for field in telling)
        return tr("The files tell nothing, but their names do: {fields}", fields=fields) if telling else ""

    def _suffix(self) -> str:
        from core.export.formats import FORMATS

        return FORMATS[self.preset.format].suffix

    def _ask_judgement(self) -> None:
        """Off-thread: it looks into the folder and makes one file to judge their size by."""
        self._asked += 1
        asked, preset, folder, wanted = self._asked, self.preset, self.folder, self._wanted
        home, settings = self._studio.home, self._studio.settings

        def judge() -> tuple[Plan, int | None]:
            choice.check_folder(home, settings, folder)
            colours.profile(preset.colours)
            if preset.upscaler:
                upscalers.recognise(Path(preset.upscaler))
            made = plan(wanted.rows, preset, folder, wanted.files)
            return made, estimate(made, preset)

        then, failed = partial(self._judged, asked), partial(self._not_judged, asked)
        self._studio.background.run(judge, then, failed, "export")

    def _not_judged(self, asked: int, error: Exception) -> None:
        if asked == self._asked:
            self._refuse(error)

    def _judged(self, asked: int, found: tuple[Plan, int | None]) -> None:
        if asked != self._asked or self._judge.waiting:
            return
        made, size = found
        files = words.many(len(made.files), "file")
        known = size and made.files and not self.preset.upscaler
        said = [tr("{files}, about {size}", files=files, size=words.size(size or 0)) if known else files]
        replaced = sum(each.replaces for each in made.files)
        if replaced:
            said.append(tr("{files} written over", files=words.many(replaced, "old file")))
        if made.skipped:
            said.append(tr("{pictures} skipped", pictures=words.many(len(made.skipped), "picture")))
        if made.taken and not replaced and not made.skipped:
            said.append(tr("{names} taken", names=words.many(len(made.taken), "name")))
        self._say(" · ".join(said), "warning" if replaced else "")
        self._export.setEnabled(bool(made.files))

    def _say(self, sentence: str, role: str) -> None:
        self._said.setText(sentence)
        theme.set_role(self._said, role)

    # Layout

    def _make_parts(self) -> None:
        self._list = QListWidget(objectName="presets")
        self._list.setAccessibleName(tr("Presets"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._remove = button(tr("Delete"), self.remove_preset, tip=tr("Deletes this preset of your own"))
        self.form = ExportForm(self._studio.settings.upscalers)
        self._warning = theme.text("", "warning", wrap=True)
        self._said = theme.text("", "muted", wrap=True)
        self._said.setAccessibleName(tr("What will be written"))
        self._box, self._export = ask_box(self, tr("Export"))

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(theme.text(tr("PRESETS"), "section"))
        left.addWidget(self._list, 1)
        left.addWidget(row(button(tr("Save these…"), self.save_preset), self._remove))
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addWidget(self.form)
        right.addStretch()
        right.addWidget(self._warning)
        middle = QHBoxLayout()
        middle.setSpacing(20)
        middle.addLayout(left, 2)
        middle.addLayout(right, 3)
        foot = QHBoxLayout()
        foot.addWidget(self._said, 1)
        foot.addWidget(self._box)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        pictures = words.many(len(self._wanted.rows), "picture")
        column.addWidget(theme.text(tr("Export {pictures}", pictures=pictures), "heading"))
        column.addLayout(middle, 1)
        column.addLayout(foot)
