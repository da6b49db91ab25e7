"""Copies of the library: made at the start of a batch, daily, before a migration and when asked; each looked
through before it counts as one, the oldest of its kind deleted.

A backup holds what the library holds, the faces of people too: only its owner may read it, and deleting a
person deletes every older backup (`copies`).
"""

import contextlib
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from core.disk import is_abandoned, replacing
from core.errors import KnownError
from core.library import check
from core.log import log
from core.paths import Home

Reason = Literal["batch", "daily", "migration", "restore", "deletion", "asked"]
KEPT: dict[Reason, int] = {"batch": 5, "daily": 7, "migration": 3, "restore": 3, "deletion": 1, "asked": 5}
"""How many of each kind stay."""
WORDS: dict[Reason, str] = {
    "batch": "at the start of a batch",
    "daily": "daily",
    "migration": "before the library was brought up to date",
    "restore": "before another one was restored",
    "deletion": "after somebody was deleted",
    "asked": "on request",
}
THOROUGH: tuple[Reason, ...] = ("daily", "asked")
"""Before these the library itself is looked through: a copy has new indexes, whatever the old ones were."""
DAY = timedelta(hours=24)
SPARE_BYTES = 200_000_000
"""A backup leaves this much room: pictures need it more."""
PATIENCE_SECONDS = 30.0
BUSY_MS = 5000
SQLITE = b"SQLite format 3\0"

_NAME = re.compile(rf"library-(\d{{8}}-\d{{6}}-\d{{6}})-({'|'.join(get_args(Reason))})\.db")
_TIME = "%Y%m%d-%H%M%S-%f"


@dataclass(frozen=True)
class Backup:
    """One whole copy of the library. `made` is in UTC."""

    path: Path
    made: datetime
    reason: Reason

    def __str__(self) -> str:
        return f"{self.made.astimezone():%Y-%m-%d %H:%M} ({WORDS[self.reason]})"


def make(home: Home, reason: Reason) -> Backup:
    """Copies the library as it is at one moment, while others may use it, and deletes the oldest copies of
    this kind. Raises KnownError, and leaves nothing behind, where that cannot be; DamagedLibrary when the
    library is not whole."""
    with held(home):
        backup = _new(home, reason)
        try:
            _check_room(home)
            if reason in THOROUGH:
                _refuse(home, check.whole(home.database))
            with replacing(backup.path) as temporary:
                _copy(home.database, temporary)
                _refuse(home, check.whole(temporary) or _other_schema(home.database, temporary))
        except sqlite3.Error as error:
            if check.says_damaged(error):
                _refuse(home, (str(error),))
            raise KnownError(f"No backup of the library was made: {error}.") from error
        except OSError as error:
            raise KnownError(f"No backup of the library was made: {error.strerror or error}.") from error
        _prune(home, reason)
    return backup


def before_batch(home: Home) -> Backup:
    """The backup at the start of a batch: the day's, if that is due as well. Raises as `make` does."""
    return make(home, "daily" if daily_is_due(home) else "batch")


def daily_is_due(home: Home) -> bool:
    """Whether there is no daily backup of the last 24 hours. A clock that was set back makes it due."""
    daily = [backup.made for backup in listed(home) if backup.reason == "daily"]
    return not daily or not timedelta(0) <= datetime.now(UTC) - daily[0] < DAY


def listed(home: Home) -> list[Backup]:
    """Every backup there is, the newest first."""
    found = [_known(file) for file in _files(home.backups)]
    return sorted(filter(None, found), key=lambda backup: backup.made, reverse=True)


def find(home: Home, name: str) -> Backup:
    """A backup by its file's name or path. Raises KnownError with the names there are."""
    there = listed(home)
    for backup in there:
        if Path(name).name in (backup.path.name, backup.path.stem):
            return backup
    names = ", ".join(backup.path.stem for backup in there) or "none"
    raise KnownError(f"There is no backup “{name}”. There are: {names}.")


def newest_whole(home: Home) -> Backup | None:
    """The newest backup that is not damaged itself."""
    return next((backup for backup in listed(home) if not faults(backup)), None)


def faults(backup: Backup) -> tuple[str, ...]:
    """What is wrong with a backup, in words; empty when nothing is."""
    try:
        return check.whole(backup.path)
    except sqlite3.Error as error:
        return (str(error),)


