"""From a face's box, or an object's photo, to what an image encoder sees (arXiv 2309.05793 §3).

PhotoVerse's order, kept exactly: detect → enlarge the box by a margin (1.3) → square crop → resize to the
encoder's input → segment, and everything that is not the subject takes the encoder's mean colour. For an
object the first box is that of its mask in the whole photo; from there the path is the same.

Crop and mask are stored apart, so one reference serves encoders of any mean colour.
"""

import contextlib
import hashlib
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from core.disk import write_whole
from core.errors import KnownError
from core.faces import Box
from core.segment import Segmenter
from core.spec import Kind

CROP_LIMIT = 768
"""Longest side of a stored crop in pixels: the largest encoders read 448, and a larger output can be made
later."""

COVERED = 0.6
"""A mask that leaves out more of the face than this keeps is not a mask of that face."""

Mask = np.ndarray[Any, np.dtype[np.uint8]]


def prepare(
    image: Image.Image, box: Box | None, kind: Kind, size: int, margin: float, segmenter: Segmenter
) -> tuple[Image.Image, Image.Image]:
    """One reference for an encoder of `size` pixels: (RGB square crop of at most 768 px, "L" mask of `size` ×
    `size`).

    `image` is upright RGB; `box` is the face in its pixels, or None for an object, whose box is then found.
    Raises KnownError when nothing stands out in the photo of an object, or the box lies outside the photo."""
    if kind == "object" and box is None:
        return _prepare_object(image, size, margin, segmenter)
    if box is None:
        raise ValueError("A person's reference needs the box of the face.")
    outline = square(enlarged(box, margin))
    crop, mask, inside = _segmented(image, outline, size, segmenter)
    mended = _object_mask(mask) if kind == "object" else _face_mask(mask, _within(box, outline, size))
    return _at_most(crop, CROP_LIMIT), Image.fromarray(mended * inside)


def _prepare_object(
    image: Image.Image, size: int, margin: float, segmenter: Segmenter
) -> tuple[Image.Image, Image.Image]:
    """The mask that gave the box also joins the crop's own: at an encoder's 128 pixels thin legs and necks
    are lost, which the whole photo still shows."""
    whole = segmenter.mask(image)
    outline = square(enlarged(box_of(whole), margin))
    crop, mask, inside = _segmented(image, outline, size, segmenter)
    seen = cut_out(whole, outline, beyond=0)[0].resize((size, size), Image.Resampling.BILINEAR)
    mended = _object_mask(np.maximum(mask, np.asarray(seen)))
    return _at_most(crop, CROP_LIMIT), Image.fromarray(mended * inside)


def _segmented(
    image: Image.Image, outline: Box, size: int, segmenter: Segmenter
) -> tuple[Image.Image, Mask, Mask]:
    """The square crop, its mask at the encoder's size, and where at that size the photo is (1): what lies
    beyond its edges is never the subject."""
    crop, inside = cut_out(image, outline)
    small = crop.resize((size, size), Image.Resampling.LANCZOS, reducing_gap=3.0)
    within = np.asarray(inside.resize((size, size), Image.Resampling.NEAREST))
    return crop, np.asarray(segmenter.mask(small)) * within, within


def compose(
    crop: Image.Image, mask: Image.Image | None, size: int, mean_rgb: tuple[float, float, float]
) -> Image.Image:
    """What the encoder sees: `crop` at `size` × `size`, `mean_rgb` (0 to 1 each) where the mask is 0. An
    encoder that subtracts its mean reads 0 there. No mask leaves the crop whole."""
    small = crop.convert("RGB").resize((size, size), Image.Resampling.BICUBIC)
    if mask is None:
        return small
    colour = tuple(round(255 * value) for value in mean_rgb)
    return Image.composite(small, Image.new("RGB", small.size, colour), mask.convert("L").resize(small.size))


def box_of(mask: Image.Image) -> Box:
    """The box of what stands out in a photo, from its mask. Raises KnownError when nothing does."""
    parts = _main_parts(np.asarray(mask))
    rows, columns = np.flatnonzero(parts.any(axis=1)), np.flatnonzero(parts.any(axis=0))
    if not len(rows) or parts.mean() < 0.002:
        raise KnownError("Nothing stands out in this photo. Choose one with the object alone and large.")
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def enlarged(box: Box, margin: float) -> Box:
    """The box × `margin` about its centre."""
    left, top, right, bottom = box
    dx, dy = (right - left) * (margin - 1) / 2, (bottom - top) * (margin - 1) / 2
    return left - dx, top - dy, right + dx, bottom + dy


def square(box: Box) -> Box:
    """The square about the box's centre whose side is the box's longer one."""
    left, top, right, bottom = box
    half = max(right - left, bottom - top) / 2
    x, y = (left + right) / 2, (top + bottom) / 2
    return x - half, y - half, x + half, y + half


def cut_out(image: Image.Image, box: Box, beyond: int | None = None) -> tuple[Image.Image, Image.Image]:
    """The square `box` of the picture, and an "L" picture that is 1 inside the photo and 0 beyond its edges.

    What lies beyond takes `beyond`, or the mean colour of the rest: repeating the edge would draw shirts and
    hair on, and the segmenter would take them for the subject."""
    left, top = round(box[0]), round(box[1])
    side = max(1, round(box[2] - box[0]))
    part = image.crop(_shared((left, top, left + side, top + side), image.size))
    place = (max(0, -left), max(0, -top))
    colour = beyond if beyond is not None else _mean_colour(part)
    crop, inside = Image.new(image.mode, (side, side), colour), Image.new("L", (side, side), 0)
    crop.paste(part, place)
    inside.paste(1, (*place, place[0] + part.width, place[1] + part.height))
    return crop, inside


