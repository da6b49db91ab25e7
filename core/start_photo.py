"""The photo a picture starts from (image-to-image): chosen when queueing, found again by its hash later."""

from functools import lru_cache
from pathlib import Path

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import Library, consent
from core.library.tables import Photo
from core.spec import RenderSpec, StartPhoto


def chosen(session: Session, path: str, strength: float | None) -> StartPhoto:
    """The photo at `path` with the hash of its bytes. Raises KnownError when it is no photo that can be
    decoded, or shows a named person who has not agreed."""
    file = Path(path).expanduser().absolute()
    sha256 = _hash(file)
    refusal = consent.start_refusal(session, sha256)
    if refusal:
        raise KnownError(refusal)
    return StartPhoto(str(file), sha256) if strength is None else StartPhoto(str(file), sha256, strength)


def located(spec: RenderSpec, library: Library | None, photo: Path | None) -> RenderSpec:
    """The spec with its start photo where it lies now: at `photo`, else where the library knows a photo of
    the same bytes. Raises KnownError when it is nowhere, or other bytes lie there."""
    if spec.start is None:
        if photo:
            raise KnownError("This picture did not start from a photo: leave --photo out.")
        return spec
    path = photo.expanduser().absolute() if photo else _known(library, spec.start)
    if _hash(path) != spec.start.sha256:
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


def _hash(file: Path) -> str:
    """Of a photo that can be opened. Raises KnownError."""
    try:
        facts = file.stat()
        stamp = f"{facts.st_size}|{facts.st_mtime_ns}"
    except OSError:
        stamp = ""  # opening it says what is wrong
    return _opened(file, stamp)


@lru_cache(maxsize=16)
def _opened(file: Path, stamp: str) -> str:
    """Decoded once for each version of the file: the window asks at every letter that is typed."""
    from core import images

    images.open_photo(file)
    return images.read_photo_facts(file).sha256
