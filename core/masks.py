"""Masks that nobody has to draw: a face of the album, or the person it belongs to."""

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw, ImageFilter
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import images, references, start_photo
from core.errors import KnownError
from core.library.tables import Face, Photo, Subject
from core.paths import Home

if TYPE_CHECKING:
    from core.engine import Engine
    from core.segment import Segmenter

Box = tuple[float, float, float, float]
SIDE = 384
"""Pixels of the square in which a person's outline is looked for."""


@dataclass(frozen=True)
class SeenFace:
    """A face on a photo, as the album knows it: `name` and `handle` are "" for somebody nobody has named."""

    box: Box
    name: str = ""
    handle: str = ""


def faces(session: Session, photo: Path) -> list[SeenFace]:
    """The faces on a photo of the album, from left to right; none on a photo it does not hold. Raises
    KnownError for what is no photo."""
    rows = session.execute(
        select(Face.left, Face.top, Face.right, Face.bottom, Subject.named, Subject.name, Subject.handle)
        .join(Photo, Photo.id == Face.photo_id)
        .outerjoin(Subject, Subject.id == Face.subject_id)
        .where(Photo.sha256 == start_photo.hash_of(photo), Face.state != "ignored")
        .order_by(Face.left)
    )
    return [
        SeenFace((left, top, right, bottom), *((name, handle) if named else ("", "")))
        for left, top, right, bottom, named, name, handle in rows
    ]


def find(seen: list[SeenFace], who: str) -> SeenFace:
    """The face of somebody, by handle or name, or by its number from the left. Raises KnownError."""
    wanted = who.strip().removeprefix("@").casefold()
    for number, face in enumerate(seen, 1):
        if wanted in (str(number), face.handle.casefold(), face.name.casefold()):
            return face
    known = ", ".join(face.handle or str(number) for number, face in enumerate(seen, 1))
    there = f"There are: {known}." if seen else "The album knows no face on it: import the photo first."
    raise KnownError(f"There is no face called “{who}” on this photo. {there}")


def face(size: tuple[int, int], box: Box) -> Image.Image:
    """An oval over a face with its hair, on a black picture of the photo's `size`."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    mask = Image.new("L", size, 0)
    oval = (left - 0.2 * wide, top - 0.4 * high, right + 0.2 * wide, bottom + 0.15 * high)
    ImageDraw.Draw(mask).ellipse(oval, fill=255)
    return mask


def as_png(mask: Image.Image) -> bytes:
    stream = io.BytesIO()
    mask.save(stream, "PNG")
    return stream.getvalue()


def person(
    engine: "Engine", home: Home, margin: float, photo: Path, box: Box, others: Sequence[Box] = ()
) -> Image.Image:
    """The outline of the person whose face is in `box`, head and body, on a black picture of the photo's
    size; never beyond the middle between them and one of the `others`. `margin`: the engine's own, from the
    settings. Nothing of what the engine makes for that is kept. Raises KnownError."""
    size = images.upright_size(photo)
    body = _body(box, size)
    made = engine.prepare(photo, body, "object", SIDE)
    try:
        outline = references.load(home.references, made.mask or made.crop).convert("L")
    finally:
        for sha256 in filter(None, (made.crop, made.mask)):
            with contextlib.suppress(OSError):
                home.reference(sha256).unlink()
    whole = placed(outline, body, margin, size)
    found = _grown(ImageChops.lighter(_theirs(_without(whole, box, others), box), face(size, box)), size)
    return _without(found, box, others)


def person_on(
    image: Image.Image, segmenter: "Segmenter", margin: float, box: Box, others: Sequence[Box] = ()
) -> Image.Image:
    """Closer to the person than `person`, whose mask is to leave nothing of them: on an upright photo that is
    open already, by a segmenter of this process. The face itself always is in it. Raises KnownError."""
    body = _body(box, image.size)
    _, outline = references.prepare(image, body, "object", SIDE, margin, segmenter)
    theirs = _theirs(_without(placed(outline, body, margin, image.size), box, others), box)
    inner = Image.new("L", image.size, 0)
    ImageDraw.Draw(inner).ellipse(box, fill=255)
    found = ImageChops.lighter(theirs, inner) if theirs.getbbox() else face(image.size, box)
    return _without(found, box, others)


def thing_on(image: Image.Image, segmenter: "Segmenter", margin: float, box: Box) -> Image.Image:
    """The outline of the object in `box` on an upright photo, on a black picture of its size. Raises
    KnownError."""
    _, outline = references.prepare(image, box, "object", SIDE, margin, segmenter)
    return placed(outline, box, margin, image.size)


def placed(outline: Image.Image, box: Box, margin: float, size: tuple[int, int]) -> Image.Image:
    """The mask of a square crop about `box` back in its place, on a black picture of the photo's `size`."""
    left, top, right, _ = references.square(references.enlarged(box, margin))
    side = max(1, round(right - left))
    whole = Image.new("L", size, 0)
    whole.paste(outline.resize((side, side), Image.Resampling.BILINEAR), (round(left), round(top)))
    return whole


def _body(box: Box, size: tuple[int, int]) -> Box:
    """Where the body of somebody with this face can be, standing or sitting."""
    left, top, right, bottom = box
    wide, high, middle = right - left, bottom - top, (left + right) / 2
    return (
        max(0.0, middle - 1.8 * wide),
        max(0.0, top - 0.6 * high),
        min(float(size[0]), middle + 1.8 * wide),
        min(float(size[1]), bottom + 4.5 * high),
    )


def _theirs(mask: Image.Image, box: Box) -> Image.Image:
    """Of what stands out the part that hangs together with the face; nothing where the face does not stand
    out."""
    scale = min(1.0, SIDE / max(mask.size))
    small = mask.resize((max(1, round(mask.width * scale)), max(1, round(mask.height * scale))))
    parts = small.point(lambda value: 255 if value >= 128 else 0)
    middle = round((box[0] + box[2]) / 2 * scale), round((box[1] + box[3]) / 2 * scale)
    at = min(parts.width - 1, middle[0]), min(parts.height - 1, middle[1])
    if not parts.getpixel(at):
        return Image.new("L", mask.size, 0)
    ImageDraw.floodfill(parts, at, 128)
    theirs = parts.point(lambda value: 255 if value == 128 else 0)
    return theirs.resize(mask.size, Image.Resampling.BILINEAR)


def _without(mask: Image.Image, box: Box, others: Sequence[Box]) -> Image.Image:
    """What is nearer to somebody else beside them is not theirs."""
    left, right = 0.0, float(mask.width)
    middle, wide = (box[0] + box[2]) / 2, box[2] - box[0]
    for other in ((each[0] + each[2]) / 2 for each in others):
        if abs(other - middle) > wide / 2:
            between = (other + middle) / 2
            left, right = (max(left, between), right) if other < middle else (left, min(right, between))
    kept = Image.new("L", mask.size, 0)
    part = (round(left), 0, round(right), mask.height)
    kept.paste(mask.crop(part), part)
    return kept


def _grown(mask: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A little larger: hair and edges belong to them."""
    radius = max(1, round(max(size) / 200))
    soft = mask.filter(ImageFilter.GaussianBlur(radius))
    return soft.point(lambda value: 255 if value >= 48 else 0)
