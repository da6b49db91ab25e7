"""A backup in the place of the library: what the old file says last about consent still counts, and pictures
made since come back from their metadata."""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.disk import replacing
from core.errors import KnownError
from core.library import backup, begun, check, jobs, migrate, people_undo
from core.library.alone import alone, unopened
from core.library.backup import Backup
from core.library.db import open_library
from core.library.rebuild import Rebuilt, adopt, places
from core.paths import Home

TRAININGS = ("unknown", "granted", "withdrawn")
CONSENTS = ("unknown", "granted", "denied", "withdrawn")
HALF = "The library was restored, but pictures made since were not all looked for."
ASK = (
    "The library was restored from a backup, and what people agreed to since is not known. Record their "
    "consent, then resume."
)


@dataclass(frozen=True)
class Restored:
    """What was done. `kept`: where the damaged file lies now, None when a backup of the whole one was made
    instead; `asked`: whose consent must be asked again; `rebuilt`: pictures made since."""

    backup: Backup
    kept: Path | None
    asked: tuple[str, ...]
    rebuilt: Rebuilt

    def __str__(self) -> str:
        found = f"{self.rebuilt.added + self.rebuilt.moved} pictures made since were found."
        kept = f" The damaged file is kept: {self.kept}." if self.kept else ""
        ask = f" Ask again for the consent of {', '.join(self.asked)}." if self.asked else ""
        unread = self.rebuilt.unreadable
        lost = f" {len(unread)} could not be read, the first because: {unread[0][1]}" if unread else ""
        return f"The library is as it was at {self.backup}; {found}{lost}{kept}{ask}"


def restore(home: Home, chosen: Backup | None = None) -> Restored:
    """Puts `chosen`, otherwise the newest whole backup, in the library's place. A damaged library is kept
    beside it as library.damaged-<when>.db until a person is deleted; of a whole one a backup is made first.
    What ran goes back to the queue. Raises KnownError when another program uses the library, no backup is
    whole, or the disk cannot take it: the library is as it was then, or the error says that it was restored
    and what is left to do."""
    with alone(home):
        try:
            chosen = _whole(home, chosen)
            damaged = home.database.exists() and bool(check.whole(home.database))
            if home.database.exists() and not damaged:
                backup.make(home, "restore")
            with unopened(home), backup.held(home):
                for file in backup.half_made(home):
                    file.unlink(missing_ok=True)
                kept, asked = _put_in_place(home, chosen, damaged)
        except (OSError, sqlite3.Error) as error:
            raise KnownError(f"Nothing was restored: {error}. The library is as it was.") from error
        try:
            return Restored(chosen, kept, asked, _settle(home, asked))
        except KnownError as error:
            again = f"restore it again: likeness library restore {chosen.path.stem}"
            raise KnownError(f"{HALF} {error} When that is mended, {again}") from error


def _whole(home: Home, chosen: Backup | None) -> Backup:
    """Raises KnownError for one that this program cannot use."""
    found = chosen or backup.newest_whole(home)
    if found is None:
        raise KnownError(f"There is no whole backup of the library in {home.backups}. Nothing was changed.")
    if wrong := backup.faults(found):
        raise KnownError(f"The backup of {found} is damaged itself: {wrong[0]}. Nothing was changed.")
    if check.revision(found.path) > migrate.HEAD:
        raise KnownError(f"The backup of {found} was made by a newer Likeness. Nothing was changed.")
    return found


def _put_in_place(home: Home, chosen: Backup, damaged: bool) -> tuple[Path | None, tuple[str, ...]]:
    """The old file's log goes before the new file comes: SQLite would apply it to that one."""
    from filelock import FileLock

    with FileLock(home.root / "library.lock", mode=0o600), replacing(home.database) as temporary:
        shutil.copyfile(chosen.path, temporary)
        asked = _keep_consents(home.database, temporary, damaged)
        kept = _set_aside(home.database) if damaged else None
        for suffix in ("-wal", "-shm"):
            home.database.with_name(home.database.name + suffix).unlink(missing_ok=True)
    return kept, asked


def _set_aside(database: Path) -> Path:
    """The damaged file and its log under another name; the file stays where it is as well, so that there is
    always one."""
    kept = database.with_name(f"{database.stem}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.db")
    try:
        os.link(database, kept)
    except OSError:  # a disk that knows no links
        shutil.copy2(database, kept)
    log = database.with_name(f"{database.name}-wal")
    if log.exists():
        log.replace(kept.with_name(f"{kept.name}-wal"))
    return kept


