"""What a crash left is taken away at the next start, whatever the user did before it; what others write just
now is not."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import disk, keep, relevance_map
from core.engine.fake import FakeEngine
from core.library import Library, begun, jobs, open_library
from core.library.tables import Job
from core.paths import Home
from core.runner import Runner
from core.spec import Reference, RenderSpec, SubjectSpec

GUITAR = SubjectSpec("u1", "Guitar", "object", "guitar", (Reference("a" * 64),), ((2, 8),))
SPEC = RenderSpec("a guitar", "mini", 64, 64, 7, 1, 3.0, subjects=(GUITAR,), maps=True)


@pytest.fixture
def library(home: Home):
    opened = open_library(home)
    yield opened
    opened.close()


def crashed(library: Library) -> int:
    """A job whose picture and maps are whole, and that no worker came to finish."""
    from core.library import subjects

    with library.write() as session:
        subject = subjects.create(session, "object", "Guitar", "guitar")
        guitar = structs.replace(GUITAR, uid=subjects.card(session, subject).uid)
        (number,) = jobs.enqueue(session, [structs.replace(SPEC, subjects=(guitar,))])
        (job,) = jobs.claim(session, lambda _: 1).jobs
        begun.note(session, library.home.pictures, [job])
    (rendered,) = FakeEngine().render([job.spec], lambda _: None)
    keep.files.save_picture(library.home.pictures, job.name, rendered, job.spec)
    assert len(names(library.home.pictures)) == 2
    return number


def restart(library: Library, output: Path | None = None) -> None:
    Runner(library, FakeEngine, lambda _: None, output or library.home.pictures).run_until_idle()


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def cancel_and_clear(session: Session, number: int) -> None:
    jobs.cancel(session, [number])
    jobs.clear(session)


def change_your_mind(session: Session, number: int) -> None:
    jobs.cancel(session, [number])
    jobs.retry(session, [number])
    jobs.edit(session, number, structs.replace(jobs.spec_of(session, number), seed=8))


@pytest.mark.parametrize(("change", "left"), [(cancel_and_clear, 0), (change_your_mind, 1)])
def test_whatever_became_of_the_job(
    library: Library, change: Callable[[Session, int], None], left: int
) -> None:
    number = crashed(library)
    with library.write() as session:
        change(session, number)
    restart(library)
    pictures = [name for name in names(library.home.pictures) if relevance_map.SUFFIX not in name]
    assert len(pictures) == left
    assert len(names(library.home.pictures)) == 2 * left
    assert all(name.endswith("-8.png") for name in pictures)


def test_whoever_it_shows_is_deleted_meanwhile(library: Library) -> None:
    from core.library import subjects

    crashed(library)
    with library.read() as session:
        (card,) = subjects.cards(session)
    subjects.delete(library, card.id)
    restart(library)
    assert names(library.home.pictures) == []


def test_wherever_pictures_go_since(library: Library, tmp_path: Path) -> None:
    crashed(library)
    elsewhere = tmp_path / "elsewhere"
    restart(library, elsewhere)
    assert names(library.home.pictures) == []
    assert len(names(elsewhere)) == 2


def test_a_folder_that_is_not_there_is_looked_after_when_it_is(library: Library, tmp_path: Path) -> None:
    crashed(library)
    away = library.home.pictures.rename(tmp_path / "unplugged")
    restart(library, tmp_path / "elsewhere")
    away.rename(library.home.pictures)
    restart(library, tmp_path / "elsewhere")
    assert names(library.home.pictures) == []


def test_a_picture_that_has_its_row_is_over(library: Library) -> None:
    crashed(library)
    restart(library)
    with library.read() as session:
        assert begun.found(session) == []
    assert len(names(library.home.pictures)) == 2


def test_a_strangers_file_stays(library: Library) -> None:
    crashed(library)
    (picture,) = (file for file in library.home.pictures.iterdir() if relevance_map.SUFFIX not in file.name)
    strangers = picture.with_name("mine.relevance.png"), picture.with_name("mine.png")
    strangers[0].write_bytes(relevance_map.path_of(picture).read_bytes())
    strangers[1].write_bytes(picture.read_bytes())
    relevance_map.path_of(picture).unlink()
    picture.unlink()
    with library.write() as session:
        jobs.cancel(session)
    restart(library)
    assert names(library.home.pictures) == ["mine.png", "mine.relevance.png"]


def test_maps_that_lost_their_picture_go(library: Library) -> None:
    crashed(library)
    restart(library)
    (picture,) = (file for file in library.home.pictures.iterdir() if relevance_map.SUFFIX not in file.name)
    picture.unlink()
    restart(library)
    assert names(library.home.pictures) == []


def test_who_waited_for_another_of_its_batch_is_not_blamed(library: Library) -> None:
    """A batch failed and its pictures were made one by one; the worker died at the first."""
    with library.write() as session:
        ids = jobs.enqueue(session, [RenderSpec("a wall", "mini", 64, 64, seed, 1, 3.0) for seed in range(3)])
        first, *_ = jobs.claim(session, lambda _: 3).jobs
        begun.note(session, library.home.pictures, [first])
    restart(library)
    with library.read() as session:
        found = session.execute(select(Job.id, Job.state, Job.attempts).order_by(Job.id)).all()
    assert found == [(ids[0], "done", 1), (ids[1], "done", 0), (ids[2], "done", 0)]


# Half-written files


def gone_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_half_written_files_go_in_every_folder(library: Library) -> None:
    home, pid = library.home, gone_process()
    folders = [home.root, home.backups, home.references / "ab", home.encodings, home.reports, home.pictures]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f".{pid}-abcd_123.part").write_bytes(b"")
        (folder / f".{pid}-abcd_123.part-journal").write_bytes(b"")
    restart(library)
    assert [file for file in home.root.rglob("*") if ".part" in file.name] == []


def test_what_is_written_just_now_stays(library: Library) -> None:
    with disk.replacing(library.home.settings) as temporary:
        temporary.write_bytes(b"{}")
        restart(library)
        assert temporary.read_bytes() == b"{}"


def test_a_number_that_another_process_got_since_is_no_writer(tmp_path: Path) -> None:
    file = tmp_path / f".{os.getpid()}-abcd_123.part"
    file.write_bytes(b"half")
    assert not disk.is_abandoned(file)
    os.utime(file, (1e9, 1e9))
    assert disk.is_abandoned(file)
