"""SHA-256 sums of files, computed once for each version of a file."""

import hashlib
from pathlib import Path
from typing import Annotated

import msgspec

from core.disk import write_whole

Sum = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
RECENT: dict[str, str] = {}


def file_hash(file: Path, cache: Path | None = None) -> str:
    """The SHA-256 of one file's bytes; `cache` as in `files_hash`. Raises OSError."""
    return _sums([file], cache)[0]


def files_hash(files: list[Path], cache: Path | None = None) -> str:
    """The SHA-256 over the files' own SHA-256 sums, in order. Sums are kept in memory and in `cache` (a JSON
    file) by path, size and time of change, because reading several gigabytes takes longer than a picture.
    Raises OSError."""
    return hashlib.sha256("".join(_sums(files, cache)).encode()).hexdigest()


def _sums(files: list[Path], cache: Path | None) -> list[str]:
    known, stamps = RECENT | _read_sums(cache), [_stamp(file) for file in files]
    sums = {stamp: known.get(stamp) or _sha256(file) for stamp, file in zip(stamps, files, strict=True)}
    RECENT.update(sums)
    if cache and not sums.items() <= _read_sums(cache).items():
        _write_sums(cache, known | sums)
    return [sums[stamp] for stamp in stamps]


def _stamp(file: Path) -> str:
    stat = file.stat()
    return f"{file}|{stat.st_size}|{stat.st_mtime_ns}"


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_sums(cache: Path | None) -> dict[str, str]:
    try:
        return msgspec.json.decode(cache.read_bytes(), type=dict[str, Sum]) if cache else {}
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
        return {}


def _write_sums(cache: Path, sums: dict[str, str]) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    write_whole(cache, msgspec.json.encode(sums))
