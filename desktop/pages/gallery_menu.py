"""What can be done with the pictures that are chosen, at the right mouse button."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QInputDialog, QMenu

from core.library import picture_albums
from core.library.gallery import LABELS
from core.library.picture_albums import AlbumRow
from desktop import words
from desktop.pages.compare import MOST

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from desktop.pages.gallery import GalleryPage

USES = {"all": "&All settings (Shift+A)", "rest": "All but the seed (Shift+&R)",
        "prompt": "The &prompt (Shift+P)", "seed": "The &seed (Shift+S)"}  # fmt: skip
FLAGS = {"picked": "Picked (P)", "rejected": "Rejected (X)", "": "Neither (U)"}


class PictureMenu(QObject):
    """For one gallery page. Albums are read when the menu is asked for."""

    def __init__(self, page: "GalleryPage") -> None:
        super().__init__(page)
        self._page = page
        self.menu = QMenu(page)

    def show_at(self, where: QPoint) -> None:
        self._page._studio.read(picture_albums.listed, lambda albums: self._show(albums, where))

    def fill(self, albums: list[AlbumRow]) -> None:
        page, menu = self._page, self.menu
        chosen = page.selected_ids
        menu.clear()
        menu.addAction(
            "See it large (Return)" if len(chosen) == 1 else "Compare (C)", page.compare
        ).setEnabled(len(chosen) <= MOST)
        self._add_stack()
        use = menu.addMenu("Use again")
        for part, title in USES.items():
            use.addAction(title, partial(page.use_again, part))
        menu.addSeparator()
        flags = menu.addMenu("Pick or reject")
        for flag, title in FLAGS.items():
            flags.addAction(title, partial(page.flag, flag))
        colours = menu.addMenu("Colour")
        for name in LABELS:
            colours.addAction(name.capitalize() or "None", partial(page.marking.mark, chosen, label=name))
        self._add_albums(albums)
        menu.addSeparator()
        for row in page.selected[:1]:
            menu.addAction("Open folder", partial(page.open_folder, row))

    def _show(self, albums: list[AlbumRow], where: QPoint) -> None:
        self.fill(albums)
        self.menu.popup(where)

    def _add_stack(self) -> None:
        for row in self._page.selected[:1]:
            self.menu.addAction("All of this prompt", partial(self._page.show_prompt_of, row))

    def _add_albums(self, albums: list[AlbumRow]) -> None:
        into = self.menu.addMenu("Put into an album")
        for album in albums:
            into.addAction(album.name.replace("&", "&&"), partial(self._put, album.id, album.name))
        into.addAction("New album…", self._ask_name)
        here = self._page.filter.wanted.album
        if here is not None:
            self.menu.addAction("Take out of this album", partial(self._take_out, here))

    def _put(self, album: int, name: str) -> None:
        page, ids = self._page, self._page.selected_ids

        def said(new: int) -> None:
            page._studio.messages.say(f"{words.many(new, 'picture')} put into “{name}”.", "done")

        page._studio.write(lambda s: picture_albums.add(s, album, ids), said, changed="pictures")

    def _take_out(self, album: int) -> None:
        page, ids = self._page, self._page.selected_ids
        page._studio.write(lambda s: picture_albums.take_out(s, album, ids), changed="pictures")

    def _ask_name(self) -> None:
        asked = QInputDialog(self._page)
        asked.setWindowTitle("New album")
        asked.setLabelText("What to call it:")
        asked.textValueSelected.connect(self._create)
        asked.open()

    def _create(self, name: str) -> None:
        page, ids = self._page, self._page.selected_ids

        def change(session: "Session") -> int:
            return picture_albums.add(session, picture_albums.create(session, name), ids)

        def said(new: int) -> None:
            page._studio.messages.say(f"{words.many(new, 'picture')} put into “{name.strip()}”.", "done")

        page._studio.write(change, said, changed="pictures")
