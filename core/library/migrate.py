"""Bringing the library's file to this version's schema: a backup is made, a copy is migrated, looked through,
and takes the old file's place.

Alembic is imported only when there is something to migrate: the window opens an up-to-date library in
milliseconds.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from core.errors import KnownError
from core.library import backup, check
from core.library.check import APPLICATION_ID
from core.paths import Home

HEAD = "0004"
BUSY_SECONDS = 5.0
# As Alembic itself makes it.
VERSION_TABLE = """CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)"""
MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(home: Home) -> None:
    """Makes or migrates the file where needed. Raises KnownError for a newer or a foreign file; OSError,
    sqlite3.Error as they come. Whatever fails, the old file stays. An empty file counts as none unless there
    are backups: then it is what is left of a library, and stays."""
    if _revision(home.database) == HEAD:
        return
    from filelock import FileLock

    with FileLock(home.root / "library.lock", mode=0o600):
        revision = _revision(home.database)  # another process may have done it meanwhile
        if revision is None and not (home.database.exists() and backup.listed(home)):
            _create(home.database)
        elif revision is None:
            return
        elif revision > HEAD:
            raise KnownError(
                f"The library at {home.database} was made by a newer Likeness. It was left as it is: "
                "use that version."
            )
        elif revision < HEAD:
            backup.make(home, "migration")
            _migrate(home.database)


def _revision(file: Path) -> str | None:
    """The file's schema; None where there is no file yet (or one without a byte)."""
    if not file.exists() or file.stat().st_size == 0:
        return None
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA busy_timeout=5000")
        (ours,) = raw.execute("PRAGMA application_id").fetchone()
        if ours != APPLICATION_ID:
            raise KnownError(
                f"{file} is a database of another program. It was left as it is: choose another folder."
            )
    return check.revision(file)


def _create(file: Path) -> None:
    """A new library straight from the tables; a test holds them equal to what the migrations make. Nothing of
    it stays when that fails."""
    new = _empty(file.with_suffix(".new"))
    try:
        _fill(new)
        new.replace(file)
    finally:
        _remove(new)


def _fill(new: Path) -> None:
    """Raises sqlite3.Error."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError

    from core.library.tables import Base

    engine = create_engine(f"sqlite:///{new}")
    try:
        with engine.begin() as connection:
            Base.metadata.create_all(connection)
            connection.exec_driver_sql(VERSION_TABLE)
            connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (HEAD,))
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
    except DBAPIError as error:
        raise error.orig or error from error
    finally:
        engine.dispose()


def _migrate(file: Path) -> None:
    """While it works, nobody else may use the file: what they wrote would be lost."""
    new = _empty(file.with_suffix(".new"))
    try:
        with closing(sqlite3.connect(file, isolation_level=None, timeout=BUSY_SECONDS)) as old:
            _claim(old, file)
            with closing(sqlite3.connect(new)) as copy:
                old.backup(copy)
            upgrade(new)
            if found := check.whole(new):
                raise KnownError(
                    f"The library at {file} could not be brought up to date and was left as it is: "
                    f"{'; '.join(found)}."
                )
            # The old file's log would be applied to the new file: it must be gone before they change places.
            old.execute("PRAGMA journal_mode=DELETE")
        new.replace(file)
    finally:
        _remove(new)


def _claim(old: sqlite3.Connection, file: Path) -> None:
    try:
        old.execute("PRAGMA locking_mode=EXCLUSIVE")
        old.execute("BEGIN EXCLUSIVE")
        old.execute("COMMIT")
    except sqlite3.OperationalError as error:
        raise KnownError(
            f"The library at {file} must be brought up to date, and another Likeness uses it. Close that one."
        ) from error


def upgrade(file: Path, revision: str = "head") -> None:
    """Runs the migrations on `file` in place."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["file"] = file
    command.upgrade(config, revision)


def _empty(file: Path) -> Path:
    """An empty file only its owner reads; SQLite gives its log files the same permissions."""
    _remove(file)
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return file


def _remove(file: Path) -> None:
    """With the logs of whoever was killed while it wrote: SQLite would apply them to the next one."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
