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
from sqlalchemy import select

from core.library import Library, jobs, open_library
from core.library.tables import Picture
from core.paths import Home
from core.spec import RenderSpec

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
    library = open_library(home)
    with library.write() as session:
        jobs.enqueue(session, [RenderSpec("a beach", "mini", 64, 64, seed, 3, 3.0) for seed in range(count)])
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
    assert on_disk == {picture.path for picture in pictures}


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
