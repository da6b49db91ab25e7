"""References prepared before, found again by what made them: the photo's bytes, the box and the settings.

A note lies in the encodings' folder and carries the crop's hash in its name, as everything derived from a
crop does: deleting a person's crops deletes it.
"""

import contextlib
import hashlib
from pathlib import Path

import msgspec

from core.disk import write_whole
from core.errors import UNREADABLE
from core.faces import Box
from core.paths import Home
from core.spec import Kind, Reference


def key(photo: Path, box: Box | None, kind: Kind, size: int, margin: float, segmenter: str) -> str:
    """Equal for equal bytes and settings."""
    with photo.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.sha256(f"{content}|{box}|{kind}|{size}|{margin}|{segmenter}".encode()).hexdigest()


def find(home: Home, wanted: str) -> Reference | None:
    """The reference kept under `wanted`, while its crop and mask are there."""
    for note in home.encodings.glob(f"*-{wanted}.reference"):
        with contextlib.suppress(OSError, *UNREADABLE):
            reference = msgspec.json.decode(note.read_bytes(), type=Reference)
            files = [sha256 for sha256 in (reference.crop, reference.mask) if sha256]
            if all(home.reference(sha256).is_file() for sha256 in files):
                return reference
    return None


def keep(home: Home, wanted: str, reference: Reference) -> None:
    """A disk that is full costs only the time to prepare it again."""
    note = home.encodings / f"{reference.crop}-{wanted}.reference"
    with contextlib.suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(note, msgspec.json.encode(reference))
