"""Albums: names of their own, pictures that stay when an album goes."""

from datetime import datetime

import pytest

from core.errors import KnownError
from core.library import Library, gallery, picture_albums
from core.library.tables import AlbumPicture, Picture


@pytest.fixture
def wedding(library: Library) -> int:
    """An album of two pictures."""
    with library.write() as session:
        session.add_all(
            Picture(id=number, path=f"/{number}", sha256="0" * 64, spec="{}", seed=1, width=8, height=8,
                    scores="{}", created_at=datetime(2026, 1, 1))
            for number in (1, 2)
        )  # fmt: skip
        album = picture_albums.create(session, "  The   wedding ")
        picture_albums.add(session, album, [1, 2])
    return album


def told(library: Library) -> list[tuple[str, int]]:
    with library.read() as session:
        return [(album.name, album.pictures) for album in picture_albums.listed(session)]


def test_albums_are_listed_by_name_with_their_counts(library: Library, wedding: int) -> None:
    with library.write() as session:
        picture_albums.create(session, "best")
        assert picture_albums.find(session, "THE WEDDING").id == wedding
    assert told(library) == [("best", 0), ("The wedding", 2)]


@pytest.mark.parametrize(("name", "words"), [(" ", "needs a name"), ("the WEDDING", "already")])
def test_a_name_is_needed_and_stands_once(library: Library, wedding: int, name: str, words: str) -> None:
    with library.write() as session, pytest.raises(KnownError, match=words):
        picture_albums.create(session, name)
    assert told(library) == [("The wedding", 2)]


def test_renaming_to_another_case_is_allowed(library: Library, wedding: int) -> None:
    with library.write() as session:
        picture_albums.rename(session, wedding, "THE WEDDING")
    assert told(library) == [("THE WEDDING", 2)]


def test_an_album_that_is_not_there_is_told(library: Library) -> None:
    with library.read() as session, pytest.raises(KnownError, match="no album called"):
        picture_albums.find(session, "Nothing")


def test_pictures_outlive_their_album_and_albums_their_pictures(library: Library, wedding: int) -> None:
    with library.write() as session:
        session.delete(session.get_one(Picture, 2))
    assert told(library) == [("The wedding", 1)]
    with library.write() as session:
        picture_albums.remove(session, wedding)
        assert gallery.count(session) == 1
        assert session.query(AlbumPicture).count() == 0
