"""The photo a picture starts from (image-to-image): chosen when queueing, found again by its hash later."""

import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import Library, consent
from core.library.tables import Photo
from core.paths import Home
from core.spec import RenderSpec, StartPhoto
from core.wish import Wish

if TYPE_CHECKING:
    from PIL import Image

INSIDE = 0.9
"""How much is made anew inside a mask, where nothing else was asked for: light and pose stay near the
photo's."""
MASK_LIMIT = 2048
"""Longest side of a kept mask in pixels; over a larger photo it is stretched."""


def chosen(session: Session, home: Home, wish: Wish) -> StartPhoto:
    """The photo that the wish starts from, with the hash of its bytes. Raises KnownError when it is no photo
    that can be decoded, or shows a named person who has not agreed, or its mask is gone."""
    file = Path(wish.start or "").expanduser().absolute()
    sha256 = hash_of(file)
    refusal = consent.start_refusal(session, sha256)
    if refusal:
        raise KnownError(refusal)
    if wish.inside and not home.reference(wish.inside.mask).exists():
        raise KnownError(f"The mask for {file.name} is gone from {home.references}. Draw it again.")
    strength = INSIDE if wish.inside else StartPhoto("", sha256).strength
    return StartPhoto(
        str(file), sha256, strength if wish.start_strength is None else wish.start_strength, wish.inside
    )


def keep_mask(home: Home, mask: Path | bytes) -> str:
    """Keeps a picture, from a file or as it was drawn (PNG), that is white where a photo is made anew: its
    hash among the references, for `Inside.mask`. Raises KnownError for a file that is no picture, or has
    nothing white."""
    from core import images, references

    drawn = images.open_photo(mask).image if isinstance(mask, Path) else _decoded(mask)
    small = images.square_limit(drawn.convert("L"), MASK_LIMIT)
    if not any(small.histogram()[128:]):
        called = mask.name if isinstance(mask, Path) else "The mask"
        raise KnownError(f"{called} covers nothing: a mask is white where the photo is made anew.")
    return references.store(home.create().references, small)


def size(start: StartPhoto) -> tuple[int, int]:
    """Width and height of the upright photo; (0, 0) while it cannot be read."""
    try:
        return _measured(start.path, start.sha256)
    except KnownError:
        return 0, 0


def located(spec: RenderSpec, library: Library | None, photo: Path | None) -> RenderSpec:
    """The spec with its start photo where it lies now: at `photo`, else where the library knows a photo of
    the same bytes. Raises KnownError when it is nowhere, or other bytes lie there."""
    if spec.start is None:
        if photo:
            raise KnownError("This picture did not start from a photo: leave --photo out.")
        return spec
    path = photo.expanduser().absolute() if photo else _known(library, spec.start)
    if hash_of(path) != spec.start.sha256:
        raise KnownError(f"{path} is not the photo this picture started from ({spec.start.path}).")
    return structs.replace(spec, start=structs.replace(spec.start, path=str(path)))


def _known(library: Library | None, start: StartPhoto) -> Path:
    path = None
    if library:
        with library.read() as session:
            path = session.scalar(select(Photo.path).where(Photo.sha256 == start.sha256))
    if path is None or not Path(path).exists():
        raise KnownError(
            f"This picture started from the photo {start.path}, which the library does not hold. Say where "
            "it lies, with --photo PATH."
        )
    return Path(path)


def hash_of(file: Path) -> str:
    """Of a photo that can be opened. Raises KnownError."""
    try:
        facts = file.stat()
        stamp = f"{facts.st_size}|{facts.st_mtime_ns}"
    except OSError:
        stamp = ""  # opening it says what is wrong
    return _opened(file, stamp)


def _decoded(png: bytes) -> "Image.Image":
    from PIL import Image

    return Image.open(io.BytesIO(png))


@lru_cache(maxsize=64)
def _measured(path: str, sha256: str) -> tuple[int, int]:
    """`sha256` is part of the key: another file there has other sides."""
    from core import images

    return images.upright_size(Path(path))


@lru_cache(maxsize=16)
def _opened(file: Path, stamp: str) -> str:
    """Decoded once for each version of the file: the window asks at every letter that is typed."""
    from core import images

    images.open_photo(file)
    return images.read_photo_facts(file).sha256
