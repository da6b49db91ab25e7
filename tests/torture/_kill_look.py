"""What lies in a home, seen from outside while no worker is alive: its library's rows, its files, and whether
they belong together."""

import hashlib
import json
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core import relevance_map
from core.errors import KnownError
from core.metadata import png, portable
from core.paths import Home
from core.spec import RenderSpec

Stamp = tuple[int, int]


@dataclass(frozen=True)
class JobLine:
    state: str
    attempts: int
    position: float


@dataclass(frozen=True)
class PictureLine:
    job: int | None
    path: str
    sha256: str
    seed: int


@dataclass(frozen=True)
class Seen:
    """`at_work`: jobs that the worker was at. `loose`: files in the pictures' folders that no row knows, with
    inode and time: a file that was removed and made anew is another. `temporary`: half-made files anywhere in
    the home."""

    jobs: dict[int, JobLine]
    pictures: dict[int, PictureLine]
    at_work: frozenset[int]
    hold: str | None
    loose: dict[str, Stamp]
    gone: tuple[str, ...]
    temporary: frozenset[str]
    faults: tuple[str, ...]

    def ids(self, *states: str) -> list[int]:
        return [number for number, job in self.jobs.items() if job.state in states]


def look(home: Home, folders: list[Path], *, thorough: bool = False) -> Seen:
    """Reads everything; the library is opened as the next program would open it, and closed again."""
    with closing(sqlite3.connect(home.database, isolation_level=None)) as raw:
        raw.execute("BEGIN")
        jobs = {
            row[0]: JobLine(*row[1:]) for row in raw.execute("SELECT id, state, attempts, position FROM jobs")
        }
        pictures = {
            row[0]: PictureLine(*row[1:])
            for row in raw.execute("SELECT id, job_id, path, sha256, seed FROM pictures")
        }
        kept = dict(raw.execute("SELECT key, value FROM settings WHERE key IN ('paused', 'begun')"))
        faults = _faults(raw, thorough)
        raw.execute("COMMIT")
    there = {entry.path: entry for folder in folders if folder.is_dir() for entry in os.scandir(folder)}
    known = {path: _maps(path) for path in (picture.path for picture in pictures.values())}
    gone = tuple(file for pair in known.items() for file in pair if file not in there)
    loose = there.keys() - known.keys() - set(known.values())
    return Seen(
        jobs,
        pictures,
        frozenset(each["job"] for each in json.loads(kept.get("begun", "[]"))),
        kept.get("paused"),
        {file: _stamp(there[file]) for file in loose if not _is_temporary(file)},
        gone,
        frozenset(_temporary(home, folders)) | {file for file in loose if _is_temporary(file)},
        faults,
    )


def wrong_with(picture: PictureLine, spec: RenderSpec) -> str:
    """What is wrong with a picture's file; "" when its bytes are the row's and it says what was asked for."""
    path = Path(picture.path)
    if hashlib.sha256(path.read_bytes()).hexdigest() != picture.sha256:
        return "other bytes than its row says"
    try:
        if png.read(path).spec != portable(spec):
            return "other settings than were asked for"
    except KnownError as error:
        return str(error)
    if not relevance_map.is_maps(relevance_map.path_of(path)):
        return "its maps cannot be read"
    return ""


def _faults(raw: sqlite3.Connection, thorough: bool) -> tuple[str, ...]:
    pragmas = ("integrity_check", "foreign_key_check") if thorough else ("foreign_key_check",)
    found = [str(row) for pragma in pragmas for row in raw.execute(f"PRAGMA {pragma}")]
    return tuple(each for each in found if each != "('ok',)")


def _maps(path: str) -> str:
    return path.removesuffix(".png") + relevance_map.SUFFIX


def _stamp(entry: "os.DirEntry[str]") -> Stamp:
    status = entry.stat()
    return status.st_ino, status.st_mtime_ns


def _is_temporary(file: str) -> bool:
    name = os.path.basename(file)  # noqa: PTH119 (thousands of times a second)
    return ".part" in name or ".tmp" in name or name.startswith("library.new")


def _temporary(home: Home, folders: list[Path]) -> list[str]:
    pictures = {str(folder) for folder in folders}
    found = []
    for folder, below, files in os.walk(home.root):
        below[:] = [name for name in below if f"{folder}/{name}" not in pictures]
        found += [f"{folder}/{name}" for name in files if _is_temporary(name)]
    return found
