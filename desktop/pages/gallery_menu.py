"""What can be done with the pictures that are chosen, at the right mouse button."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QInputDialog, QMenu

from core.library import picture_albums
from core.library.picture_albums import AlbumRow
from desktop import shortcuts, words
from desktop.i18n import noop, tr
from desktop.pages.compare import MOST

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from desktop.pages.gallery import GalleryPage

USES = {"all": noop("All settings"), "rest": noop("All but the seed"), "prompt": noop("The prompt"),
        "seed": noop("The seed")}  # fmt: skip
FLAGS = {"picked": ("pick", noop("Picked")), "rejected": ("reject", noop("Rejected")),
         "": ("unmark", noop("Neither"))}  # fmt: skip
COLOURS = {"": noop("None"), "red": noop("Red"), "yellow": noop("Yellow"), "green": noop("Green"),
           "blue": noop("Blue"), "purple": noop("Purple")}  # fmt: skip


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
            _keyed("compare", tr("See it large") if len(chosen) == 1 else tr("Compare")), page.compare
        ).setEnabled(len(chosen) <= MOST)
        self._add_stack()
        use = menu.addMenu(tr("Use again"))
        for part, title in USES.items():
            use.addAction(_keyed(f"use.{part}", tr(title)), partial(page.use_again, part))
        menu.addAction(tr("Try again until they are alike…"), page.try_again)
        menu.addSeparator()
        flags = menu.addMenu(tr("Pick or reject"))
        for flag, (name, title) in FLAGS.items():
            flags.addAction(_keyed(name, tr(title)), partial(page.flag, flag))
        colours = menu.addMenu(tr("Colour"))
        for name, title in COLOURS.items():
            colours.addAction(tr(title), partial(page.marking.mark, chosen, label=name))
        self._add_albums(albums)
        menu.addSeparator()
        for row in page.selected[:1]:
            menu.addAction(tr("Open folder"), partial(page.open_folder, row))
        menu.addAction(_keyed("export", tr("Export…")), page.export)
        menu.addSeparator()
        menu.addAction(_keyed("delete", tr("Move to the trash")), page.delete)
        menu.addAction(tr("Delete the rejected…"), page.delete_rejected)

    def _show(self, albums: list[AlbumRow], where: QPoint) -> None:
        self.fill(albums)
        self.menu.popup(where)

    def _add_stack(self) -> None:
        for row in self._page.selected[:1]:
            self.menu.addAction(tr("All of this prompt"), partial(self._page.show_prompt_of, row))

    def _add_albums(self, albums: list[AlbumRow]) -> None:
        into = self.menu.addMenu(tr("Put into an album"))
        for album in albums:
            into.addAction(album.name.replace("&", "&&"), partial(self._put, album.id, album.name))
        into.addAction(tr("New album…"), self._ask_name)
        here = self._page.filter.wanted.album
        if here is not None:
            self.menu.addAction(tr("Take out of this album"), partial(self._take_out, here))

    def _put(self, album: int, name: str) -> None:
        ids = self._page.selected_ids

        def change(session: "Session") -> tuple[int, list[int]]:
            new = picture_albums.missing(session, album, ids)
            picture_albums.add(session, album, new)
            return album, new

        self._page._studio.write(change, lambda done: self._tell_put(name, *done), changed="pictures")

    def _take_out(self, album: int) -> None:
        ids = self._page.selected_ids
        self._change(lambda s: picture_albums.take_out(s, album, ids))
        self._page.ways.keep(lambda: self._change(lambda s: picture_albums.add(s, album, ids)))

    def _tell_put(self, name: str, album: int, new: list[int]) -> None:
        """Also how it is taken back."""
        page, pictures = self._page, words.many(len(new), "picture")
        page.ways.keep(lambda: self._change(lambda s: picture_albums.take_out(s, album, new)))
        told = tr("{pictures} put into “{album}”.", pictures=pictures, album=name.strip())
        page._studio.messages.say(told, "done", action=(tr("Undo"), page.ways.undo))

    def _change(self, change: "Callable[[Session], object]") -> None:
        self._page._studio.write(change, changed="pictures")

    def _ask_name(self) -> None:
        asked = QInputDialog(self._page)
        asked.setWindowTitle(tr("New album"))
        asked.setLabelText(tr("What to call it:"))
        asked.textValueSelected.connect(self._create)
        asked.finished.connect(asked.deleteLater)
        asked.open()

    def _create(self, name: str) -> None:
        ids = self._page.selected_ids

        def change(session: "Session") -> tuple[int, list[int]]:
            album = picture_albums.create(session, name)
            picture_albums.add(session, album, ids)
            return album, ids

        self._page._studio.write(change, lambda done: self._tell_put(name, *done), changed="pictures")


def _keyed(name: str, words: str) -> str:
    return shortcuts.in_menu(f"gallery.{name}", words)
