"""The library's file, its backups, and the small values that several processes keep in it."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import msgspec
from _fuzz_kinds import Try
from _mutations import json_mutant, mutate
from _promise import Broken, promised
from library_makers import face, photo
from picture_makers import queue, work

from core.errors import KnownError
from core.library import (
    Library,
    backup,
    gallery,
    inventory,
    jobs,
    open_library,
    photos,
    restore,
    subjects,
    undo,
)
from core.library.check import DamagedLibrary
from core.library.holds import Hold
from core.library.restore import Restored
from core.pace import Pace
from core.paths import Home
from core.spec import Reference


def libraries(sources: Path) -> Try:
    """`open_library` and the first reads of every page: damage shows as DamagedLibrary, or not at all."""
    whole = _filled(Home(sources / "home")).read_bytes()

    def try_one(random: Random, folder: Path) -> None:
        home = Home(folder / "home").create()
        home.database.write_bytes(_changed(random, whole, home))
        library = promised(lambda: open_library(home), Library)
        if library is None:
            return
        with closing(library):
            for read in READS:
                _read(library, read)
            _write(library)

    return try_one


def _read(library: Library, read: Callable[..., object]) -> None:
    def opened() -> bool:
        with library.read() as session:
            read(session)
        return True

    promised(opened, bool)


def _write(library: Library) -> None:
    def change() -> bool:
        with library.write() as session:
            jobs.requeue_running(session)
            undo.undo(session)
            jobs.claim(session, lambda spec: 2)
        return True

    promised(change, bool)


def _cards(session) -> None:  # type: ignore[no-untyped-def]
    for card in subjects.cards(session):
        subjects.references(session, card.id)
        subjects.faces(session, card.id)
        photos.candidates(session, card.id)


def _pictures(session) -> None:  # type: ignore[no-untyped-def]
    from core.engine import Scores

    for row in gallery.rows(session, limit=50):
        gallery.get(session, row.id)
        _known(lambda row=row: msgspec.json.decode(row.scores, type=Scores))  # type: ignore[misc]


def _known(call: Callable[[], object]) -> None:
    with suppress(msgspec.DecodeError, UnicodeError):
        call()


def _jobs(session) -> None:  # type: ignore[no-untyped-def]
    rows = jobs.rows(session)
    Pace.of(row for row in rows if row.state == "done")
    jobs.counts(session)
    jobs.peek(session)


READS: tuple[Callable[..., object], ...] = (
    _cards, _pictures, _jobs, photos.unscanned, photos.paths, photos.count_faces, jobs.paused, jobs.hold,
    lambda session: photos.embedded(session, "toy"), lambda session: subjects.cards(session, ignored=True),
)  # fmt: skip


def kept_values(sources: Path) -> Try:
    """What other programs, or older ones of ours, left in the table of small facts."""
    whole = _filled(Home(sources / "home")).read_bytes()
    plain = {"hold": json.loads(msgspec.json.encode(Hold("time"))),
             "undo": {"what": "move", "positions": {"1": 2.0}},
             "faces": "toy", "paused": "why", "next": 7}  # fmt: skip

    def try_one(random: Random, folder: Path) -> None:
        home = Home(folder / "home").create()
        home.database.write_bytes(whole)
        with closing(sqlite3.connect(home.database)) as raw, raw:
            for key, value in plain.items():
                text = json_mutant(random, value).decode("utf-8", "replace")
                raw.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, text))
            for (key,) in raw.execute("SELECT key FROM settings").fetchall():
                if random.random() < 0.2:
                    raw.execute(
                        "UPDATE settings SET value = ? WHERE key = ?", (str(random.getrandbits(40)), key)
                    )
        with closing(open_library(home)) as library:
            _read(library, jobs.hold)
            _read(library, jobs.paused)
            _read(library, photos.current_backend)
            _write(library)

    return try_one


def backups(sources: Path) -> Try:
    """A damaged library, damaged backups beside it: restored from a whole one, or left as it is."""
    origin = Home(sources / "home")
    whole = _filled(origin).read_bytes()
    made = backup.make(origin, "asked").path

    def try_one(random: Random, folder: Path) -> None:
        home = Home(folder / "home").create()
        home.backups.mkdir()
        home.database.write_bytes(_changed(random, whole, home))
        for second in range(3):
            file = home.backups / made.name.replace(made.name[23:29], f"{second:06d}")
            file.write_bytes(made.read_bytes() if random.random() < 0.3 else _changed(random, whole, home))
        promised(lambda: inventory.take(home), inventory.Inventory)
        before = home.database.read_bytes()
        restored = promised(lambda: restore.restore(home), Restored)
        if restored is None and home.database.read_bytes() != before:
            raise Broken("Nothing was restored, and the library is another.")
        if restored:
            with closing(open_library(home)) as library:
                _read(library, _cards)

    return try_one


def _changed(random: Random, whole: bytes, home: Home) -> bytes:
    """By bytes, or by SQL: values of other types, tables and columns of other names."""
    if random.random() < 0.75:
        return mutate(random, whole)
    file = home.root / "changed.db"
    file.write_bytes(whole)
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("PRAGMA ignore_check_constraints=ON")
        for _ in range(random.choice((1, 1, 3))):
            _by_sql(random, raw)
        raw.commit()
    data = file.read_bytes()
    file.unlink()
    return data


def _by_sql(random: Random, raw: sqlite3.Connection) -> None:
    tables = [
        name
        for (name,) in raw.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
    ]
    table = random.choice(tables)
    columns = [row[1] for row in raw.execute(f'PRAGMA table_info("{table}")')]
    column, change = random.choice(columns), random.random()
    try:
        if change < 0.7:
            value = random.choice(
                (
                    None,
                    "",
                    "x",
                    7,
                    -1,
                    2**62,
                    0.5,
                    1e308,
                    b"\xff\xfe",
                    b"",
                    "2024-13-45 99:99",
                    "[]",
                    "{",
                    "\x1b[2J",
                )
            )
            raw.execute(
                f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = (SELECT rowid FROM "{table}" LIMIT 1)',
                (value,),
            )
        elif change < 0.8:
            raw.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO "other"')
        elif change < 0.88:
            raw.execute(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
        elif change < 0.94:
            raw.execute(f'DROP TABLE "{table}"')
        else:
            raw.execute(f'DELETE FROM "{table}"')
    except (sqlite3.Error, IndexError):
        pass  # a key, or another such column: the next seed


def _filled(home: Home) -> Path:
    """A library with a row in every table, closed."""
    with closing(open_library(home)) as library:
        with library.write() as session:
            number, _ = photos.add(session, photo("/album/a.jpg"))
            photos.save_scan(session, number, [face("ada"), face("ben", box=(80, 10, 120, 60))], "toy")
            ada = subjects.create(session, "person", "Ada", "woman")
            photos.assign(session, {each.id: ada for each in photos.embedded(session, "toy")[:1]})
            subjects.add_reference(
                session, ada, Reference("1" * 64, "2" * 64), number, (1.0, 2.0, 30.0, 40.0)
            )
            subjects.set_consent(session, ada, "granted", "album")
        queue(library, 2)
        work(library)
        queue(library, 3, first_seed=5)
        with library.write() as session:
            jobs.cancel(session, [jobs.rows(session)[-1].id])
            jobs.pause(session, "Paused.", Hold("time"))
    return home.database


assert issubclass(DamagedLibrary, KnownError)
