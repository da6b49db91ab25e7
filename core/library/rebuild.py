"""Pictures that lie in their folder and are missing from the library come back from their own metadata."""

import errno
import hashlib
import re
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core import relevance_map, settings
from core.disk import files_below
from core.errors import KnownError
from core.library import jobs
from core.library.alone import alone
from core.library.db import Library
from core.library.jobs import ClaimedJob
from core.library.tables import Job, Picture
from core.metadata import Saved, png, portable
from core.paths import Home

AT_ONCE = 50
"""Pictures of one transaction: others may write in between."""
REPEAT = "-repeat"
"""How a picture that `core.repeat` made again is named: it was never in the library."""
_MADE = re.compile(r"\d{8}-\d{6}-(\d{6,})-\d+(?:-\d+)?")


@dataclass(frozen=True)
class Rebuilt:
    """What came of a walk through the folders. `done`: waiting jobs whose picture was there; `moved`: rows
    that point to where their picture lies now; `foreign`: pictures without settings of ours; `unreadable`:
    path and reason."""

    added: int = 0
    moved: int = 0
    known: int = 0
    copies: int = 0
    done: int = 0
    foreign: int = 0
    unreadable: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class _Found:
    """A picture the library does not know, read from its file."""

    path: Path
    sha256: str
    saved: Saved
    width: int
    height: int
    made: datetime


class _Rows:
    """What the library shows, asked once: number and path of each row by its bytes' hash."""

    def __init__(self, session: Session) -> None:
        self.paths: set[str] = set()
        self.by_bytes: dict[str, list[tuple[int, str]]] = {}
        for number, path, sha256 in session.execute(select(Picture.id, Picture.path, Picture.sha256)):
            self.paths.add(path)
            self.by_bytes.setdefault(sha256, []).append((number, path))

    def show(self, found: _Found) -> bool:
        """Whether a row shows the same bytes in a file that is there."""
        return any(Path(path).exists() for _, path in self.by_bytes.get(found.sha256, ()))


def rebuild(
    library: Library,
    folders: Iterable[Path] | None = None,
    progress: Callable[[int, int, str], None] = lambda *_: None,
) -> Rebuilt:
    """Adds a row for each picture of `folders` (otherwise where pictures of this home go) that has none; a
    job that waits for one of them is done. Never a second row for the same bytes. Raises KnownError while a
    worker is at it, or when the library cannot be written; what was added so far stays, and doing it again
    goes on."""
    with alone(library.home):
        return adopt(library, folders or places(library.home), progress)


def adopt(
    library: Library, folders: Iterable[Path], progress: Callable[[int, int, str], None] = lambda *_: None
) -> Rebuilt:
    """`rebuild` for a caller that is `alone` already."""
    try:
        return _adopt(library, folders, progress)
    except OSError as error:
        told = f"The folders of pictures cannot be looked through: {error.strerror or error}."
        raise KnownError(f"{told} Nothing is lost: do it again when their disk answers.") from error


def _adopt(library: Library, folders: Iterable[Path], progress: Callable[[int, int, str], None]) -> Rebuilt:
    unreadable: list[tuple[str, str]] = []

    roots = dict.fromkeys(folders)

    def failed(error: OSError) -> None:
        # A folder of somebody else within a whole drive is no reason to stop; a disk that fails is one.
        if error.errno != errno.EACCES or Path(error.filename) in roots:
            raise error
        unreadable.append((str(error.filename), "This folder cannot be read."))

    files = [file for folder in roots for file in _pictures(folder, failed)]
    with library.read() as session:
        rows = _Rows(session)
    unknown = sorted((file for file in files if str(file) not in rows.paths), key=_time)
    count = {"known": len(files) - len(unknown)}
    for start in range(0, len(unknown), AT_ONCE):
        found = list(_read(unknown[start : start + AT_ONCE], count, unreadable))
        with library.write() as session:
            for each in found:
                _enter(session, each, rows, count)
        progress(min(start + AT_ONCE, len(unknown)), len(unknown), "")
    with library.write() as session:
        jobs.never_below(session, max(map(_job_number, files), default=0))
    return Rebuilt(**count, unreadable=tuple(unreadable))


