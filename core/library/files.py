"""Writing a finished picture whole or not at all."""

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.errors import KnownError
from core.metadata import Saved, png
from core.spec import RenderSpec


class FinishedPicture(Protocol):
    """What an engine rendered (core.engine.Rendered)."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def rgb(self) -> bytes: ...
    @property
    def scores(self) -> object: ...
    @property
    def made(self) -> Mapping[str, str | int | float]: ...


@dataclass(frozen=True)
class SavedFile:
    path: Path
    sha256: str


def save_picture(folder: Path, name: str, picture: FinishedPicture, spec: RenderSpec) -> SavedFile:
    """Writes `folder`/`name`.png with its metadata: under a temporary name first, on the disk before it
    gets its own. The same picture saved twice is one file; a picture of other settings under that name is
    never overwritten. Raises KnownError when the disk is full or the folder cannot be written; nothing is
    left behind then."""
    saved = Saved.of(spec, picture.made, picture.scores)
    data = png.encode(picture.width, picture.height, picture.rgb, saved)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = _free(folder, name, spec)
        write_whole(path, data)
    except OSError as error:
        raise KnownError(_reason(folder, error)) from error
    return SavedFile(path, hashlib.sha256(data).hexdigest())


def write_whole(path: Path, data: bytes) -> None:
    """Replaces `path` by `data`; after a power cut it holds the old bytes or the new ones."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _free(folder: Path, name: str, spec: RenderSpec) -> Path:
    """`name`.png, or `name`-2.png and so on where a picture of other settings lies there."""
    number, path = 1, folder / f"{name}.png"
    while path.exists() and not _same(path, spec):
        number += 1
        path = folder / f"{name}-{number}.png"
    return path


def _same(path: Path, spec: RenderSpec) -> bool:
    try:
        return png.read(path).spec == spec
    except KnownError:
        return False


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # a folder cannot be opened there; NTFS journals the rename
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(folder: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: no picture was written to {folder}. Make room, then go on."
    return f"No picture could be written to {folder}: {error.strerror or error}."
