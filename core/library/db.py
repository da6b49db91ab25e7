"""Opening the library's file, and the two ways to use it: read() and write()."""

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import backup, check, facts, migrate
from core.lock import Lock
from core.paths import Home

BUSY_MS = 5000
CALM_SECONDS, EAGER_SECONDS = 0.005, 0.0005
"""How long who waits to write pauses, at most, before asking again: at first, and after a second."""
UNWIPED = "unwiped"
"""Set from a deletion until the file was rewritten without what was deleted."""


class Library:
    """One home's library. Safe to share between threads: every read() and write() has its own session."""

    def __init__(self, home: Home, presence: Lock) -> None:
        self.home = home
        self._presence = presence
        self._engine = _engine(home)
        self._writer = self._engine.execution_options(begin="IMMEDIATE")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A snapshot of the library; writing raises KnownError."""
        with _told(self.home), Session(self._engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The one writer. Commits at the end; an exception, or a full disk, leaves everything as it was."""
        with _told(self.home), Session(self._writer, expire_on_commit=False) as session, session.begin():
            session.connection()
            yield session

    def vacuum(self) -> bool:
        """Rewrites the file without what was deleted. False when another reader kept old pages in the log:
        they go with the next vacuum or when the last program closes the library."""
        with _told(self.home), closing(sqlite3.connect(self.home.database, isolation_level=None)) as raw:
            for pragma in (f"busy_timeout={BUSY_MS}", "secure_delete=ON", "temp_store=MEMORY"):
                raw.execute(f"PRAGMA {pragma}")
            raw.execute("VACUUM")
            busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def owe_wiping(self, session: Session) -> None:
        """Notes, in the transaction that deletes, that the file must be rewritten after it."""
        facts.keep(session, UNWIPED, "")

    def wipe(self) -> bool:
        """Rewrites the file, which then owes nothing. False when that must wait: another program reads old
        pages, or the disk is too full for it."""
        try:
            if not self.vacuum():
                return False
            with self.write() as session:
                facts.drop(session, UNWIPED)
        except KnownError:
            return False
        return True

    def finish_wiping(self) -> None:
        """What a deletion could not wipe: another program was reading, or this one was ended."""
        with self.read() as session:
            owed = facts.read(session, UNWIPED) is not None
        if owed:
            self.wipe()

    def close(self) -> None:
        self._engine.dispose()
        check.remember(self.home)
        self._presence.release()


def open_library(home: Home) -> Library:
    """Opens `home`'s library, makes it where there is none, brings an older one up to date.

    Raises KnownError for a folder that cannot be written, a file that is not ours, and a library of a newer
    version; DamagedLibrary for a damaged one. Such a file is left as it is.
    """
    try:
        home.create()
        migrate.bring_up_to_date(home)
        presence, found = check.enter(home)
    except sqlite3.Error as error:
        if check.passes(error) or check.says_damaged(error):
            raise _known(home, error) from error
        raise backup.damaged(home, (str(error),)) from error
    except OSError as error:
        raise KnownError(f"The folder {home.root} cannot be used: {error.strerror or error}.") from error
    if found:
        presence.release()
        raise backup.damaged(home, found)
    library = Library(home, presence)
    try:
        library.finish_wiping()
    except BaseException:
        library.close()  # or it would count as open, and nobody could restore it
        raise
    return library


def _engine(home: Home) -> Engine:
    engine = create_engine(f"sqlite:///{home.database}")
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(raw: sqlite3.Connection, _record: Any) -> None:
    # sqlite3's own BEGIN comes late and never IMMEDIATE: it is switched off, and _begin says it.
    raw.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
        "secure_delete=ON",
    ):
        raw.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if mode == 'IMMEDIATE' else 'ON'}")
    if mode == "IMMEDIATE":
        _begin_writing(cast("sqlite3.Connection", connection.connection.driver_connection))
    else:
        connection.exec_driver_sql(f"BEGIN {mode}")


def _begin_writing(raw: sqlite3.Connection) -> None:
    """SQLite's own way to wait asks ever more rarely, so that among busy writers who lost goes on losing.
    Here who waits longer asks more often."""
    asked = time.monotonic()
    raw.execute("PRAGMA busy_timeout=0").close()
    try:
        while not _begun(raw, give_up=(waited := time.monotonic() - asked) > BUSY_MS / 1000):
            time.sleep(random.uniform(0, max(EAGER_SECONDS, CALM_SECONDS * (1 - waited))))
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_MS}").close()


def _begun(raw: sqlite3.Connection, give_up: bool) -> bool:
    """Whether nobody else was writing; `give_up`: raises when somebody was."""
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if give_up or _fault(error) != "SQLITE_BUSY":
            raise
        return False
    return True


@contextmanager
def _told(home: Home) -> Iterator[None]:
    """The faults of disk and file in the user's words; a wrong query stays a bug."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.DatabaseError) and _is_the_worlds(error.orig):
            raise _known(home, error.orig) from error
        _doubt(home, error)
        raise
    except sqlite3.Error as error:
        raise _known(home, error) from error
    except (SQLAlchemyError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        _doubt(home, error)
        raise


def _doubt(home: Home, error: Exception) -> None:
    """Raises DamagedLibrary where the rows are at fault: what they raise in our code is no bug of it."""
    try:
        found = check.whole(home.database)
    except (sqlite3.Error, OSError):
        return
    if found:
        raise backup.damaged(home, found) from error


WORLDS_FAULTS = {
    "SQLITE_FULL": "The disk is full: nothing of this change was kept. Make room, then try again.",
    "SQLITE_BUSY": "Another program is writing to the library at {file}. Nothing was changed; try again.",
    "SQLITE_LOCKED": "A part of the library at {file} is in use. Nothing was changed; try again.",
    "SQLITE_PROTOCOL": "Other programs use the library at {file} too much. Nothing was changed; try again.",
    "SQLITE_READONLY": "The library at {file} may not be written. Nothing was changed.",
    "SQLITE_CANTOPEN": "The library at {file} cannot be opened. Is its disk there, and may you write to it?",
    "SQLITE_IOERR": "The disk failed while reading or writing {file}. Nothing of this change was kept.",
    "SQLITE_NOTADB": "{file} is not a Likeness library, or it is damaged.",
    "SQLITE_CORRUPT": "The library at {file} is damaged.",
}
CANNOT_BE_USED = "The library at {file} cannot be used: {error}."


def _fault(error: sqlite3.Error) -> str:
    """The primary code's name: SQLITE_IOERR_WRITE → SQLITE_IOERR."""
    return "_".join(str(getattr(error, "sqlite_errorname", "")).split("_")[:2])


def _is_the_worlds(error: sqlite3.Error) -> bool:
    return _fault(error) in WORLDS_FAULTS or check.says_damaged(error)


def _known(home: Home, error: sqlite3.Error) -> KnownError:
    """A fault in the user's words; of a damaged file also what can be done."""
    damaged = check.says_damaged(error)
    if damaged and check.is_whole(home.database):
        # So SQLite calls a page that the disk failed to read; now it could.
        damaged, text = False, WORLDS_FAULTS["SQLITE_IOERR"]
    else:
        fault = "SQLITE_CORRUPT" if damaged else ""
        text = WORLDS_FAULTS.get(_fault(error)) or WORLDS_FAULTS.get(fault, CANNOT_BE_USED)
    told = text.format(file=os.fspath(home.database), error=error)
    if damaged:
        check.distrust(home)
        return check.DamagedLibrary(f"{told} {backup.offer(home)}")
    return KnownError(told)
