"""Whether a library's file is whole: a quick look when it is opened after something went wrong and nobody
else has it open, a thorough one on request and for every backup.

Standard library alone: the window opens its library in milliseconds.
"""

import contextlib
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from core.errors import KnownError
from core.library import columns
from core.lock import Lock
from core.paths import Home

APPLICATION_ID = 0x4C6B6E73  # "Lkns", in the file's header: says that a SQLite file is ours
BUSY_MS = 5000
PATIENCE_SECONDS = 60.0
"""How long one program waits while another looks through the library, or puts a backup in its place."""
MOST_FAULTS = 5
DISTRUSTED = "damaged"
NO_DAMAGE = tuple(f"SQLITE_{fault}" for fault in ("BUSY", "LOCKED", "IOERR", "CANTOPEN", "FULL", "READONLY"))


class DamagedLibrary(KnownError):
    """The library's file cannot be trusted; `core.library.restore` puts a backup in its place."""


def presence(home: Home) -> Lock:
    """Shared by all who have the library open; held alone by who looks through it, or replaces it."""
    return Lock(home.root / "library.open")


def enter(home: Home) -> tuple[Lock, tuple[str, ...]]:
    """The presence of one more who has the library open, and what is wrong with the file, in words.

    Who finds nobody there looks at what was left behind; where somebody living has it open, they did. Raises
    KnownError when another program looks for very long, sqlite3.Error and OSError when it cannot be read.
    """
    here, until, looked = presence(home), time.monotonic() + PATIENCE_SECONDS, False
    try:
        while time.monotonic() < until:
            if not looked and here.alone():
                if found := at_start(home):
                    distrust(home)
                    here.release()
                    return here, found
                looked = True
            if here.shared():
                return here, _once_more(home) if _remembered(home) == DISTRUSTED else ()
            time.sleep(0.02)
    except BaseException:
        here.release()
        raise
    raise KnownError(f"Another Likeness looks through the library at {home.database}. Try again later.")


def at_start(home: Home) -> tuple[str, ...]:
    """What is wrong with the file, in words; looked for unless it is as the last program closed it: a crash,
    a power cut or another program may have left anything. Raises sqlite3.Error when it cannot be read."""
    if home.database.stat().st_size == 0:
        return ("it is empty",)
    remembered, stamp = _remembered(home), _stamp(home)
    if remembered == DISTRUSTED:
        return _once_more(home)
    return () if stamp and stamp == remembered else _faults(home.database, "PRAGMA quick_check(5)")


def remember(home: Home) -> None:
    """After closing: this is how the file looks when nothing went wrong. Nothing is noted while another
    program has it open."""
    stamp = _stamp(home)
    if stamp is not None and _remembered(home) != DISTRUSTED:
        _write(home, stamp)


def distrust(home: Home) -> None:
    """Damage was found: however the file is closed, the next start looks through all of it."""
    _write(home, DISTRUSTED)


def whole(file: Path) -> tuple[str, ...]:
    """What is wrong with a library's file, in words; empty when nothing is. Reads every page. Raises
    sqlite3.Error where the disk or a lock keeps it from being read."""
    try:
        found = _ours(file) or _faults(file, "PRAGMA integrity_check(5)")
        return found or _dangling(file) or _unreadable(file) or _odd(file)
    except sqlite3.Error as error:
        if passes(error):
            raise
        return (str(error),)


def is_whole(file: Path) -> bool:
    """Whether the file can be read and has nothing wrong; every page is read."""
    try:
        return file.exists() and not whole(file)
    except (OSError, sqlite3.Error):
        return False


def revision(file: Path) -> str:
    """The schema of a library's file. Raises sqlite3.Error."""
    with _reading(file) as raw:
        row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None or not re.fullmatch(r"\d{4}", str(row[0])):
        raise sqlite3.DatabaseError("its schema's number is gone")
    return str(row[0])


