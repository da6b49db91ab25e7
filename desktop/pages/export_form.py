"""The fields of an export: format, size, colours, names and what the files tell."""

from pathlib import Path

from msgspec import structs
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QMenu, QSizePolicy, QStackedWidget, QWidget

from core.export import ExportPreset, names
from core.export.colours import SPACES
from core.export.formats import FORMATS
from core.export.sizes import LONGEST, Size
from desktop import theme
from desktop.widgets.buttons import button
from desktop.widgets.fields import Form, choices, choose, row, whole

CONFLICTS = {
    "number": "Number the new file",
    "overwrite": "Write over the old file",
    "skip": "Leave the old file, skip the picture",
    "ask": "Ask, before anything is written",
}
TOLD = {"all": "Everything", "share": "Share copy: made by AI, no more"}
TIPS = {
    "Names": "Words, and fields in braces. A slash makes subfolders.",
    "Name taken": "What happens where a file of that name lies already.",
    "Metadata": "Everything: settings, prompt, people and their faces, stars. A share copy tells only that an"
    " AI system made it.",
}
WAYS = {"whole": "As it is", "longer": "Longer side", "fit": "Fit into", "percent": "Percent"}
OWN = ""


class ExportForm(QWidget):
    """`value`: what the fields say, the folder aside. `changed` by the user alone. `example`: one name."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._make_fields()
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
        name = QFileDialog.getExistingDirectory(self, "Export to", self.folder.text())
        if name:
            self.folder.setText(name)

    def choose_profile(self) -> None:
        """Of the user's own; without one, what was chosen before stays."""
        name, _ = QFileDialog.getOpenFileName(self, "A colour profile", "", "Colour profiles (*.icc *.icm)")
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
        )

    def _show_size(self, size: Size) -> None:
        self._shown_size = size
        choose(self.way, size.way)
        self.side.setValue(size.side)
        self.width.setValue(size.width)
        self.height.setValue(size.height)
        self.percent.setValue(round(size.percent))

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
        for box in (self.format, self.way, self.conflict, self.told):
            box.currentIndexChanged.connect(self._tell)
        for field in (self.quality, self.side, self.width, self.height, self.percent):
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
        self.enlarge.setEnabled(self.way.currentData() != "whole")

    # Layout

    def _make_fields(self) -> None:
        self.folder = QLineEdit(placeholderText="Where the files go")
        self.example = theme.text("", "muted")
        self.example.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.names = QLineEdit()
        fields = button("Fields", None, tip="What a name can hold")
        menu = QMenu(fields)
        for field, words in names.FIELDS.items():
            menu.addAction(f"{{{field}}}   {words}", lambda field=field: self.add_field(field))
        fields.setMenu(menu)
        self._names = row(self.names, fields)
        self.conflict = choices(CONFLICTS)
        self.format = choices({key: each.words for key, each in FORMATS.items()})
        self.quality = whole(1, 100, 92)
        self.way = choices(WAYS)
        self.side = whole(16, LONGEST, 2048, " px")
        self.width, self.height = whole(16, LONGEST, 1920, " px"), whole(16, LONGEST, 1080, " px")
        self.width.setAccessibleName("Width")
        self.height.setAccessibleName("Height")
        self.percent = whole(1, 800, 50, " %")
        self.enlarge = QCheckBox("Enlarge small pictures too")
        self.colours = choices({key: each.name for key, each in SPACES.items()} | {OWN: "Profile file…"})
        self.told = choices(TOLD)
        self.sidecar = QCheckBox("XMP sidecar file as well")

    def _lay_out(self) -> None:
        self._sides = QStackedWidget()
        for part in (QWidget(), row(self.side), row(self.width, self.height), row(self.percent)):
            self._sides.addWidget(part)
        self._form = Form()
        self._form.setContentsMargins(0, 0, 0, 0)
        for name, field in (
            ("Folder", row(self.folder, button("Choose…", self.choose_folder, "folder"))),
            ("Names", self._names),
            ("", self.example),
            ("Name taken", self.conflict),
            ("Format", self.format),
            ("Quality", self.quality),
            ("Size", row(self.way, self._sides)),
            ("", self.enlarge),
            ("Colours", self.colours),
            ("Metadata", self.told),
            ("", self.sidecar),
        ):
            self._form.add(name, field, TIPS.get(name, ""))
        self.setLayout(self._form)


def same(one: ExportPreset, other: ExportPreset) -> bool:
    """But for the name."""
    return structs.replace(one, name="") == structs.replace(other, name="")
