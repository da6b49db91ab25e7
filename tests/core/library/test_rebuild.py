"""Rows of pictures from the pictures themselves: all that are missing, none twice."""

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from msgspec import structs
from picture_makers import lines, queue, states, work
from PIL import Image
from sqlalchemy import delete, select, update

from core import repeat, settings
from core.errors import KnownError
from core.library import Library, gallery, jobs, open_library, rebuild
from core.library.gallery import PictureRow
from core.library.tables import Job, Picture
from core.paths import Home


def rows(library: Library) -> list[PictureRow]:
    with library.read() as session:
        return gallery.rows(session)


def forget(library: Library, *seeds: int) -> None:
    """As if the library had never heard of these pictures."""
    with library.write() as session:
        session.execute(delete(Picture).where(Picture.seed.in_(seeds)))


def without_history(row: PictureRow) -> PictureRow:
    from dataclasses import replace

    return replace(row, id=0, job_id=None, created_at=row.created_at.replace(2026, 1, 1, 0, 0, 0, 0))


def test_missing_pictures_come_back_as_they_were(library: Library) -> None:
    queue(library, 4)
    work(library)
    before = rows(library)
    with library.write() as session:
        jobs.clear(session)
    forget(library, 1, 3)
    done = rebuild.rebuild(library)
    assert (done.added, done.known, done.done, done.foreign, done.unreadable) == (2, 2, 0, 0, ())
    after = rows(library)
    assert sorted(map(without_history, after), key=lambda row: row.seed) == sorted(
        map(without_history, before), key=lambda row: row.seed
    )
    assert rebuild.rebuild(library) == rebuild.Rebuilt(known=4)
    assert rows(library) == after


def test_a_new_library_gets_all_of_them_the_newest_first(library: Library, tmp_path: Path) -> None:
    queue(library, 60)
    work(library)
    fresh = open_library(Home(tmp_path / "fresh"))
    seen: list[tuple[int, int]] = []
    done = rebuild.rebuild(fresh, [library.home.pictures], lambda at, of, _: seen.append((at, of)))
    assert (done.added, seen) == (60, [(50, 60), (60, 60)])
    times = [row.created_at for row in rows(fresh)]
    assert times == sorted(times, reverse=True)
    fresh.close()


def test_a_job_whose_picture_is_there_is_done_and_never_runs_again(library: Library) -> None:
    made, others = queue(library, 3), queue(library, 2, first_seed=50)
    work(library)
    lost = lines(library)
    forget(library, 0, 1, 2)
    with library.write() as session:  # what a backup from before says of them
        states_then = {made[0]: "queued", made[1]: "running", made[2]: "quarantined"}
        for job_id, state in states_then.items():
            session.execute(update(Job).where(Job.id == job_id).values(state=state, finished_at=None))
    done = rebuild.rebuild(library)
    assert (done.added, done.done) == (3, 3)
    assert set(states(library).values()) == {"done"}
    assert work(library).rendered == []
    assert [row.picture_id is not None for row in lines(library)] == [True] * 5
    assert {row.id for row in lost} == {*made, *others}
    assert len(list(library.home.pictures.glob("*-*.png"))) == 2 * 5  # with their maps


def test_another_jobs_picture_is_not_taken_for_its_own(library: Library) -> None:
    """A library begun anew gives the same numbers again."""
    (job_id,) = queue(library, 1)
    work(library)
    (picture,) = rows(library)
    spec = structs.replace(rebuild.png.read(Path(picture.path)).spec, steps=9)
    forget(library, 0)
    with library.write() as session:
        values = {"state": "queued", "spec": spec.to_json()}
        session.execute(update(Job).where(Job.id == job_id).values(values))
    assert rebuild.rebuild(library).done == 0
    assert states(library) == {job_id: "queued"}
    work(library)
    assert len(rows(library)) == 2
    assert len({row.path for row in rows(library)}) == 2


def test_numbers_of_jobs_that_are_lost_are_not_given_again(library: Library, tmp_path: Path) -> None:
    last = queue(library, 7)[-1]
    work(library)
    fresh = open_library(Home(tmp_path / "fresh"))
    rebuild.rebuild(fresh, [library.home.pictures])
    assert queue(fresh, 1) == [last + 1]
    fresh.close()


