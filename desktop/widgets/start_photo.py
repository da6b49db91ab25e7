"""The photo pictures start from: chosen from the album or a file, shown small, taken away again."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from core.spec import StartPhoto
from desktop import theme
from desktop.thumbnails import PictureKey, Thumbnails
from desktop.widgets.buttons import button, icon_button
from desktop.widgets.fields import form
from desktop.widgets.number_slider import NumberSlider
from desktop.widgets.reference_tile import Thumb

SIDE = 48
STRENGTH = 0.6
TIP = "How much of the photo is made anew: little keeps it, 1 leaves nothing of it"


class StartPhotoField(QWidget):
    """`path`: the photo, or "". `album_asked` and `file_asked` want one; `show_photo` takes it."""

    changed = Signal()
    album_asked = Signal()
    file_asked = Signal()

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._thumbnails = thumbnails
        self._key: PictureKey | None = None
        self.path = ""
        self.strength = NumberSlider(1.0, STRENGTH)
        self.strength.slider.setMinimum(5)
        self._picture = Thumb(SIDE)
        self._name = theme.text("", wrap=True)
        self._choose = button("Choose a photo…", icon="gallery")
        menu = QMenu(self._choose)
        menu.addAction(theme.icon("people"), "From the album…", self.album_asked.emit)
        menu.addAction(theme.icon("folder"), "From a file…", self.file_asked.emit)
        self._choose.setMenu(menu)
        self._shown = QWidget()
        self._lay_out()
        self.strength.changed.connect(self.changed)
        thumbnails.ready.connect(self._arrived)
        self.show_photo("")

    def show_photo(self, path: str, strength: float = STRENGTH) -> None:
        """Starts from this photo; "" from noise."""
        self.path = path
        self._name.setText(Path(path).name)
        self._name.setToolTip(path)
        self._shown.setVisible(bool(path))
        self._choose.setText("Another photo…" if path else "Choose a photo…")
        self.strength.value = strength
        ratio = self.devicePixelRatio()
        self._key = PictureKey(path, round(SIDE * ratio)) if path else None
        self._picture.show_picture(self._thumbnails.get(self._key) if self._key else None)
        self.changed.emit()

    def load(self, start: StartPhoto | None) -> None:
        self.show_photo(start.path if start else "", start.strength if start else STRENGTH)

    def _arrived(self, key: PictureKey) -> None:
        if key == self._key:
            self._picture.show_picture(self._thumbnails.get(key))

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self._picture)
        line.addWidget(self._name, 1)
        line.addWidget(icon_button("cancel", "Start from noise again", lambda: self.show_photo("")))
        inside = QVBoxLayout(self._shown)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(line)
        inside.addLayout(form(("Made anew", self.strength), tips={"Made anew": TIP}))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addWidget(self._shown)
        column.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignLeft)