def store(folder: Path, image: Image.Image) -> str:
    """Writes the picture as PNG into the references folder, whole or not at all, named by the SHA-256 of its
    bytes, which it returns. Equal pictures are one file. Raises KnownError when it cannot be written."""
    return _store(folder, image)[0]


def store_all(folder: Path, images: Iterable[Image.Image]) -> list[str]:
    """As `store`, all of them or none: a crop whose mask found no room would be nobody's."""
    stored: list[tuple[str, bool]] = []
    try:
        for image in images:
            stored.append(_store(folder, image))
    except KnownError:
        for digest in (digest for digest, new in stored if new):
            with contextlib.suppress(OSError):
                place_of(folder, digest).unlink()
        raise
    return [digest for digest, _ in stored]


def load(folder: Path, sha256: str) -> Image.Image:
    """The stored crop (RGB) or mask ("L"). Raises KnownError when it is missing or not what was stored."""
    path = place_of(folder, sha256)
    if not _is_whole(path, sha256):
        raise KnownError(
            f"The reference picture {path.name} is missing or damaged. Make this subject's references again."
        )
    with Image.open(path) as image:
        image.load()
        return image


def place_of(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / f"{sha256}.png"


def _mean_colour(image: Image.Image) -> tuple[int, ...]:
    return tuple(int(v) for v in np.asarray(image).reshape(-1, len(image.getbands())).mean(axis=0))


def _shared(box: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    left, top, right, bottom = max(0, box[0]), max(0, box[1]), min(size[0], box[2]), min(size[1], box[3])
    if left >= right or top >= bottom:
        raise KnownError("The subject lies outside the photo: the photo has changed since it was imported.")
    return left, top, right, bottom


def _at_most(crop: Image.Image, limit: int) -> Image.Image:
    if crop.width <= limit:
        return crop
    return crop.resize((limit, limit), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _within(subject: Box, outline: Box, size: int) -> Box:
    """The subject's box in pixels of the resized crop."""
    scale = size / (outline[2] - outline[0])
    left, top = outline[:2]
    return (
        (subject[0] - left) * scale,
        (subject[1] - top) * scale,
        (subject[2] - left) * scale,
        (subject[3] - top) * scale,
    )


def _face_mask(mask: Mask, face: Box) -> Mask:
    """A salient-object model asks what stands out, not who: in a crop that is all face it may keep the hat
    alone, or nothing. The inner face always belongs to the mask; where the mask leaves most of it out, it is
    no mask of this face, and a soft oval over the face's box takes its place. Parts that do not touch the
    face are others'."""
    inner = _oval(mask.shape, enlarged(face, 0.7))
    if _covered(mask, inner) < COVERED:
        return _soft(_oval(mask.shape, enlarged(face, 1.1)))
    touching = _touching(mask >= 128, inner > 0)
    return np.maximum(_only(mask, touching), _soft(inner))


def _object_mask(mask: Mask) -> Mask:
    """Without its strays; whole when the crop has nothing that stands out any more (the object fills it)."""
    if not (mask >= 128).any():
        return np.full_like(mask, 255)
    return _only(mask, _main_parts(mask))


def _covered(mask: Mask, region: Mask) -> float:
    return float(mask[region > 0].mean()) / 255 if (region > 0).any() else 0.0


def _oval(shape: tuple[int, ...], box: Box) -> Mask:
    picture = Image.new("L", (shape[1], shape[0]), 0)
    ImageDraw.Draw(picture).ellipse(box, fill=255)
    return np.asarray(picture)


def _soft(mask: Mask) -> Mask:
    radius = max(1.0, mask.shape[0] / 64)
    return np.asarray(Image.fromarray(mask).filter(ImageFilter.GaussianBlur(radius)))


def _main_parts(mask: Mask) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """The largest connected part, and others of at least a fifth of its area."""
    from scipy import ndimage

    labels, count = ndimage.label(mask >= 128)
    if not count:
        return np.zeros(mask.shape, bool)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    return np.isin(labels, np.flatnonzero(areas >= max(1, areas.max() / 5)))


def _touching(parts: Any, region: Any) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    from scipy import ndimage

    labels, _ = ndimage.label(parts)
    return np.isin(labels, np.setdiff1d(np.unique(labels[region]), [0]))


def _only(mask: Mask, parts: "np.ndarray[Any, np.dtype[np.bool_]]") -> Mask:
    """The mask with its soft edges, but only on and just beside `parts`."""
    from scipy import ndimage

    near = ndimage.binary_dilation(parts, iterations=max(2, mask.shape[0] // 64))
    return np.where(near, mask, 0).astype(np.uint8)


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    except OSError:
        return False


def _store(folder: Path, image: Image.Image) -> tuple[str, bool]:
    """The file's hash, and whether there was none before."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=6)
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    path = place_of(folder, digest)
    known = _is_whole(path, digest)
    if not known:
        _write(path, buffer.getvalue())
    return digest, not known


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, data)
    except OSError as error:
        raise KnownError(_not_saved(path, error)) from error


def _not_saved(path: Path, error: OSError) -> str:
    return f"A reference picture cannot be saved in {path.parent}: {error.strerror}. Nothing was changed."
