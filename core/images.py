"""Opening a photo: upright RGB, or a clear reason why not.

Only formats a camera or an editor writes are tried, so that no file is ever handed to an interpreter (EPS) or
an exotic decoder. Decoders fed with damaged bytes raise nearly anything (struct.error, SyntaxError,
OverflowError, …): each of these is the file's fault here, never a bug.
"""

import hashlib
import io
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, UnidentifiedImageError

from core.errors import KnownError

LIMIT_PIXELS = 200_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "JPEG2000", "PPM")
SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".tif", ".tiff", ".bmp", ".gif"}
    | {".avif", ".jp2", ".j2k", ".ppm", ".pgm"}
)
"""Endings of the files an import looks at in a folder."""

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
_MOVING = {"GIF", "PNG", "WEBP", "AVIF"}


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
    with _opened(path, limit_pixels) as (_, image):
        orientation, frames = _orientation(image), _frames(image)
        upright = _upright(_to_rgb(image), image, orientation)
    note = f"Only the first of its {frames} frames is used." if frames > 1 else ""
    return PhotoImage(upright, orientation, note)


def read_photo_facts(path: Path, limit_pixels: int = LIMIT_PIXELS) -> PhotoFile:
    """Reads a photo's hash and header. Pixels are not decoded: damage further in shows in `open_photo` alone.
    Raises KnownError."""
    with _opened(path, limit_pixels) as (file, image):
        orientation = _orientation(image)
        width, height = _upright_size(image, orientation)
        taken_at, frames = _taken_at(image), _frames(image)
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
        small = _upright(_to_rgb(image), image, orientation)
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


@contextmanager
def _opened(path: Path, limit_pixels: int) -> Iterator[tuple[io.BufferedReader, Image.Image]]:
    """The file and its lazily opened picture; what goes wrong inside the block becomes a KnownError."""
    try:
        _refuse_what_is_no_file(path)
        with path.open("rb") as file, Image.open(file, formats=FORMATS) as image:
            _refuse_huge(path, image.size, limit_pixels)
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


def _frames(image: Image.Image) -> int:
    """Frames of an animation or pages of a TIFF; the second picture of an MPO is the camera's affair."""
    if image.format not in _MOVING | {"TIFF"}:
        return 1
    with suppress(Exception):
        return int(getattr(image, "n_frames", 1))
    return 1


def _turns_itself(image: Image.Image) -> bool:
    return image.format == "TIFF"  # Pillow's TIFF plugin applies the orientation while it loads


def _upright_size(image: Image.Image, orientation: int) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if orientation >= 5 and not _turns_itself(image) else (width, height)


def _upright(rgb: Image.Image, source: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return rgb if turn is None or _turns_itself(source) else rgb.transpose(turn)


def _to_rgb(image: Image.Image) -> Image.Image:
    image.load()
    if image.has_transparency_data:
        return _on_white(image)
    converter = _CONVERTERS.get(image.mode)
    if converter is not None:
        return converter(image)
    return _profiled(image) or image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")


def _from_16_bits(image: Image.Image) -> Image.Image:
    """0 … 65535 → 0 … 255. Pillow's own conversion clips: every grey above 255 would be white."""
    values = np.asarray(image).astype(np.int64)
    grey = (values.clip(0, 65535) * 255 + 32767) // 65535
    return Image.fromarray(grey.astype(np.uint8), "L").convert("RGB")


def _from_32_bits(image: Image.Image) -> Image.Image:
    """"I" holds 16-bit greys (some PNG and TIFF) or real 32-bit ones: the largest value decides."""
    values = np.asarray(image)
    if values.max(initial=0) <= 65535:
        return _from_16_bits(image)
    return _stretched(values.astype(np.float64), float(values.max()))


def _from_floats(image: Image.Image) -> Image.Image:
    """"F": 0 … 1 where nothing is brighter, otherwise the brightest value is white."""
    values = np.nan_to_num(np.asarray(image, np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    return _stretched(values, max(1.0, float(values.max(initial=0))))


def _stretched(values: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", white: float) -> Image.Image:
    grey = (values.clip(0, white) * (255 / white)).round()
    return Image.fromarray(grey.astype(np.uint8), "L").convert("RGB")


def _from_lab(image: Image.Image) -> Image.Image:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return _transformed(image, lab, srgb)


_CONVERTERS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "I;16": _from_16_bits,
    "I;16L": _from_16_bits,
    "I;16B": _from_16_bits,
    "I;16N": _from_16_bits,
    "I": _from_32_bits,
    "F": _from_floats,
    "LAB": _from_lab,
}


def _profiled(image: Image.Image) -> Image.Image | None:
    """The picture in sRGB by its embedded profile (Adobe RGB, a press's CMYK, …); None without a good one."""
    data = image.info.get("icc_profile")
    if not data or image.mode not in ("RGB", "CMYK"):
        return None
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        if image.mode == "RGB" and "sRGB" in ImageCms.getProfileDescription(profile):
            return None
        return _transformed(image, profile, ImageCms.createProfile("sRGB"))
    return None


def _transformed(image: Image.Image, source: object, target: object) -> Image.Image:
    result = ImageCms.profileToProfile(image, source, target, outputMode="RGB")  # type: ignore[arg-type]
    assert result is not None
    return result
