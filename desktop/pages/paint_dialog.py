"""Which part of a start photo is made anew: painted, or found from the album's faces."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from core import images, masks, references, start_photo
from core.engine import Engine
from core.masks import SeenFace
from core.runner import ChoreResult, Progress
from core.spec import Inside
from desktop import theme
from desktop.arrivals import Arrivals
from desktop.i18n import noop, tr
from desktop.pages.dialogs import ask_box
from desktop.studio import Studio
from desktop.thumbnails import PictureKey
from desktop.widgets import fields
from desktop.widgets.buttons import button
from desktop.widgets.dialog import Dialog
from desktop.widgets.fields import form
from desktop.widgets.number_slider import NumberSlider
from desktop.widgets.paint_canvas import LEAST, MOST, PaintCanvas
from desktop.widgets.zoom_bar import ZoomBar

OUTLINE = noop("Finding an outline")
WIDE = 250
SHOWN = 1600


@dataclass(frozen=True)
class Opened:
    """What is known of a photo before anything is painted: its size, its faces, the mask it has."""

    size: tuple[int, int]
    faces: Sequence[SeenFace]
    mask: bytes


def opened(studio: Studio, session: Session, photo: str, inside: Inside | None) -> Opened:
    """Reads all of that, off the GUI thread. Raises KnownError."""
    file = Path(photo)
    kept = references.load(studio.home.references, inside.mask) if inside else None
    return Opened(
        images.upright_size(file),
        masks.faces(session, file),
        masks.as_png(kept.convert("L")) if kept else b"",
    )


class PaintDialog(Dialog):
    """`chosen` tells what is made anew, its mask kept."""

    chosen = Signal(object)
    _outlined = Signal(bytes)

    def __init__(
        self, studio: Studio, photo: str, found: Opened, inside: Inside | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Make a part of the photo anew"))
        self._studio, self._photo, self._faces = studio, photo, found.faces
        self._inside = inside or Inside("0" * 64)
        self.canvas = PaintCanvas(*found.size)
        self._size = found.size
        self._make_parts()
        self._lay_out()
        self._connect()
        if found.mask:
            self.canvas.add(found.mask)
        Arrivals(studio.thumbnails, self).show(self.canvas, PictureKey(photo, SHOWN))
        self._say()

    def accept(self) -> None:
        """Keeps the mask first: what was painted must not be lost to a full disk unsaid."""
        png, home = self.canvas.png, self._studio.home
        feather, around = self._feather.value, self._around.value
        self._ok.setEnabled(False)
        self._studio.background.run(
            lambda: start_photo.keep_mask(home, png),
            lambda mask: self._done(Inside(mask, feather, around)),
            self._not_kept,
        )

    def _done(self, inside: Inside) -> None:
        super().accept()
        self.chosen.emit(inside)

    def _not_kept(self, error: Exception) -> None:
        self._said.setText(str(error))
        self._ok.setEnabled(True)

    # Masks that nobody has to draw

    def add_face(self) -> None:
        self.canvas.add(masks.as_png(masks.face(self._size, self._face.box)))

    def add_person(self) -> None:
        """The worker finds the outline, after the pictures it is at."""
        studio, photo, face = self._studio, Path(self._photo), self._face
        others = [each.box for each in self._faces if each is not face]
        self._person.setEnabled(False)
        self._said.setText(tr("The outline is looked for…"))

        def chore(engine: Engine, progress: Progress) -> ChoreResult:
            progress(0, 0, photo.name)
            margin = studio.settings.margin
            found = masks.as_png(masks.person(engine, studio.home, margin, photo, face.box, others))
            self._outlined.emit(found)
            return ChoreResult(tr("The outline is in the mask."))

        studio.runner.do(tr(OUTLINE), chore)

    @property
    def _face(self) -> SeenFace:
        return self._faces[self._whose.currentIndex()]

    @Slot(bytes)
    def _take_outline(self, png: bytes) -> None:
        self._person.setEnabled(True)
        self.canvas.add(png)

    # Live answers

    def _say(self) -> None:
        empty = self.canvas.empty
        self._ok.setEnabled(not empty)
        self._undo.setEnabled(self.canvas.can_undo)
        self._clear.setEnabled(not empty)
        words = tr("Paint over what is to be made anew. All the rest stays as it is, to the pixel.")
        self._said.setText(words if empty else "")

    def _choose_tool(self, number: int) -> None:
        self.canvas.set_erasing(number == 1)

    def _tool_changed(self, erasing: bool) -> None:
        (self._erase if erasing else self._paint).setChecked(True)

    def _size_changed(self) -> None:
        self.canvas.set_brush(LEAST + self._brush.value * (MOST - LEAST))

    def _brush_changed(self) -> None:
        self._brush.blockSignals(True)
        self._brush.value = (self.canvas.brush - LEAST) / (MOST - LEAST)
        self._brush.blockSignals(False)

    # Layout

    def _make_parts(self) -> None:
        self._tools = QButtonGroup(self)
        self._paint, self._erase = (
            self._tool(at, name) for at, name in enumerate((tr("Paint"), tr("Erase")))
        )
        self._brush = NumberSlider(1.0, (self.canvas.brush - LEAST) / (MOST - LEAST))
        self._feather = NumberSlider(0.2, self._inside.feather)
        self._around = NumberSlider(4.0, self._inside.around)
        self._around.slider.setMinimum(100)
        self._undo = button(tr("Undo"), self.canvas.undo)
        self._clear = button(tr("Clear"), self.canvas.clear)
        self._invert = button(tr("Invert"), self.canvas.invert)
        self._whose: QComboBox = fields.choices(
            {at: each.name or tr("Face {number}", number=at + 1) for at, each in enumerate(self._faces)}
        )
        self._whose.setAccessibleName(tr("Whose face"))
        self._face_button = button(
            tr("Face"), self.add_face, "person", tip=tr("Paints this face, with its hair")
        )
        self._person = button(
            tr("Whole person"), self.add_person, "people", tip=tr("Finds the outline of the whole person")
        )
        self._said = theme.text("", "muted", wrap=True)
        self._box, self._ok = ask_box(self, tr("Use this mask"))

    def _tool(self, number: int, name: str) -> QPushButton:
        made = button(name, role="toggle")
        made.setCheckable(True)
        made.setChecked(number == 0)
        self._tools.addButton(made, number)
        return made

    def _lay_out(self) -> None:
        side = QWidget()
        side.setFixedWidth(WIDE)
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(8)
        right.addWidget(theme.text(tr("BRUSH"), "section"))
        right.addLayout(_row(self._paint, self._erase))
        right.addLayout(_form((tr("Size"), self._brush)))
        right.addLayout(_row(self._undo, self._clear, self._invert))
        right.addSpacing(10)
        right.addWidget(theme.text(tr("FROM THE ALBUM"), "section"))
        self._add_faces(right)
        right.addSpacing(10)
        right.addWidget(theme.text(tr("EDGE"), "section"))
        right.addLayout(self._edge())
        right.addWidget(self._said)
        right.addStretch()
        right.addWidget(ZoomBar(self.canvas))
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.canvas, 1)
        middle.addWidget(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        column.addLayout(middle, 1)
        column.addWidget(self._box)
        self.resize(940, 600)

    def _edge(self) -> QVBoxLayout:
        column = QVBoxLayout()
        tips = {
            tr("Fades over"): tr("How far beyond the mask the new fades into the photo"),
            tr("Around it"): tr("How much of the photo the model sees, in sides of the mask"),
        }
        column.addLayout(_form((tr("Fades over"), self._feather), (tr("Around it"), self._around), tips=tips))
        return column

    def _add_faces(self, column: QVBoxLayout) -> None:
        if not self._faces:
            column.addWidget(theme.text(tr("The album knows no face on this photo."), "small", wrap=True))
            return
        column.addWidget(self._whose)
        column.addLayout(_row(self._face_button, self._person))

    def _connect(self) -> None:
        self.canvas.changed.connect(self._say)
        self.canvas.brush_changed.connect(self._brush_changed)
        self.canvas.erasing_changed.connect(self._tool_changed)
        self._brush.changed.connect(self._size_changed)
        self._tools.idClicked.connect(self._choose_tool)
        self._outlined.connect(self._take_outline)
        QShortcut(QKeySequence.StandardKey.Undo, self, self.canvas.undo)
        self.canvas.setFocus()


def _row(*parts: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    for part in parts:
        row.addWidget(part, part.sizeHint().width())
    return row


def _form(*lines: tuple[str, QWidget], tips: dict[str, str] | None = None) -> fields.Form:
    made = form(*lines, tips=tips)
    made.setColumnMinimumWidth(0, 70)
    return made
