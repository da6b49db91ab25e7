"""Writing a finished picture whole or not at all."""

import errno
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core import relevance_map
from core.disk import write_whole
from core.errors import KnownError
from core.metadata import Saved, png, portable
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
    @property
    def maps(self) -> Mapping[str, bytes]: ...


@dataclass(frozen=True)
class SavedFile:
    path: Path
    sha256: str


def save_picture(folder: Path, name: str, picture: FinishedPicture, spec: RenderSpec) -> SavedFile:
    """Writes `folder`/`name`.png with its metadata: under a temporary name first, on the disk before it
    gets its own; its weight maps, if it has any, beside it. The same picture saved twice is one file; a
    picture of other settings under that name is never overwritten. Raises KnownError when the disk is full
    or the folder cannot be written; nothing is left behind then."""
    saved = Saved.of(spec, picture.made, picture.scores)
    data = png.encode(picture.width, picture.height, picture.rgb, saved)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = _free(folder, name, spec)
        known = path.exists()
        write_whole(path, data)
    except OSError as error:
        raise KnownError(_reason(folder, error)) from error
    try:
        save_maps(path, picture, spec)
    except KnownError:
        if not known:
            remove_picture(path)
        raise
    return SavedFile(path, hashlib.sha256(data).hexdigest())


def save_maps(path: Path, picture: FinishedPicture, spec: RenderSpec) -> None:
    """Writes the weight maps of the picture at `path` beside it, whole or not at all; nothing for a picture
    without any. Raises KnownError when that cannot be done."""
    if not picture.maps:
        return
    data = relevance_map.encode(picture.maps, spec.subjects, picture.rgb)
    try:
        write_whole(relevance_map.path_of(path), data)
    except OSError as error:
        raise KnownError(_reason(path.parent, error)) from error


def remove_picture(path: Path) -> None:
    """Removes a picture and what belongs to it: the picture last, so that nothing is left that belongs to
    none."""
    relevance_map.path_of(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _free(folder: Path, name: str, spec: RenderSpec) -> Path:
    """`name`.png, or `name`-2.png and so on where a picture of other settings lies there."""
    number, path = 1, folder / f"{name}.png"
    while path.exists() and not _same(path, spec):
        number += 1
        path = folder / f"{name}-{number}.png"
    return path


def _same(path: Path, spec: RenderSpec) -> bool:
    try:
        return png.read(path).spec == portable(spec)
    except KnownError:
        return False


def _reason(folder: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: no picture was written to {folder}. Make room, then go on."
    return f"No picture could be written to {folder}: {error.strerror or error}."
