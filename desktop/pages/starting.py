"""Asking for the photo pictures start from, and for the part of it that is made anew."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from core import start_photo
from core.errors import KnownError
from core.library import photos
from core.metadata import png
from core.spec import RenderSpec
from desktop.i18n import tr
from desktop.pages import paint_dialog
from desktop.pages.dialogs import photo_filter
from desktop.pages.photo_dialog import PhotoDialog
from desktop.studio import Studio
from desktop.widgets.start_photo import StartPhotoField


class Starting:
    """Opens what `field` asks for; what is chosen goes back to it."""

    def __init__(self, studio: Studio, field: StartPhotoField) -> None:
        self._studio, self._field = studio, field
        field.album_asked.connect(self._ask_album)
        field.file_asked.connect(self._ask_file)
        field.mask_asked.connect(self.ask_mask)

    def take(self, picture: Path, load: Callable[[RenderSpec], None]) -> None:
        """A picture that was dropped: one of ours brings its settings, a photo is started from."""
        library = self._studio.library

        def read() -> RenderSpec | None:
            try:
                spec = png.read(picture).spec
            except KnownError:
                return None
            return start_photo.located(spec, library, None)

        def show(spec: RenderSpec | None) -> None:
            load(spec) if spec else self._field.show_photo(str(picture))

        self._studio.background.run(read, show)

    def _ask_album(self) -> None:
        self._studio.read(photos.paths, self._show_album)

    def _show_album(self, found: Sequence[str]) -> None:
        dialog = PhotoDialog(found, self._studio.thumbnails, self._field.window())
        dialog.photo_chosen.connect(self._field.show_photo)
        dialog.open()

    def _ask_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._field, tr("Start from a photo"), "", photo_filter())
        if name:
            self._field.show_photo(name)

    def ask_mask(self) -> None:
        """Opens the photo to paint on it what is made anew."""
        start = self._field
        photo, inside = start.path, start.inside

        def show(found: paint_dialog.Opened) -> None:
            dialog = paint_dialog.PaintDialog(self._studio, photo, found, inside, self._field.window())
            dialog.chosen.connect(start.show_inside)
            dialog.open()

        self._studio.read(lambda s: paint_dialog.opened(self._studio, s, photo, inside), show)
