"""The fields of an export: format, size, colours, names and what the files tell."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import structs
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from core.export import ExportPreset, names
from core.export.colours import SPACES
from core.export.formats import FORMATS
from core.export.sizes import LONGEST, Size
from desktop import theme
from desktop.i18n import noop, tr
from desktop.widgets.buttons import button
from desktop.widgets.fields import Form, choices, choose, indented, row, whole

CONFLICTS = {
    "number": noop("Number the new file"),
    "overwrite": noop("Write over the old file"),
    "skip": noop("Leave the old file, skip the picture"),
    "ask": noop("Ask, before anything is written"),
}
TOLD = {"all": noop("Everything"), "share": noop("Share copy: made by AI, no more")}
TIPS = {
    "names": noop("Words, and fields in braces. A slash makes subfolders."),
    "taken": noop("What happens where a file of that name lies already."),
    "told": noop(
        "Everything: settings, prompt, people and their faces, stars. A share copy tells only that an AI"
        " system made it."
    ),
    "upscaler": noop(
        "Resampling is quick and soft. An upscaler draws detail of its own and takes minutes a picture"
        " without a graphics card. Upscalers are added on the Models page."
    ),
}
WAYS = {
    "whole": noop("As it is"),
    "longer": noop("Longer side"),
    "fit": noop("Fit into"),
    "percent": noop("Percent"),
    "print": noop("Print: cm, dpi"),
}
FIELD_WORDS = {
    "date": noop("the day it was made: 2026-11-21"),
    "time": noop("the time it was made: 214503"),
    "year": noop("the year it was made"),
    "month": noop("the month it was made, 01 to 12"),
    "day": noop("the day of the month, 01 to 31"),
    "number": noop("1, 2, 3 … in this export; 3 digits give 001"),
    "original": noop("the picture's own name"),
    "prompt": noop("the words it was made from, as many letters as you say"),
    "person": noop("who is in it"),
    "method": noop("how it was made"),
    "model": noop("the model's name"),
    "seed": noop("the seed"),
    "rating": noop("its stars, 0 to 5"),
    "label": noop("its colour label"),
}
OWN = ""
RESAMPLING = ""


class ExportForm(QWidget):
    """`value`: what the fields say, the folder aside. `changed` by the user alone. `example`: one name."""

    changed = Signal()

    def __init__(self, upscalers: Sequence[str] = ()) -> None:
        """`upscalers`: files of networks that enlarge, to choose from."""
        super().__init__()
        self._make_fields(upscalers)
        self._lay_out()
        self.value = ExportPreset()
        self._hear()

    @property
    def value(self) -> ExportPreset:
        return ExportPreset(
            format=self.format.currentData(),
            quality=self.quality.value(),
            size=self._size(),
            enlarge=self.enlarge.isChecked(),
            upscaler=self.upscaler.currentData() if self.enlarge.isChecked() else RESAMPLING,
            colours=self.colours.currentData(),
            names=self.names.text() or " ",
            conflict=self.conflict.currentData(),
            metadata=self.told.currentData(),
            sidecar=self.sidecar.isChecked(),
        )

    @value.setter
    def value(self, preset: ExportPreset) -> None:
        with QSignalBlocker(self):
            choose(self.format, preset.format)
            self.quality.setValue(preset.quality)
            self._show_size(preset.size)
            self.enlarge.setChecked(preset.enlarge)
            if self.upscaler.findData(preset.upscaler) < 0:
                self.upscaler.addItem(Path(preset.upscaler).stem, preset.upscaler)
            choose(self.upscaler, preset.upscaler)
            self._choose_colours(preset.colours)
            self.names.setText(preset.names)
            choose(self.conflict, preset.conflict)
            choose(self.told, preset.metadata)
            self.sidecar.setChecked(preset.sidecar)
        self._show_what_counts()

    def add_field(self, field: str) -> None:
        """Puts {field} where the cursor is."""
        self.names.insert("{number:3}" if field == "number" else f"{{{field}}}")
        self.names.setFocus()

    def choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Export to"), self.folder.text())
        if name:
            self.folder.setText(name)

    def choose_profile(self) -> None:
        """Of the user's own; without one, what was chosen before stays."""
        files = tr("Colour profiles (*.icc *.icm)")
        name, _ = QFileDialog.getOpenFileName(self, tr("A colour profile"), "", files)
        self._choose_colours(name or self._colours)
        self._tell()

    # Sizes

    def _size(self) -> Size:
        return structs.replace(
            self._shown_size,
            way=self.way.currentData(),
            side=self.side.value(),
            width=self.width.value(),
            height=self.height.value(),
            percent=float(self.percent.value()),
            paper_width=self.paper_width.value(),
            paper_height=self.paper_height.value(),
            dpi=self.dpi.value(),
        )

    def _show_size(self, size: Size) -> None:
        self._shown_size = size
        choose(self.way, size.way)
        self.side.setValue(size.side)
        self.width.setValue(size.width)
        self.height.setValue(size.height)
        self.percent.setValue(round(size.percent))
        self.paper_width.setValue(size.paper_width)
        self.paper_height.setValue(size.paper_height)
        self.dpi.setValue(size.dpi)

    # Colours

    def _choose_colours(self, colours: str) -> None:
        if self.colours.findData(colours) < 0:
            self.colours.insertItem(len(SPACES), Path(colours).name, colours)
        choose(self.colours, colours)
        self._colours = colours

    def _colours_activated(self) -> None:
        if self.colours.currentData() == OWN:
            self.choose_profile()
        else:
            self._colours = self.colours.currentData()

    # What the user does

    def _hear(self) -> None:
        for box in (self.format, self.way, self.conflict, self.told, self.upscaler):
            box.currentIndexChanged.connect(self._tell)
        for field in (*self._numbers, *self._sides_of_paper):
            field.valueChanged.connect(self._tell)
        for check in (self.enlarge, self.sidecar):
            check.toggled.connect(self._tell)
        self.colours.activated.connect(self._colours_activated)
        self.colours.currentIndexChanged.connect(self._tell)
        self.names.textChanged.connect(self._tell)
        self.folder.textChanged.connect(self._tell)

    def _tell(self) -> None:
        if self.colours.currentData() != OWN:
            self._show_what_counts()
            self.changed.emit()

    def _show_what_counts(self) -> None:
        """Only fields that mean something now."""
        self._form.show_line(self.quality, FORMATS[self.format.currentData()].lossy)
        self._sides.setCurrentIndex(list(WAYS).index(self.way.currentData()))
        sized = self.way.currentData() != "whole"
        self.enlarge.setEnabled(sized)
        self.upscaler.setEnabled(sized and self.enlarge.isChecked())

    # Layout

    def _make_fields(self, upscalers: Sequence[str]) -> None:
        self._make_names()
        self._make_sizes(upscalers)
        self.colours = choices({key: each.name for key, each in SPACES.items()} | {OWN: tr("Profile file…")})
        self.told = choices(_said(TOLD))
        self.sidecar = QCheckBox(tr("XMP sidecar file as well"))

    def _make_names(self) -> None:
        self.folder = QLineEdit(placeholderText=tr("Where the files go"))
        self.example = theme.text("", "muted")
        self.example.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.names = QLineEdit()
        fields = button(tr("Fields"), None, tip=tr("What a name can hold"))
        menu = QMenu(fields)
        for field in names.FIELDS:
            said = tr(FIELD_WORDS[field])
            menu.addAction(f"{{{field}}}   {said}", lambda field=field: self.add_field(field))
        fields.setMenu(menu)
        self._names = row(self.names, fields)
        self.conflict = choices(_said(CONFLICTS))

    def _make_sizes(self, upscalers: Sequence[str]) -> None:
        self.format = choices({key: each.words for key, each in FORMATS.items()})
        self.quality = whole(1, 100, 92)
        self.way = choices(_said(WAYS))
        self.side = whole(16, LONGEST, 2048, " px")
        self.width, self.height = whole(16, LONGEST, 1920, " px"), whole(16, LONGEST, 1080, " px")
        self.width.setAccessibleName(tr("Width"))
        self.height.setAccessibleName(tr("Height"))
        self.percent = whole(1, 800, 50, " %")
        self.paper_width, self.paper_height = (
            _centimetres(tr("Paper width in centimetres")),
            _centimetres(tr("Paper height in centimetres")),
        )
        self.dpi = whole(50, 1200, 300)
        self.dpi.setAccessibleName(tr("Dots per inch"))
        self._numbers = (self.quality, self.side, self.width, self.height, self.percent, self.dpi)
        self._sides_of_paper = (self.paper_width, self.paper_height)
        self.enlarge = QCheckBox(tr("Enlarge small pictures too"))
        named = {file: Path(file).stem for file in upscalers}
        self.upscaler = choices({RESAMPLING: tr("Resampling")} | named)

    def _lay_out(self) -> None:
        self._sides = QStackedWidget()
        print_fields = row(self.paper_width, self.paper_height, self.dpi)
        for part in (
            QWidget(),
            row(self.side),
            row(self.width, self.height),
            row(self.percent),
            print_fields,
        ):
            self._sides.addWidget(part)
        self._form = Form()
        self._form.setContentsMargins(0, 0, 0, 0)
        for name, field, tip in (
            (tr("Folder"), row(self.folder, button(tr("Choose…"), self.choose_folder, "folder")), ""),
            (tr("Names"), self._names, "names"),
            ("", self.example, ""),
            (tr("Name taken"), self.conflict, "taken"),
            (tr("Format"), self.format, ""),
            (tr("Quality"), self.quality, ""),
            (tr("Size"), row(self.way, self._sides), ""),
            ("", self.enlarge, ""),
            (tr("Enlarge by"), self.upscaler, "upscaler"),
            (tr("Colours"), self.colours, ""),
            (tr("Metadata"), self.told, "told"),
            ("", self.sidecar, ""),
        ):
            self._form.add(name, field, tr(TIPS[tip]) if tip else "")
        self.setLayout(self._form)


def _said(texts: Mapping[str, str]) -> dict[str, str]:
    return {key: tr(text) for key, text in texts.items()}


def _centimetres(name: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox(minimum=1, maximum=500, decimals=1, singleStep=0.5, keyboardTracking=False)
    field.setMinimumWidth(64)
    field.setAccessibleName(name)
    return indented(field)


def same(one: ExportPreset, other: ExportPreset) -> bool:
    """But for the name."""
    return structs.replace(one, name="") == structs.replace(other, name="")