def says_damaged(error: BaseException) -> bool:
    """Whether SQLite found the file itself wrong, not the disk, a lock or a query."""
    damaged = _name(error).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
    return damaged or (
        isinstance(error, sqlite3.Error) and str(error).startswith("Could not decode to UTF-8")
    )


def passes(error: BaseException) -> bool:
    """Whether the disk, a lock or a permission is at fault: the file may well be whole."""
    return _name(error).startswith(NO_DAMAGE)


def _once_more(home: Home) -> tuple[str, ...]:
    found = whole(home.database)
    if not found:
        with contextlib.suppress(OSError):
            _note(home).unlink()
    return found


def _ours(file: Path) -> tuple[str, ...]:
    with _reading(file) as raw:
        (identity,) = raw.execute("PRAGMA application_id").fetchone()
    if identity != APPLICATION_ID:
        return ("it is no library of Likeness",)
    revision(file)  # raises where even that table is gone
    return ()


def _faults(file: Path, pragma: str) -> tuple[str, ...]:
    with _reading(file) as raw:
        try:
            rows = raw.execute(pragma).fetchmany(MOST_FAULTS)
        except sqlite3.DatabaseError as error:
            if not says_damaged(error):
                raise
            return (str(error),)
    lines = [line for (text,) in rows for line in str(text).splitlines() if not line.startswith("*** in")]
    return () if lines == ["ok"] else tuple(lines[:MOST_FAULTS])


def _dangling(file: Path) -> tuple[str, ...]:
    with _reading(file) as raw:
        rows = raw.execute("PRAGMA foreign_key_check").fetchmany(MOST_FAULTS)
    return tuple(f"row {row} of {table} has lost its row of {parent}" for table, row, parent, _ in rows)


def _odd(file: Path) -> tuple[str, ...]:
    with _reading(file) as raw:
        return columns.faults(raw)


def _unreadable(file: Path) -> tuple[str, ...]:
    """Tables with text that is none, or dates that are none: SQLite itself keeps any bytes."""
    with _reading(file) as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kinds = {name: raw.execute(f'PRAGMA table_info("{name}")').fetchall() for name in tables}
        return tuple(
            f"{name} has values that cannot be read" for name in tables if _spoilt(raw, name, kinds[name])
        )


def _spoilt(raw: sqlite3.Connection, table: str, columns: list[tuple[int, str, str]]) -> bool:
    text = [f'"{name}"' for _, name, kind, *_ in columns if kind.startswith("VARCHAR")]
    dates = [f'"{name}"' for _, name, kind, *_ in columns if kind == "DATETIME"]
    wrong = " OR ".join(f"({date} IS NOT NULL AND datetime({date}) IS NULL)" for date in dates) or "0"
    try:
        for _ in raw.execute(f'SELECT {", ".join(text) or "1"} FROM "{table}"'):
            pass  # Python decodes each
    except sqlite3.OperationalError as error:
        if not says_damaged(error):
            raise
        return True
    return raw.execute(f'SELECT 1 FROM "{table}" WHERE {wrong} LIMIT 1').fetchone() is not None


@contextlib.contextmanager
def _reading(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        try:
            yield raw
        except UnicodeError as error:  # damaged names of tables, in SQLite's own words about them
            raise sqlite3.DatabaseError("its schema cannot be read") from error


def _stamp(home: Home) -> str | None:
    """Size and time of the file; None while its log lies beside it: somebody has it open, or did not close
    it."""
    try:
        if home.database.with_name(f"{home.database.name}-wal").exists():
            return None
        status = home.database.stat()
    except OSError:
        return None
    return f"{status.st_size} {status.st_mtime_ns}"


def _remembered(home: Home) -> str:
    try:
        return _note(home).read_text("utf-8")
    except (OSError, UnicodeError):
        return ""


def _write(home: Home, note: str) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(_note(home), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(note)


def _note(home: Home) -> Path:
    return home.root / "library.closed"


def _name(error: BaseException) -> str:
    return str(getattr(error, "sqlite_errorname", ""))
