"""A worker process that is killed at random and at named points: nothing lost, nothing twice, nothing left
over."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import select

from core import relevance_map
from core.library import Library, jobs, open_library, subjects
from core.library.tables import Picture
from core.paths import Home
from core.spec import Reference, RenderSpec, SubjectSpec

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9")

WORKER = """
import os, signal, sys
from pathlib import Path
from core import keep
from core.engine.fake import FakeEngine
from core.library import files, jobs, open_library
from core.paths import Home
from core.runner import Runner

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def dying_after(function):
    def called(*arguments, **named):
        result = function(*arguments, **named)
        die()
        return result
    return called

home, point = Home(Path(sys.argv[1])), sys.argv[2]
if point == "file half written":
    os.fsync = lambda handle: die()
if point == "picture whole, no maps":
    write = files.write_whole
    files.write_whole = lambda path, data: die() if ".relevance" in path.name else write(path, data)
if point == "maps whole, no row":
    files.save_maps = dying_after(files.save_maps)
if point == "file whole, no row":
    files.save_picture = dying_after(files.save_picture)
if point == "row written, not committed":
    jobs.finish = dying_after(jobs.finish)
if point == "claimed, not committed":
    jobs.claim = dying_after(jobs.claim)
emit = (lambda event: die() if type(event).__name__ == point else None)
library = open_library(home)
print("ready", flush=True)
Runner(library, lambda: FakeEngine(step_seconds=0.003, batch=2), emit, home.pictures).run_until_idle()
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def queue(home: Home, count: int) -> None:
    """Pictures of a guitar, with its weight maps."""
    guitar = SubjectSpec("u1", "Guitar", "object", "guitar", (Reference("a" * 64),), ((2, 8),))
    spec = RenderSpec("a guitar", "mini", 64, 64, 0, 3, 3.0, subjects=(guitar,), maps=True)
    library = open_library(home)
    with library.write() as session:
        subject = subjects.create(session, "object", "Guitar", "guitar")
        uid = subjects.card(session, subject).uid
        spec = structs.replace(spec, subjects=(structs.replace(guitar, uid=uid),))
        jobs.enqueue(session, [structs.replace(spec, seed=seed) for seed in range(count)])
    library.close()


def worker(home: Home, point: str = "") -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WORKER, str(home.root), point]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def run_until_the_end(home: Home, count: int) -> None:
    """Runs what is left, gives what was quarantined a new chance, and checks the whole."""
    library = open_library(home)
    quarantined = count
    while quarantined:
        with worker(home) as process:
            process.communicate(timeout=60)
        assert process.returncode == 0
        with library.write() as session:
            quarantined = jobs.retry(session)
    check(library, count)
    library.close()
    with closing(sqlite3.connect(home.database)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def check(library: Library, count: int) -> None:
    with library.read() as session:
        rows = jobs.rows(session)
        pictures = list(session.scalars(select(Picture)))
    assert [row.state for row in rows] == ["done"] * count
    assert len({picture.job_id for picture in pictures}) == len(pictures) == count
    assert sorted(picture.seed for picture in pictures) == list(range(count))
    on_disk = {str(file) for file in library.home.pictures.iterdir()}
    shown = {Path(picture.path) for picture in pictures}
    assert on_disk == {str(file) for path in shown for file in (path, relevance_map.path_of(path))}


def test_maps_that_lost_their_picture_go_and_strangers_files_stay(home: Home) -> None:
    queue(home, 1)
    run_until_the_end(home, 1)
    (picture,) = (file for file in home.pictures.iterdir() if ".relevance" not in file.name)
    stranger = picture.with_name("mine.relevance.png")
    stranger.write_bytes(picture.read_bytes())
    picture.unlink()
    with worker(home) as process:
        process.communicate(timeout=60)
    assert list(home.pictures.iterdir()) == [stranger]


def test_killed_at_random(home: Home) -> None:
    count, chance = 60, random.Random(20260101)
    queue(home, count)
    for _ in range(8):
        with worker(home) as process:
            assert process.stdout is not None
            if process.stdout.readline() == "ready\n":
                time.sleep(chance.uniform(0.0, 0.12))
            process.kill()
    run_until_the_end(home, count)


@pytest.mark.parametrize(
    "point",
    [
        "claimed, not committed",
        "JobStarted",
        "JobProgress",
        "file half written",
        "picture whole, no maps",
        "maps whole, no row",
        "file whole, no row",
        "row written, not committed",
        "JobFinished",
    ],
)
def test_killed_at_a_named_point(home: Home, point: str) -> None:
    queue(home, 4)
    with worker(home, point) as process:
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    run_until_the_end(home, 4)
