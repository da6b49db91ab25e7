"""What backups cost: `python -m benchmarks.backup [PHOTOS]`. A library of 3,000 photos, 10,000 faces of 2 kB
and 3,000 pictures in a temporary folder; the best of three calls each. Also what a start costs after a
crash."""

import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import insert

from benchmarks import library as rows
from core.library import Library, backup, check, open_library, subjects
from core.library.restore import restore
from core.library.tables import Face, Photo, Picture, Reference, Subject
from core.paths import Home

EMBEDDING_BYTES = 2048  # 512 numbers of 4 bytes
FACES_A_PHOTO = 10 / 3
PEOPLE = 100


def main() -> None:
    photos = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        with closing(open_library(home)) as library:
            _fill(library, photos)
            _say(home, photos)
            _best("backup at the start of a batch", lambda: backup.make(home, "batch"))
            _best("daily backup (the library is looked through first)", lambda: backup.make(home, "daily"))
        _best("open, closed well", lambda: open_library(home).close())
        _best("open after a crash (quick check)", lambda: _open_unclean(home))
        _best("verify a backup", lambda: check.whole(backup.listed(home)[0].path))
        _best("restore", lambda: restore(home))
        _delete(home)
        print(f"backups that stay: {len(backup.listed(home))}")


def _fill(library: Library, photos: int) -> None:
    dice = random.Random(1)
    faces = [_face(number, photos, dice) for number in range(int(photos * FACES_A_PHOTO))]
    with library.write() as session:
        session.execute(insert(Subject), [rows._person(number) for number in range(1, PEOPLE + 1)])
        session.execute(insert(Photo), [rows._photo(number) for number in range(1, photos + 1)])
        session.execute(insert(Face), faces)
        owned = [
            {"subject_id": n, "crop": rows._sha(f"{n}-{m}")} for n in range(1, PEOPLE + 1) for m in range(4)
        ]
        session.execute(insert(Reference), owned)
        session.execute(insert(Picture), [rows._picture(number) for number in range(photos)])


def _face(number: int, photos: int, dice: random.Random) -> dict[str, object]:
    owned = {"subject_id": 1 + number % PEOPLE, "embedding": os.urandom(EMBEDDING_BYTES)}
    return {**rows._face(1 + number % photos, dice), **owned}


def _say(home: Home, photos: int) -> None:
    with closing(sqlite3.connect(home.database)) as raw:
        (faces,) = raw.execute("SELECT count(*) FROM faces").fetchone()
        (pages,), (size,) = (
            raw.execute("PRAGMA page_count").fetchone(),
            raw.execute("PRAGMA page_size").fetchone(),
        )
    print(f"library: {photos} photos, {faces} faces, {photos} pictures, {pages * size / 1e6:.0f} MB")


def _open_unclean(home: Home) -> None:
    os.utime(home.database)
    open_library(home).close()


def _delete(home: Home) -> None:
    with closing(open_library(home)) as library:
        began = time.perf_counter()
        receipt = subjects.delete(library, 7)
    print(
        f"{'delete a person, older backups and a new one':52} {(time.perf_counter() - began) * 1000:8.1f} ms"
    )
    print(receipt)


def _best(what: str, call: Callable[[], object]) -> None:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    print(f"{what:52} {min(times) * 1000:8.1f} ms")


if __name__ == "__main__":
    main()