def test_a_moved_picture_is_found_where_it_is_and_keeps_its_stars(library: Library, tmp_path: Path) -> None:
    queue(library, 2)
    work(library)
    with library.write() as session:
        gallery.mark(session, [rows(library)[0].id], rating=5)
    moved = tmp_path / "elsewhere" / "deeper"
    shutil.move(library.home.pictures, moved)
    done = rebuild.rebuild(library, [tmp_path / "elsewhere"])
    assert (done.moved, done.added) == (2, 0)
    assert {Path(row.path).parent for row in rows(library)} == {moved}
    assert [row.rating for row in rows(library)] == [5, 0]


def test_a_copy_is_no_second_picture(library: Library) -> None:
    queue(library, 1)
    work(library)
    original = Path(rows(library)[0].path)
    shutil.copy(original, original.with_name("copy of it.png"))
    assert rebuild.rebuild(library) == rebuild.Rebuilt(known=1, copies=1)
    forget(library, 0)
    done = rebuild.rebuild(library)
    assert (done.added, done.copies) == (1, 1)


def test_what_is_no_picture_of_ours_is_counted_or_named(library: Library) -> None:
    queue(library, 1)
    work(library)
    folder = library.home.pictures
    whole = Path(rows(library)[0].path)
    Image.new("RGB", (8, 8)).save(folder / "holiday.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 90)
    (folder / "cut.png").write_bytes(whole.read_bytes()[:40])
    (folder / ".abcdefgh.part").write_bytes(whole.read_bytes())
    (folder / "notes.txt").write_text("mine")
    shutil.copy(whole, folder / f"{whole.stem}{repeat.SUFFIX}.png")
    shutil.copy(whole, folder / f"{whole.stem}{repeat.SUFFIX}-2.png")
    done = rebuild.rebuild(library)
    assert (done.added, done.known, done.copies, done.foreign) == (0, 1, 0, 1)
    assert sorted(Path(path).name for path, _ in done.unreadable) == ["broken.png", "cut.png"]
    assert rebuild.REPEAT == repeat.SUFFIX


def test_both_folders_of_a_home_are_walked(library: Library, tmp_path: Path) -> None:
    queue(library, 2)
    work(library)
    settings.save(library.home, settings.Settings(output=str(tmp_path / "chosen")))
    (tmp_path / "chosen").mkdir()
    one = Path(rows(library)[0].path)
    one.rename(tmp_path / "chosen" / one.name)
    forget(library, 0, 1)
    assert rebuild.rebuild(library).added == 2


def test_nothing_is_rebuilt_beside_a_worker(library: Library) -> None:
    """Between a picture's file and its row the worker would be robbed of it."""
    with FileLock(library.home.root / "runner.lock"), pytest.raises(KnownError, match="Close it first"):
        rebuild.rebuild(library)
    with library.read() as session:
        assert list(session.scalars(select(Picture.id))) == []


def test_a_walk_that_was_stopped_goes_on(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    queue(library, 5)
    work(library)
    forget(library, *range(5))
    monkeypatch.setattr(rebuild, "AT_ONCE", 2)

    def stop(at: int, of: int, detail: str) -> None:
        if at == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild.rebuild(library, progress=stop)
    assert len(rows(library)) == 4
    assert rebuild.rebuild(library).added == 1


def test_a_folder_that_cannot_be_read_is_no_empty_one(
    library: Library, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jobs whose pictures lie in it would be made a second time."""
    drive = tmp_path / "drive"
    (drive / "somebody else's").mkdir(parents=True)
    scan, refused = os.scandir, [drive / "somebody else's"]

    def scandir(path: Any = ".") -> Any:
        if Path(path) in refused:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert rebuild.rebuild(library, [drive]).unreadable == (
        (str(drive / "somebody else's"), "This folder cannot be read."),
    )
    refused.append(drive)
    with pytest.raises(KnownError, match="cannot be looked through: Permission denied"):
        rebuild.rebuild(library, [drive])
