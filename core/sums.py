"""SHA-256 sums of files, computed once for each version of a file."""

import hashlib
from functools import cache as kept
from pathlib import Path

import msgspec


def file_hash(file: Path) -> str:
    """The SHA-256 of one file's bytes. Kept in memory for as long as its size and time of change stay.
    Raises OSError."""
    return _sum_of(_stamp(file), file)


@kept
def _sum_of(stamp: str, file: Path) -> str:
    return _sha256(file)


def files_hash(files: list[Path], cache: Path | None = None) -> str:
    """The SHA-256 over the files' own SHA-256 sums, in order. Sums are kept in `cache` (a JSON file) by
    path, size and time of change, because reading several gigabytes takes longer than a picture."""
    known = _read_sums(cache)
    sums = {_stamp(file): known.get(_stamp(file)) or _sha256(file) for file in files}
    if cache and not sums.items() <= known.items():
        _write_sums(cache, known | sums)
    return hashlib.sha256("".join(sums[_stamp(file)] for file in files).encode()).hexdigest()


def _stamp(file: Path) -> str:
    stat = file.stat()
    return f"{file}|{stat.st_size}|{stat.st_mtime_ns}"


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_sums(cache: Path | None) -> dict[str, str]:
    try:
        return msgspec.json.decode(cache.read_bytes(), type=dict[str, str]) if cache else {}
    except (OSError, msgspec.DecodeError):
        return {}


def _write_sums(cache: Path, sums: dict[str, str]) -> None:
    temporary = cache.with_suffix(".tmp")
    cache.parent.mkdir(parents=True, exist_ok=True)
    temporary.write_bytes(msgspec.json.encode(sums))
    temporary.replace(cache)
