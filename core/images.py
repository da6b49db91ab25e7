"""Opening a photo: upright RGB, or a clear reason why not.

Only formats a camera or an editor writes are tried, so that no file is ever handed to an interpreter (EPS) or
an exotic decoder. Decoders fed with damaged bytes raise nearly anything (struct.error, SyntaxError,
OverflowError, …): each of these is the file's fault here, never a bug.
"""

import hashlib
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from core import bombs
from core.colours import to_rgb
from core.errors import KnownError

LIMIT_PIXELS = 200_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "JPEG2000", "PPM")
SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".tif", ".tiff", ".bmp", ".gif"}
    | {".avif", ".jp2", ".j2k", ".ppm", ".pgm"}
)
"""Endings of the files an import looks at in a folder."""

BYTES_PER_PIXEL = 12
"""While a photo is decoded: what the file holds, its colours in RGB, and those upright, four bytes each."""
NO_MATTER = 256_000_000

# Read from the header, before a pixel is decoded. Pillow's own limit only warns up to twice its value.
Image.MAX_IMAGE_PIXELS = LIMIT_PIXELS

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION, _DATETIME, _EXIF_IFD, _DATETIME_ORIGINAL = 0x0112, 0x0132, 0x8769, 0x9003
_MOVING = {"PNG", "WEBP", "AVIF"}


@dataclass(frozen=True)
class PhotoFile:
    """What is known of a photo without decoding it. `width` × `height` are upright; `orientation` is the EXIF
    value 1 to 8; `taken_at` is the camera's local time; `frames` > 1 for an animation (the first is used)."""

    path: Path
    sha256: str
    bytes: int
    width: int
    height: int
    orientation: int = 1
    taken_at: datetime | None = None
    frames: int = 1


@dataclass(frozen=True)
class PhotoImage:
    """An upright RGB picture, 8 bits a channel, in sRGB. `note` tells the user what was left out."""

    image: Image.Image
    orientation: int
    note: str = ""


def open_photo(path: Path, limit_pixels: int = LIMIT_PIXELS) -> PhotoImage:
    """Decodes a photo: EXIF orientation applied, embedded colour profile converted to sRGB, 16 bits scaled to
    8, transparency laid on white, the first frame of an animation. Raises KnownError for everything else."""
    with _opened(path, limit_pixels) as (file, image):
        _refuse_without_memory(path, image.size)
        orientation, frames = _orientation(image), _frames(image, file)
        upright = _upright(to_rgb(image), image, orientation)
    upright.info = {}  # what the file says of itself, whatever that is, goes into no other file
    note = f"Only the first of its {frames} frames is used." if frames > 1 else ""
    return PhotoImage(upright, orientation, note)


def read_photo_facts(path: Path, limit_pixels: int = LIMIT_PIXELS) -> PhotoFile:
    """Reads a photo's hash and header. Pixels are not decoded: damage further in shows in `open_photo` alone.
    Raises KnownError."""
    with _opened(path, limit_pixels) as (file, image):
        orientation = _orientation(image)
        width, height = _upright_size(image, orientation)
        taken_at, frames = _taken_at(image), _frames(image, file)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        length = file.tell()
    return PhotoFile(path, digest, length, width, height, orientation, taken_at, frames)


def thumbnail(path: Path, size: int, limit_pixels: int = LIMIT_PIXELS) -> bytes:
    """An upright JPEG that fits into `size` × `size` pixels; a JPEG is decoded at a fraction of its size.
    Raises KnownError."""
    with _opened(path, limit_pixels) as (_, image):
        orientation = _orientation(image)
        image.draft(None, (size, size))
        _refuse_without_memory(path, image.size)
        small = _upright(to_rgb(image), image, orientation)
    small.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return to_jpeg(small)


def to_jpeg(image: Image.Image, quality: int = 88) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def square_limit(image: Image.Image, side: int) -> Image.Image:
    """The picture itself, or a smaller copy whose longer side is `side` pixels."""
    if max(image.size) <= side:
        return image
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def upright_size(path: Path, limit_pixels: int = LIMIT_PIXELS) -> tuple[int, int]:
    """Width and height, of a file that a decoder may get, ours or another. No pixel is decoded. Raises
    KnownError."""
    with _opened(path, limit_pixels) as (_, image):
        return _upright_size(image, _orientation(image))


