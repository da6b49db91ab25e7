"""Files written whole or not at all, and what a program that was killed left of them."""

import contextlib
import fnmatch
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

TEMPORARY = re.compile(r"\.(?:(?P<writer>\d+)-)?[a-z0-9_]{8}\.part(?:-[a-z]+)?")
"""What `replacing` writes under: whose process writes it, and perhaps SQLite's log of it. A name without a
process is nobody's."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""What a file's mode gives to anybody but its owner."""
CLOCK_SECONDS = 2.0
"""So exactly are a process's start and a file's time known."""


def write_whole(path: Path, data: bytes) -> None:
    """Replaces `path` by `data`; after a power cut it holds the old bytes or the new ones. In a folder of its
    owner's alone, as all of a home's are, nobody else may read it; elsewhere it is as open as other files the
    user makes."""
    try:
        _write(path, data)
    except FileNotFoundError:
        # Deleting a person takes every half-written file: it may have been one of theirs.
        _write(path, data)


def _write(path: Path, data: bytes) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(data)
        if path.parent.stat().st_mode & OTHERS:
            temporary.chmod(0o666 & ~_umask())


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """An empty file that only its owner may read, to be filled; it takes the place of `path` at the end, or
    goes away on an exception. After a power cut `path` holds the old bytes or the new ones."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{os.getpid()}-", suffix=".part")
    temporary = Path(name)
    try:
        os.close(handle)
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def is_abandoned(file: Path) -> bool:
    """Whether a temporary file lost its writer: no such process runs, or one that began later."""
    found = TEMPORARY.fullmatch(file.name)
    return found is not None and not (found["writer"] and _is_writing(int(found["writer"]), file))


def remove_abandoned(folder: Path, spared: Path | None = None) -> None:
    """Removes what programs that were killed left half written in `folder` and below, but for `spared`. What
    cannot be removed now stays for the next time."""
    for name, below, files in os.walk(folder):
        here = Path(name)
        below[:] = [each for each in below if here / each != spared]
        for file in map(here.joinpath, files):
            if is_abandoned(file):
                with contextlib.suppress(OSError):
                    file.unlink(missing_ok=True)


def _is_writing(pid: int, file: Path) -> bool:
    import psutil

    with contextlib.suppress(psutil.Error, OSError):
        return bool(psutil.Process(pid).create_time() < file.stat().st_mtime + CLOCK_SECONDS)
    return False


def _umask() -> int:
    """It can only be read by setting it: for that moment to what keeps everybody out."""
    before = os.umask(OTHERS)
    os.umask(before)
    return before


def _sync_folder(folder: Path) -> None:
    """A folder that cannot be synced (some network disks) is no failure, as it is none to SQLite: the new
    file has its place, and only a power cut at this moment would bring the old one back."""
    if os.name == "nt":
        return  # a folder cannot be opened there; NTFS journals the rename
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def files_below(folder: Path, pattern: str, failed: Callable[[OSError], None]) -> list[Path]:
    """Every file below `folder` whose name fits, in order; none where there is no such folder. `failed` hears
    of each folder that does not let itself be read, which Path.rglob would take for an empty one."""
    walk = os.walk(folder, onerror=failed) if folder.is_dir() else ()
    named = (Path(top, name) for top, _, names in walk for name in fnmatch.filter(names, pattern))
    return sorted(file for file in named if file.is_file())
