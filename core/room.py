"""Whether the disk is full or refuses, and whether it still does."""

import contextlib
import errno
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)
ENOUGH_BYTES = 200_000_000
"""Room for some dozens of pictures: with less the queue would soon stop again."""

LOW_BYTES = 100_000_000
"""With less no picture is begun: the library itself needs some to say so."""


def is_full(error: BaseException) -> bool:
    """Whether a full disk is what an exception came from, however it was told on the way."""
    return any(_says_full(each) for each in _causes(error))


def has_room(folders: Iterable[Path]) -> bool:
    """Whether every disk these folders are on has room for pictures again."""
    try:
        return all(shutil.disk_usage(_existing(folder)).free >= ENOUGH_BYTES for folder in folders)
    except OSError:
        return False


def almost_full(folders: Iterable[Path]) -> Path | None:
    """The folder whose disk has hardly any room left, if there is one. A disk that cannot be asked is left to
    the first write, which tells more."""
    for folder in folders:
        with contextlib.suppress(OSError):
            if shutil.disk_usage(_existing(folder)).free < LOW_BYTES:
                return folder
    return None


def writable(folders: Iterable[Path]) -> bool:
    """Whether a file can be written where each of these folders is, or will be."""
    try:
        for folder in folders:
            with tempfile.TemporaryFile(dir=_existing(folder)) as probe:
                probe.write(b"x")
    except OSError:
        return False
    return True


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