@contextmanager
def _opened(path: Path, limit_pixels: int) -> Iterator[tuple[io.BufferedReader, Image.Image]]:
    """The file and its lazily opened picture; what goes wrong inside the block becomes a KnownError."""
    try:
        _refuse_what_is_no_file(path)
        with path.open("rb") as file:
            length = os.fstat(file.fileno()).st_size
            bombs.refuse(file, path.name, length)
            with Image.open(file, formats=FORMATS) as image:
                _refuse_huge(path, image.size, limit_pixels)
                bombs.refuse_hollow(path.name, image.format or "", image.mode, image.size, length)
                bombs.refuse_values(image.info.get("exif", b""), path.name)
                yield file, image
    except KnownError:
        raise
    except Exception as error:
        raise KnownError(_reason(path, error)) from error


def _refuse_what_is_no_file(path: Path) -> None:
    facts = path.stat()
    if stat.S_ISDIR(facts.st_mode):
        raise KnownError(f"{path.name} is a folder, not a photo.")
    if not stat.S_ISREG(facts.st_mode):  # opening a pipe would wait for ever
        raise KnownError(f"{path.name} is not an ordinary file.")
    if facts.st_size == 0:
        raise KnownError(f"{path.name} is empty: it has 0 bytes.")


def _refuse_huge(path: Path, size: tuple[int, int], limit_pixels: int) -> None:
    pixels = size[0] * size[1]
    if pixels > limit_pixels:
        raise KnownError(
            f"{path.name} is too large: {size[0]} × {size[1]} pixels are {pixels / 1e6:.0f} megapixels, and "
            f"the limit is {limit_pixels / 1e6:.0f}. Save a smaller copy and add that."
        )


def _refuse_without_memory(path: Path, size: tuple[int, int]) -> None:
    """Before pixels are decoded: a system without memory ends any program, not this one alone."""
    needed = size[0] * size[1] * BYTES_PER_PIXEL
    if needed < NO_MATTER:
        return
    import psutil

    free = psutil.virtual_memory().available
    if needed > free:
        raise KnownError(
            f"{path.name} needs about {needed / 1e9:.1f} GB of memory to be opened, and {free / 1e9:.1f} GB "
            "are free. Close other programs, or save a smaller copy and add that."
        )


def _reason(path: Path, error: Exception) -> str:
    name = path.name
    if isinstance(error, FileNotFoundError):
        return f"{name} is not there any more."
    if isinstance(error, PermissionError):
        return f"{name} may not be read: its permissions forbid it."
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        limit = f"{LIMIT_PIXELS / 1e6:.0f} megapixels"
        return f"{name} is too large: the limit is {limit}. Save a smaller copy and add that."
    if isinstance(error, UnidentifiedImageError):
        return _not_a_photo(path)
    if isinstance(error, MemoryError):
        return f"{name} needs more memory than is free."
    if "truncated" in str(error).lower():
        return f"{name} is cut short: the file ends before the picture does. Copy it again from its source."
    if isinstance(error, OSError) and error.errno:
        return f"{name} cannot be read: {error.strerror}."
    return f"{name} is damaged and cannot be shown ({type(error).__name__})."


def _not_a_photo(path: Path) -> str:
    with suppress(OSError), path.open("rb") as file:
        if file.read(12)[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"):
            return f"{path.name} is a HEIC photo, which cannot be read yet. Export it as JPEG and add that."
    known = "JPEG, PNG, WebP, AVIF, TIFF, BMP, GIF, JPEG 2000"
    return f"{path.name} is not a photo this program can read ({known})."


def _orientation(image: Image.Image) -> int:
    """EXIF orientation, 1 when absent or nonsense: damaged EXIF does not make a photo unreadable."""
    with suppress(Exception):
        value = image.getexif().get(_ORIENTATION, 1)
        if value in _TURNS:
            return int(value)
    return 1


def _taken_at(image: Image.Image) -> datetime | None:
    with suppress(Exception):
        exif = image.getexif()
        text = exif.get_ifd(_EXIF_IFD).get(_DATETIME_ORIGINAL) or exif.get(_DATETIME)
        return datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S")
    return None


def _frames(image: Image.Image, file: BinaryIO) -> int:
    """Frames of an animation or pages of a TIFF; the second picture of an MPO is the camera's affair."""
    at = file.tell()
    try:
        with suppress(Exception):
            if image.format in bombs.COUNTS:
                return bombs.COUNTS[image.format](file)
            return int(getattr(image, "n_frames", 1)) if image.format in _MOVING else 1
        return 1
    finally:
        file.seek(at)


def _turns_itself(image: Image.Image) -> bool:
    return image.format == "TIFF"  # Pillow's TIFF plugin applies the orientation while it loads


def _upright_size(image: Image.Image, orientation: int) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if orientation >= 5 and not _turns_itself(image) else (width, height)


def _upright(rgb: Image.Image, source: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return rgb if turn is None or _turns_itself(source) else rgb.transpose(turn)
