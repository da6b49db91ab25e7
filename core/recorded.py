"""What model files were when they came: their SHA-256 and who stated it, so that “verify” has something to
compare with.

Kept beside the library, by path. Files that come with the program have their sums in
`resources/models/README.md`.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from core.disk import write_whole
from core.errors import UNREADABLE, Cancelled, KnownError
from core.log import log
from core.paths import RESOURCES, Home

State = Literal["stated", "same", "new", "unknown", "changed"]
"""`stated`: as its source states; `same`: as it was when it was added; `new`: recorded just now, nothing to
compare with; `unknown`: never looked at; `changed`: other bytes than were recorded."""
WORST_FIRST: tuple[State, ...] = ("changed", "unknown", "new", "same", "stated")
EMBEDDED = re.compile(r"`([\w/.-]+\.onnx)`.*sha256 `([0-9a-f]{64})`")
BLOCK = 2**22
Progress = Callable[[int, int, str], None]
"""Bytes read, of how many, the name of the file."""


class Kept(Struct, frozen=True):
    """One file. `source`: who stated the sum, "" where it was only recorded here; `stamp`: size and time of
    change when it was last read; `checked`: when that was; `state`: what came of it."""

    sha256: str
    source: str = ""
    stamp: str = ""
    checked: datetime | None = None
    state: State = "new"


Sums = Mapping[str, Kept]


def read(home: Home) -> Sums:
    """By path. A file of sums that cannot be read says nothing: what it held is recorded again."""
    try:
        return msgspec.json.decode(home.model_sums.read_bytes(), type=dict[str, Kept])
    except FileNotFoundError:
        return {}
    except (OSError, *UNREADABLE):
        log("models").warning("the recorded sums of model files cannot be read")
        return {}


def stated(home: Home, files: Mapping[Path, tuple[str, str]]) -> None:
    """Records files that were just compared with what their source states: path → (SHA-256, source)."""
    now = datetime.now(UTC)
    fresh = {
        str(path): Kept(sha256, source, _stamp(path), now, "stated")
        for path, (sha256, source) in files.items()
    }
    _write(home, {**read(home), **fresh})


def forget(home: Home, files: Iterable[Path]) -> None:
    """For files that left the list."""
    gone = {str(file) for file in files}
    _write(home, {path: kept for path, kept in read(home).items() if path not in gone})


def record(home: Home, files: Iterable[Path], progress: Progress = lambda *_: None) -> State:
    """For files that the user just added: from now on they are compared with what they are now, or with what
    their source stated where that is known. Raises as `verify` does."""
    listed, known = list(files), read(home)
    forget(home, (file for file in listed if not known.get(str(file), Kept("")).source))
    return verify(home, listed, progress)


def verify(home: Home, files: Iterable[Path], progress: Progress = lambda *_: None) -> State:
    """Reads every byte of these files and compares; what was not recorded is recorded now. The worst state of
    them. Raises KnownError for a file that cannot be read; what `progress` raises stops it."""
    listed = list(files)
    known, found = read(home), {}
    done, total = 0, sum(_size(file) for file in listed)
    for file in listed:
        digest = _sha256(file, partial(_tell, progress, done, total, file.name))
        done += _size(file)
        found[str(file)] = _compared(file, digest, known.get(str(file)))
    _write(home, {**read(home), **found})
    return worst(kept.state for kept in found.values())


def state(sums: Sums, files: Iterable[Path]) -> tuple[State, datetime | None]:
    """What is known without reading the files, and since when: a file of another size or time of change than
    when it was last read is unknown."""
    states, times = [], []
    for file in files:
        kept = sums.get(str(file))
        same = kept is not None and kept.stamp == _stamp(file)
        states.append(kept.state if kept and same else "unknown")
        times += [kept.checked] if kept and kept.checked else []
    return worst(states), min(times, default=None)


def worst(states: Iterable[State]) -> State:
    there = set(states)
    return next((each for each in WORST_FIRST if each in there), "unknown")


def _tell(progress: Progress, before: int, total: int, name: str, count: int) -> None:
    progress(before + count, total, name)


def _compared(file: Path, digest: str, kept: Kept | None) -> Kept:
    source, expected = kept.source if kept else "", kept.sha256 if kept else ""
    if embedded := _embedded().get(str(file)):
        source, expected = "this program", embedded
    if not expected:
        outcome: State = "new"
    elif digest != expected:
        outcome = "changed"
    else:
        outcome = "stated" if source else "same"
    return Kept(expected or digest, source, _stamp(file), datetime.now(UTC), outcome)


@cache
def _embedded() -> Mapping[str, str]:
    folder = RESOURCES / "models"
    table = (folder / "README.md").read_text("utf-8")
    return {str(folder / name): sha256 for name, sha256 in EMBEDDED.findall(table)}


def _sha256(file: Path, read: Callable[[int], None]) -> str:
    digest, count = hashlib.sha256(), 0
    try:
        with file.open("rb") as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
                count += len(block)
                read(count)
    except Cancelled:
        raise
    except OSError as error:
        raise KnownError(f"{file} cannot be read: {error.strerror or error}.") from error
    return digest.hexdigest()


def _stamp(file: Path) -> str:
    try:
        found = file.stat()
    except OSError:
        return ""
    return f"{found.st_size}|{found.st_mtime_ns}"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _write(home: Home, sums: Sums) -> None:
    try:
        write_whole(home.create().model_sums, msgspec.json.format(msgspec.json.encode(dict(sums)), indent=1))
    except OSError as error:
        told = f"The sums of model files could not be saved to {home.model_sums}: {error.strerror or error}."
        raise KnownError(told) from error
