"""What a protocol found, as one value: results.json holds it, table and page show it."""

import platform
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from core.disk import write_whole
from core.errors import KnownError
from core.evaluation.rows import Column, Line
from core.evaluation.trials import Record


class Published(Struct, frozen=True):
    """One line of a paper's own table: theirs, not measured here. `figures` by column title."""

    label: str
    source: str
    figures: dict[str, float]


class Results(Struct, frozen=True):
    """`command` makes it all again. `facts`: what was used, by name (model, device, date, …). `notes`: what a
    reader must know to read the table. `left_out`: ways that could not be tried, and why."""

    name: str
    title: str
    command: str
    facts: dict[str, str]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    left_out: dict[str, str] = {}
    published: tuple[Published, ...] = ()
    records: tuple[Record, ...] = ()
    version: int = 1


def save(path: Path, results: Results) -> None:
    """results.json, whole or not at all. Raises KnownError."""
    write(path, msgspec.json.format(msgspec.json.encode(results), indent=2))


def load(path: Path) -> Results:
    """What `save` wrote. Raises KnownError."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Results)
    except (OSError, msgspec.DecodeError) as error:
        raise KnownError(f"{path} holds no results of an evaluation: {error}.") from error


def facts(model: str, records: Sequence[Record], today: str) -> dict[str, str]:
    """What the pictures were made with: the same for all of them, or every value that occurs."""
    used = {"date": today, "model": model, "pictures": str(len(records))}
    for key in ("device", "precision", "torch", "diffusers", "likeness"):
        found = sorted({str(record.made[key]) for record in records if key in record.made})
        used |= {key: ", ".join(found)} if found else {}
    seconds = sum(record.seconds for record in records)
    return used | {"time": f"{seconds / 60:.1f} min", "system": platform.system()}


def write(path: Path, data: bytes) -> None:
    """Whole or not at all. Raises KnownError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
    except OSError as error:
        raise KnownError(f"{path} cannot be written: {error.strerror or error}.") from error