def places(home: Home) -> list[Path]:
    """Where pictures of this home go, and where they go when nothing else was chosen."""
    chosen = settings.pictures_folder(home, settings.load(home)).absolute()
    return list(dict.fromkeys([home.pictures.absolute(), chosen]))


def missing(session: Session, folders: Iterable[Path]) -> list[Path]:
    """The pictures of `folders` that `rebuild` would add or find again."""
    rows = _Rows(session)
    files = [file for folder in dict.fromkeys(folders) for file in _pictures(folder, lambda _: None)]
    unknown = _read([file for file in files if str(file) not in rows.paths], {}, [])
    return [found.path for found in unknown if not rows.show(found)]


def _pictures(folder: Path, failed: Callable[[OSError], None]) -> list[Path]:
    """Every picture below `folder`, without weight maps, half-written files and what was made again."""
    return [file for file in files_below(folder, "*.png", failed) if _counts(file.name)]


def _counts(name: str) -> bool:
    stem = name.removesuffix(".png")
    again = re.search(rf"{REPEAT}(-\d+)?$", stem)
    return not (name.startswith(".") or name.endswith(relevance_map.SUFFIX) or again)


def _time(file: Path) -> float:
    return file.stat().st_mtime


def _job_number(file: Path) -> int:
    match = _MADE.fullmatch(file.stem)
    return int(match[1]) if match else 0


def _read(files: list[Path], count: dict[str, int], unreadable: list[tuple[str, str]]) -> Iterator[_Found]:
    for file in files:
        try:
            yield _found(file)
        except png.NotOurs:
            _add(count, "foreign")
        except KnownError as error:
            unreadable.append((str(file), str(error)))
        except OSError as error:
            unreadable.append((str(file), error.strerror or str(error)))


def _found(file: Path) -> _Found:
    saved, data = png.read(file), file.read_bytes()
    width, height = struct.unpack(">II", data[16:24])  # of IHDR, the first chunk of every PNG
    made = datetime.fromtimestamp(_time(file), UTC)
    return _Found(file, hashlib.sha256(data).hexdigest(), saved, width, height, made)


def _enter(session: Session, found: _Found, rows: _Rows, count: dict[str, int]) -> None:
    """One picture: a row that lost its file gets it back, a copy is left alone, any other gets a row."""
    if rows.show(found):
        return _add(count, "copies")
    lost = rows.by_bytes.get(found.sha256)
    rows.by_bytes[found.sha256] = [(0, str(found.path))]
    if lost:
        session.execute(update(Picture).where(Picture.id == lost[0][0]).values(path=str(found.path)))
        return _add(count, "moved")
    job = _waiting_for(session, found)
    session.execute(insert(Picture).values(_row(found, job)))
    if job:
        done = {"state": "done", "error": None, "finished_at": found.made}
        session.execute(update(Job).where(Job.id == job.id).values(done))
        _add(count, "done")
    _add(count, "added")


def _waiting_for(session: Session, found: _Found) -> ClaimedJob | None:
    """The job this is the picture of: it has its name and its settings, and no picture yet."""
    job = jobs.get(session, _job_number(found.path))
    if job is None or not re.fullmatch(rf"{job.name}(-\d+)?", found.path.stem):
        return None
    has_one = session.scalar(select(Picture.id).where(Picture.job_id == job.id).limit(1))
    return job if has_one is None and portable(job.spec) == found.saved.spec else None


def _row(found: _Found, job: ClaimedJob | None) -> dict[str, object]:
    # The job's own spec knows the start photo's folder as well.
    spec = job.spec if job else found.saved.spec
    return {
        "job_id": job.id if job else None, "index": 0, "path": str(found.path), "sha256": found.sha256,
        "spec": spec.to_json(), "seed": spec.seed, "width": found.width, "height": found.height,
        "scores": msgspec.json.encode(found.saved.scores).decode(), "rating": 0, "label": "",
        "created_at": found.made,
    }  # fmt: skip


def _add(count: dict[str, int], what: str) -> None:
    count[what] = count.get(what, 0) + 1
