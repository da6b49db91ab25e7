"""The photo pictures start from: chosen from the album or a file, shown small, taken away again."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from core.spec import Inside, StartPhoto
from core.start_photo import INSIDE
from desktop import theme
from desktop.arrivals import Arrivals
from desktop.i18n import noop, tr
from desktop.thumbnails import PictureKey, Thumbnails
from desktop.widgets.buttons import button, icon_button
from desktop.widgets.fields import form
from desktop.widgets.number_slider import NumberSlider
from desktop.widgets.reference_tile import Thumb

SIDE = 48
STRENGTH = 0.6
TIP = noop("How much of the photo is made anew: little keeps it, 1 leaves nothing of it")


class StartPhotoField(QWidget):
    """`path`: the photo, or "". `album_asked` and `file_asked` want one; `show_photo` takes it. `inside`: the
    part that is made anew, or None for all of it; `mask_asked` wants one, `show_inside` takes it."""

    changed = Signal()
    mask_asked = Signal()
    album_asked = Signal()
    file_asked = Signal()

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._arrivals = Arrivals(thumbnails, self)
        self.path = ""
        self.inside: Inside | None = None
        self.strength = NumberSlider(1.0, STRENGTH)
        self.strength.slider.setMinimum(5)
        self._picture = Thumb(SIDE)
        self._name = theme.text("", wrap=True)
        self._choose = button(tr("Choose a photo…"), icon="gallery")
        tip = tr("Paint over a face, a person or a place: only that is made anew")
        self._part = button(tr("Only a part of it…"), self.mask_asked.emit, "where", tip=tip)
        self._whole = icon_button("cancel", tr("Make the whole photo anew"), lambda: self.show_inside(None))
        menu = QMenu(self._choose)
        menu.addAction(theme.icon("people"), tr("From the album…"), self.album_asked.emit)
        menu.addAction(theme.icon("folder"), tr("From a file…"), self.file_asked.emit)
        self._choose.setMenu(menu)
        self._shown = QWidget()
        self._lay_out()
        self.strength.changed.connect(self.changed)
        self.show_photo("")

    def show_photo(self, path: str, strength: float = STRENGTH) -> None:
        """Starts from this photo; "" from noise."""
        self.path = path
        self._take_inside(None)
        self._name.setText(Path(path).name)
        self._name.setToolTip(path)
        self._shown.setVisible(bool(path))
        self._choose.setText(tr("Another photo…") if path else tr("Choose a photo…"))
        self.strength.value = strength
        side = round(SIDE * self.devicePixelRatio())
        self._arrivals.show(self._picture, PictureKey(path, side) if path else None)
        self.changed.emit()

    def show_inside(self, inside: Inside | None) -> None:
        """Only this part is made anew; None: the whole photo."""
        if (inside is None) != (self.inside is None):
            self.strength.value = INSIDE if inside else STRENGTH
        self._take_inside(inside)
        self.changed.emit()

    def _take_inside(self, inside: Inside | None) -> None:
        self.inside = inside
        self._whole.setVisible(inside is not None)
        self._part.setText(tr("Change the painted part…") if inside else tr("Only a part of it…"))

    def load(self, start: StartPhoto | None) -> None:
        self.take_over(*((start.path, start.strength, start.inside) if start else ("", STRENGTH, None)))

    def take_over(self, path: str, strength: float, inside: Inside | None) -> None:
        self.show_photo(path, strength)
        self._take_inside(inside)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self._picture)
        line.addWidget(self._name, 1)
        line.addWidget(icon_button("cancel", tr("Start from noise again"), lambda: self.show_photo("")))
        inside = QVBoxLayout(self._shown)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(line)
        part = QHBoxLayout()
        part.setSpacing(6)
        part.addWidget(self._part)
        part.addWidget(self._whole)
        part.addStretch()
        inside.addLayout(part)
        name = tr("Made anew")
        inside.addLayout(form((name, self.strength), tips={name: tr(TIP)}))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addWidget(self._shown)
        column.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignLeft)
