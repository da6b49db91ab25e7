"""What recognises somebody whose photos are in another library: it came with their profile. It lies beside
the encodings under the hash of one of their crops, so that it goes when they are deleted."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from sqlalchemy import select

from core.disk import files_below, write_whole
from core.errors import UNREADABLE, KnownError
from core.library.photos import Embedded
from core.library.tables import Reference
from core.paths import Home

if TYPE_CHECKING:
    from core.library.db import Library

SUFFIX = ".faces"


class KnownFace(Struct, frozen=True, forbid_unknown_fields=True):
    """`vector`: float32 values as `backend` embeds faces; `quality` from 0 to 1."""

    backend: str
    vector: bytes
    quality: float


def keep(home: Home, crop: str, faces: Sequence[KnownFace]) -> None:
    """Raises KnownError when it cannot be written."""
    try:
        home.encodings.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(home.encodings / f"{crop}{SUFFIX}", msgspec.json.encode(list(faces)))
    except OSError as error:
        raise KnownError(f"What recognises them cannot be kept: {error.strerror}.") from error


def found(library: "Library", backend: str) -> list[Embedded]:
    """Those that `backend` embedded, each with whose it is now. They have no row: their ids are below
    zero. Raises KnownError when it cannot be known who is there: they would be taken for strangers."""
    with library.read() as session:
        rows = session.execute(select(Reference.crop, Reference.subject_id))
        owners = {row.crop: row.subject_id for row in rows}
    faces: list[Embedded] = []
    for file in _files(library.home):
        owner = owners.get(file.name.removesuffix(SUFFIX))
        if owner is None:
            continue
        with contextlib.suppress(OSError, *UNREADABLE):
            for face in msgspec.json.decode(file.read_bytes(), type=list[KnownFace]):
                if face.backend == backend:
                    number = -1 - len(faces)
                    faces.append(Embedded(number, number, owner, True, face.quality, face.vector))
    return faces


def _files(home: Home) -> list[Path]:
    def failed(error: OSError) -> None:
        raise error

    try:
        return files_below(home.encodings, f"*{SUFFIX}", failed)
    except OSError as error:
        told = f"The folder {home.encodings} cannot be read: {error.strerror}."
        raise KnownError(f"{told} Nothing was grouped; what was found before is kept.") from error