def copies(home: Home) -> list[Path]:
    """Every file that may hold the library's contents besides the library: backups, half-made ones, damaged
    libraries that were set aside, what a killed migration left. Call it while `held`."""
    beside = [file for file in _files(home.root) if file.name.startswith(("library.damaged-", "library.new"))]
    return beside + [file for file in _files(home.backups) if _NAME.match(file.name)] + half_made(home)


def half_made(home: Home) -> list[Path]:
    """What a killed backup or restore left. Call it while `held`."""
    return [
        file for folder in (home.root, home.backups) for file in _files(folder) if _is_half_made(home, file)
    ]


@contextlib.contextmanager
def held(home: Home) -> Iterator[None]:
    """While this lasts nobody else makes, restores or deletes backups. Raises KnownError when somebody is at
    it for long."""
    from filelock import FileLock, Timeout

    try:
        home.backups.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(home.root / "backups.lock", timeout=PATIENCE_SECONDS, mode=0o600)
        lock.acquire()
    except Timeout as error:
        raise KnownError("Another Likeness is busy with the library's backups. Try again later.") from error
    except OSError as error:
        raise KnownError(f"The folder {home.backups} cannot be used: {error.strerror or error}.") from error
    try:
        yield
    finally:
        lock.release()


def _new(home: Home, reason: Reason) -> Backup:
    now = datetime.now(UTC)
    return Backup(home.backups / f"library-{now:{_TIME}}-{reason}.db", now, reason)


def _known(file: Path) -> Backup | None:
    match = _NAME.fullmatch(file.name)
    if match is None:
        return None
    with contextlib.suppress(ValueError):
        made = datetime.strptime(match[1], _TIME).replace(tzinfo=UTC)
        return next(Backup(file, made, reason) for reason in KEPT if reason == match[2])
    return None


def _check_room(home: Home) -> None:
    needed = home.database.stat().st_size + SPARE_BYTES
    free = shutil.disk_usage(home.backups).free
    if free < needed:
        raise KnownError(
            f"No backup of the library was made: the disk has {free // 1_000_000} MB left, and "
            f"{needed // 1_000_000} MB are wanted. Make room; the next one is made by itself."
        )


def _copy(source: Path, target: Path) -> None:
    """VACUUM INTO rather than the pages as they are: the copy holds nothing that was deleted, needs no log
    beside it, and reading every row finds damage."""
    with closing(sqlite3.connect(source, isolation_level=None)) as raw:
        raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        raw.execute("VACUUM INTO ?", (str(target),))


def _other_schema(source: Path, copy: Path) -> tuple[str, ...]:
    return () if check.revision(source) == check.revision(copy) else ("its schema changed meanwhile",)


def _refuse(home: Home, found: tuple[str, ...]) -> None:
    if found:
        raise damaged(home, found)


def damaged(home: Home, found: tuple[str, ...]) -> KnownError:
    """The error for a library in which `found` is wrong, with what can be done; for one that a second look
    finds whole, that the disk failed."""
    if check.is_whole(home.database):
        return KnownError(
            f"The disk failed while the library was read: {found[0]}. Nothing was changed; try again."
        )
    check.distrust(home)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return check.DamagedLibrary(f"The library at {home.database} is damaged: {found[0]}{more}. {offer(home)}")


def offer(home: Home) -> str:
    """What can be done about a damaged library, for the user."""
    there = listed(home)
    if not there:
        return "It was left as it is, and there is no backup: move it away to begin a new one."
    last = f"The last backup is of {there[0]}"
    return f"It was left as it is. {last}: “likeness library restore” puts it in its place."


def _prune(home: Home, reason: Reason) -> None:
    alike = [backup.path for backup in listed(home) if backup.reason == reason]
    for file in alike[KEPT[reason] :] + half_made(home):
        try:
            file.unlink(missing_ok=True)
        except OSError:
            log("backup").warning("an old backup could not be deleted")


def _is_half_made(home: Home, file: Path) -> bool:
    """Among the backups any temporary file is one; elsewhere others may be written just now (settings)."""
    if not file.name.startswith(".") or ".part" not in file.name:
        return False
    if file.parent == home.backups or is_abandoned(file):
        return True
    with contextlib.suppress(OSError), file.open("rb") as opened:
        return opened.read(len(SQLITE)) == SQLITE
    return False


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.is_file())
    except OSError:
        return []
