"""Preferences: every choice has a default, is saved at once, and says when it takes effect."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core import settings as settings_file
from core.events import SettingsChanged
from core.settings import CHOICES, Settings
from desktop import theme
from desktop.i18n import LANGUAGES, tr
from desktop.pages.preference_rows import Section, spin
from desktop.studio import Studio
from desktop.widgets.buttons import button
from desktop.widgets.fields import choices, choose
from desktop.widgets.night_bar import THEN

WIDTH = 720
NEXT_START = ("language", "output")
"""What the running program holds on to."""


class PreferencesPage(QWidget):
    """`shortcuts_asked`: the list in which keys can be changed; `again_asked`: the window anew, for what
    waits for that."""

    shortcuts_asked = Signal()
    again_asked = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._began_with = studio.settings
        self.fields: dict[str, QWidget] = {}
        self._notes: dict[str, QLabel] = {}
        self._lay_out()
        self.show_settings(studio.settings)
        studio.bridge.happened.connect(self._hear)

    @Slot(object)
    def _hear(self, event: object) -> None:
        if isinstance(event, SettingsChanged):
            self.show_settings(self._studio.settings)

    def show_settings(self, settings: Settings) -> None:
        for name, field in self.fields.items():
            with QSignalBlocker(field):
                _show(field, getattr(settings, name))
        folder = settings_file.pictures_folder(self._studio.home, settings)
        self._folder.setText(str(folder))
        self._folder.setToolTip(str(folder))
        for name, note in self._notes.items():
            waits = getattr(settings, name) != getattr(self._began_with, name)
            note.setText(tr("Not in effect yet") if waits else "")
        self._anew.setVisible(any(note.text() for note in self._notes.values()))

    # What the user does

    def choose_folder(self) -> None:
        title = tr("Where new pictures go")
        if chosen := QFileDialog.getExistingDirectory(self, title, self._folder.text()):
            self.keep("output", str(Path(chosen)))

    def keep(self, name: str, value: Any) -> None:
        if value != getattr(self._studio.settings, name):
            self._studio.choose(**{name: value})

    def reset(self) -> None:
        """Every choice of this page as the program comes; the bar offers the way back."""
        defaults = Settings()
        before = {name: getattr(self._studio.settings, name) for name in CHOICES}
        fresh = {name: getattr(defaults, name) for name in CHOICES}
        back = (tr("Undo"), lambda: self._studio.choose(**before))
        said = tr("All preferences are as they were at first. Models and shortcuts were kept.")
        self._studio.choose(lambda: self._studio.messages.say(said, "done", action=back, stay=True), **fresh)

    # Layout

    def _lay_out(self) -> None:
        column = self._column()
        head = QHBoxLayout()
        column.addLayout(head)
        head.addWidget(theme.text(tr("Preferences"), "title"))
        head.addStretch()
        tip = tr(
            "Puts what is not in effect yet into effect. What you wrote in Compose stays; a picture that is"
            " being made is begun once more."
        )
        self._anew = button(tr("Open the window anew"), self.again_asked.emit, role="primary", tip=tip)
        head.addWidget(self._anew)
        head.addWidget(
            button(tr("Reset all"), self.reset, "retry", tip=tr("Every choice as it was at first"))
        )
        for section in (self._looks, self._pictures, self._people, self._computer):
            column.addWidget(section())
        column.addStretch()
        self.first: QWidget = self.fields["language"]

    def _column(self) -> QVBoxLayout:
        """What scrolls, in its place before anything is in it: what moves is styled once more."""
        scroll = QScrollArea(self, widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        around = QWidget()
        scroll.setWidget(around)
        row = QHBoxLayout(around)
        row.setContentsMargins(0, 0, 0, 0)
        inner = QWidget(around)
        inner.setMaximumWidth(WIDTH)
        row.addWidget(inner, 1)
        row.addStretch()
        column = QVBoxLayout(inner)
        column.setContentsMargins(28, 20, 28, 24)
        column.setSpacing(18)
        return column

    def _looks(self) -> Section:
        made = Section(tr("Language and looks"))
        language = {"": tr("As the system")} | LANGUAGES
        self._add(made, "language", tr("Language"), self._list("language", language))
        colours = {"dark": tr("Dark"), "light": tr("Light"), "system": tr("As the system")}
        about = tr("Neutral greys in both, so that colours are judged without a cast.")
        self._add(made, "theme", tr("Theme"), self._list("theme", colours), about)
        moving = {
            "system": tr("As the system"),
            "full": tr("Things may move"),
            "reduced": tr("Nothing moves"),
        }
        self._add(made, "motion", tr("Motion"), self._list("motion", moving))
        keys = button(tr("Keyboard shortcuts…"), self.shortcuts_asked.emit, "keyboard")
        made.add(tr("Keyboard"), keys, tr("All keys, and others for them if you like."))
        return made

    def _pictures(self) -> Section:
        made = Section(tr("Pictures"))
        self._folder = theme.text("", "path")
        self._folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = (
            button(tr("Choose…"), self.choose_folder, "folder", tip=tr("Choose where new pictures go")),
            button(tr("Usual folder"), lambda: self.keep("output", ""), tip=tr("The library's own folder")),
        )
        about = tr("Pictures that are made already stay where they are.")
        self._notes["output"] = made.add_path(tr("New pictures go to"), self._folder, buttons, about)
        shown = QCheckBox(tr("Show each picture while it is made"))
        shown.toggled.connect(lambda on: self.keep("previews", on))
        self._add(made, "previews", tr("Previews"), shown)
        then = {value: tr(words) for value, words in THEN.items()}
        about = tr("What the Queue page suggests for each night. A countdown can always be cancelled.")
        self._add(made, "then", tr("When all is done"), self._list("then", then), about)
        return made

    def _people(self) -> Section:
        made = Section(tr("People"))
        margin = QDoubleSpinBox(minimum=1.0, maximum=3.0, singleStep=0.05, decimals=2, prefix="× ")
        about = tr(
            "How much of the photo around a face becomes part of a reference. 1.3 is what the authors of the"
            " methods used; references that are made already stay as they are."
        )
        self._add(made, "margin", tr("Margin around a face"), self._number("margin", margin), about)
        return made

    def _computer(self) -> Section:
        made = Section(tr("This computer"))
        devices = {"auto": tr("The graphics card, if there is one"), "cpu": tr("The processor")}
        devices["cuda"] = tr("The graphics card")
        self._add(made, "device", tr("Pictures are computed by"), self._list("device", devices))
        kept = QSpinBox(minimum=100, maximum=10_000, singleStep=100)
        about = tr("More make scrolling smoother, at about 0.2 MB of memory each.")
        self._add(
            made, "thumbnails", tr("Small pictures kept ready"), self._number("thumbnails", kept), about
        )
        return made

    def _add(self, section: Section, name: str, words: str, field: QWidget, about: str = "") -> None:
        self.fields[name] = field
        note = section.add(words, field, about)
        if name in NEXT_START:
            self._notes[name] = note

    def _list(self, name: str, values: Mapping[str, str]) -> QComboBox:
        box = choices(values)
        box.setMinimumContentsLength(22)
        box.currentIndexChanged.connect(lambda: self.keep(name, box.currentData()))
        return box

    def _number(self, name: str, field: Any) -> QWidget:
        field.valueChanged.connect(lambda: self.keep(name, _value(field)))
        return spin(field)


def _value(field: QSpinBox | QDoubleSpinBox) -> float:
    return round(field.value(), 2)


def _show(field: QWidget, value: Any) -> None:
    match field:
        case QComboBox():
            choose(field, value)
        case QCheckBox():
            field.setChecked(value)
        case QSpinBox() | QDoubleSpinBox():
            field.setValue(value)