def _keep_consents(old: Path, new: Path, damaged: bool) -> tuple[str, ...]:
    """Consent in the backup counts only where the old file still says so; otherwise what that says last, or
    that nobody knows. Returns the names of those to be asked again."""
    last = _consents(old, damaged)
    asked = []
    with closing(sqlite3.connect(new)) as raw, raw:
        rows = raw.execute("SELECT id, uid, name, consent FROM subjects WHERE kind = 'person'").fetchall()
        for number, uid, name, before in rows:
            now = last.get(uid, "unknown" if before == "granted" else before)
            if now != "granted":  # what was granted since has a scope the backup does not know
                raw.execute("UPDATE subjects SET consent = ? WHERE id = ?", (now, number))
            if before == "granted" and uid not in last:
                asked.append(name)
        for uid, until in _ends(old, new):
            raw.execute("UPDATE subjects SET consent_until = ? WHERE uid = ?", (until, uid))
        _keep_training(raw, old, damaged)
    return tuple(asked)


def _keep_training(new: sqlite3.Connection, old: Path, damaged: bool) -> None:
    """A consent to train in the backup counts only where the old file still says so."""
    last = _trainings(old, damaged)
    try:
        said = "SELECT uid FROM subjects WHERE training = 'granted'"
        granted = [uid for (uid,) in new.execute(said).fetchall()]
    except sqlite3.OperationalError:  # a backup of a program that did not ask yet
        return
    for uid in granted:
        answer, until = last.get(uid, ("unknown", None))
        values = (answer, until, uid)
        new.execute("UPDATE subjects SET training = ?, training_until = ? WHERE uid = ?", values)


def _trainings(file: Path, damaged: bool) -> dict[str, tuple[str, str | None]]:
    """What a library says about training and until when, by uid, as far as it can be read."""
    found: dict[str, tuple[str, str | None]] = {}
    if not file.exists():
        return found
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as raw:
            said = "SELECT uid, training, training_until FROM subjects NOT INDEXED"
            for uid, answer, until in raw.execute(said):
                if answer in TRAININGS:
                    found[str(uid)] = answer, until
    except (sqlite3.DatabaseError, UnicodeError) as error:
        if not damaged and isinstance(error, sqlite3.Error):
            raise
    return found


def _ends(old: Path, new: Path) -> list[tuple[str, str | None]]:
    """Until when consents hold that were granted, as the old file says last; nothing where it cannot be read,
    or where either knows of no end."""
    if not old.exists():
        return []
    try:
        with closing(sqlite3.connect(new)) as raw:
            raw.execute("SELECT consent_until FROM subjects LIMIT 1")
        with closing(sqlite3.connect(old, isolation_level=None)) as raw:
            said = "SELECT uid, consent_until FROM subjects NOT INDEXED WHERE consent = 'granted'"
            return raw.execute(said).fetchall()
    except (sqlite3.DatabaseError, UnicodeError):
        return []


def _consents(file: Path, damaged: bool) -> dict[str, str]:
    """What a library says about consent, by uid, as far as it can be read. Raises sqlite3.Error where a whole
    one cannot be read now: that will pass."""
    found: dict[str, str] = {}
    if not file.exists():
        return found
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as raw:
            for uid, consent in raw.execute("SELECT uid, consent FROM subjects NOT INDEXED"):
                if consent in CONSENTS:
                    found[str(uid)] = consent
    except (sqlite3.DatabaseError, UnicodeError) as error:
        if not damaged and isinstance(error, sqlite3.Error):
            raise
        # Those that were read before the damage count.
    return found


def _settle(home: Home, asked: tuple[str, ...]) -> Rebuilt:
    """Pictures first: a job that has its picture is done, and only what is left goes back to the queue."""
    with closing(open_library(home)) as library:
        rebuilt = adopt(library, places(home))
        with library.write() as session:
            jobs.release(session)
            begun.forget(session)  # what the backup says of it is of another time
            people_undo.forget(session)  # its steps may hold a consent that was taken away since
            if asked:
                jobs.pause(session, ASK)
    return rebuilt
