"""Rows that are none: SQLite keeps any value anywhere, and calls the file whole."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from library_makers import photo
from sqlalchemy.orm import Session

from core.library import Library, check, gallery, jobs, open_library, photos, subjects
from core.library.check import DamagedLibrary
from core.paths import Home

DAMAGE = [
    "UPDATE photos SET imported_at = '2024-13-45'",
    "UPDATE photos SET imported_at = 7",
    "UPDATE photos SET width = 'wide'",
    "UPDATE photos SET path = x'fffe'",
    "ALTER TABLE photos RENAME COLUMN backend TO other",
    "ALTER TABLE subjects DROP COLUMN notes",
    "DROP TABLE pictures",
]


def read_all(session: Session) -> None:
    photos.unscanned(session)
    session.get(photos.Photo, 1)
    subjects.cards(session)
    gallery.rows(session)
    jobs.rows(session)


@pytest.fixture
def library(home: Home) -> Iterator[Library]:
    library = open_library(home)
    with library.write() as session:
        photos.add(session, photo("/album/a.jpg"))
    yield library
    library.close()


def spoil(library: Library, statement: str) -> None:
    with closing(sqlite3.connect(library.home.database)) as raw, raw:
        raw.execute(statement)


@pytest.mark.parametrize("statement", DAMAGE)
def test_looking_through_finds_rows_that_are_none(library: Library, statement: str) -> None:
    assert check.whole(library.home.database) == ()
    spoil(library, statement)
    assert check.whole(library.home.database) != ()


@pytest.mark.parametrize("statement", [each for each in DAMAGE if "width" not in each and "path" not in each])
def test_rows_that_cannot_be_read_are_a_damaged_library(library: Library, statement: str) -> None:
    spoil(library, statement)
    with pytest.raises(DamagedLibrary, match="is damaged"), library.read() as session:
        read_all(session)
    assert check.whole(library.home.database)


@pytest.mark.parametrize("version", ["x", "0.5", "\x1b[2J", "00002"])
def test_a_schema_without_a_number_is_damage(library: Library, version: str) -> None:
    with closing(sqlite3.connect(library.home.database)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (version,))
    library.close()
    with pytest.raises(DamagedLibrary):
        open_library(library.home)


def test_a_bug_stays_a_bug_in_a_whole_library(library: Library) -> None:
    with pytest.raises(ValueError, match="of ours"), library.read():
        raise ValueError("a bug of ours")
