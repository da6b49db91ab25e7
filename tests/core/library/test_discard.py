"""Taking finished pictures out of the gallery: row and files together, and the way back."""

from pathlib import Path

import pytest
from picture_makers import queue, work
from sqlalchemy import event

from core import relevance_map
from core.errors import KnownError
from core.library import Library, discard, gallery, picture_albums, subjects
from core.library.gallery import PictureRow


@pytest.fixture
def three(library: Library) -> list[PictureRow]:
    """Pictures with maps beside them, oldest first; the first with stars, in an album."""
    queue(library, 3)
    work(library)
    rows = shown(library)
    with library.write() as session:
        gallery.mark(session, [rows[0].id], rating=4, flag="picked")
        picture_albums.add(session, picture_albums.create(session, "Best"), [rows[0].id])
    return shown(library)


@pytest.fixture
def trash(tmp_path: Path) -> Path:
    folder = tmp_path / "trash"
    folder.mkdir()
    return folder


def shown(library: Library) -> list[PictureRow]:
    with library.read() as session:
        return gallery.rows(session)[::-1]


def into(trash: Path):
    def away(file: Path) -> Path:
        return file.replace(trash / file.name)

    return away


def files(row: PictureRow) -> list[Path]:
    return [Path(row.path), relevance_map.path_of(Path(row.path))]


def test_rows_and_files_go_and_come_back_with_stars_and_albums(
    library: Library, three: list[PictureRow], trash: Path
) -> None:
    outcome = discard.discard(library, [three[0].id, three[2].id], into(trash))
    assert [row.id for row in shown(library)] == [three[1].id]
    assert not any(file.exists() for file in files(three[0]) + files(three[2]))
    assert len(list(trash.iterdir())) == 4
    returned = discard.put_back(library, outcome.gone)
    assert (returned.ids, returned.refused) == ([three[0].id, three[2].id], [])
    assert shown(library) == three
    assert all(file.exists() for file in files(three[0]))
    with library.read() as session:
        assert [each.pictures for each in picture_albums.listed(session)] == [1]


def test_without_a_trash_they_are_gone_for_good_and_that_is_known(
    library: Library, three: list[PictureRow]
) -> None:
    outcome = discard.discard(library, [three[0].id])
    assert not outcome.gone[0].can_return
    returned = discard.put_back(library, outcome.gone)
    assert returned.ids == []
    assert "not where it was put" in returned.refused[0]


def test_a_picture_whose_file_does_not_move_stays_whole(
    library: Library, three: list[PictureRow], trash: Path
) -> None:
    def away(file: Path) -> Path:
        if file.suffix == ".png":
            raise OSError(13, "Permission denied")
        return file.replace(trash / file.name)

    outcome = discard.discard(library, [three[1].id], away)
    assert outcome.left == [(three[1].id, Path(three[1].path), "Permission denied")]
    assert shown(library) == three
    assert all(file.exists() for file in files(three[1]))


def test_one_whose_file_is_gone_already_goes_too(library: Library, three: list[PictureRow]) -> None:
    Path(three[0].path).unlink()
    discard.discard(library, [three[0].id])
    assert shown(library) == three[1:]


@pytest.mark.parametrize("way", ["out", "back"])
def test_a_library_that_cannot_be_written_leaves_both_as_they_were(
    library: Library, three: list[PictureRow], trash: Path, way: str
) -> None:
    gone = discard.discard(library, [three[0].id], into(trash)).gone if way == "back" else []
    before = (shown(library), sorted(trash.iterdir()))

    def fail(connection: object) -> None:
        raise KnownError("The disk is full.")

    event.listen(library._writer, "commit", fail)
    goes = {
        "out": lambda: discard.discard(library, [three[0].id], into(trash)),
        "back": lambda: discard.put_back(library, gone),
    }
    with pytest.raises(KnownError, match="full"):
        goes[way]()
    event.remove(library._writer, "commit", fail)
    assert (shown(library), sorted(trash.iterdir())) == before
    assert all(Path(row.path).exists() for row in before[0])


def test_who_left_the_library_does_not_return_with_a_picture(
    library: Library, three: list[PictureRow], trash: Path
) -> None:
    gone = discard.discard(library, [three[0].id], into(trash)).gone
    with library.read() as session:
        guitar = subjects.get(session, "Guitar").id
    subjects.delete(library, guitar)
    returned = discard.put_back(library, gone)
    assert (returned.ids, returned.refused) == ([], [discard.NOBODY])


def test_nothing_is_written_over(library: Library, three: list[PictureRow], trash: Path) -> None:
    gone = discard.discard(library, [three[0].id], into(trash)).gone
    Path(three[0].path).write_bytes(b"another")
    assert discard.put_back(library, gone).refused == [discard.TAKEN]
    assert Path(three[0].path).read_bytes() == b"another"
