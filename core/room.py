"""Whether the disk is full, and whether it still is."""

import errno
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)
ENOUGH_BYTES = 200_000_000
"""Room for some dozens of pictures: with less the queue would soon stop again."""


def is_full(error: BaseException) -> bool:
    """Whether a full disk is what an exception came from, however it was told on the way."""
    return any(_says_full(each) for each in _causes(error))


def has_room(folders: Iterable[Path]) -> bool:
    """Whether every disk these folders are on has room for pictures again."""
    try:
        return all(shutil.disk_usage(_existing(folder)).free >= ENOUGH_BYTES for folder in folders)
    except OSError:
        return False


def _says_full(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorname", "") == "SQLITE_FULL"
    return isinstance(error, OSError) and error.errno in FULL


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        # SQLAlchemy keeps the driver's own exception as `orig`.
        error = error.__cause__ or getattr(error, "orig", None)


def _existing(folder: Path) -> Path:
    return next((each for each in (folder, *folder.parents) if each.exists()), folder)
