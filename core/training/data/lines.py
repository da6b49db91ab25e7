"""The data format: a folder with `dataset.json`, `data.jsonl` (one line a picture) and `images/`, `crops/`,
`masks/`. docs/training-data.md describes it.

A folder may come from anybody. Every line is held to these types, no name leads out of the folder, and a
decoder gets nothing that `core.images` would not give it.
"""

import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from PIL import Image

from core import images
from core.errors import UNREADABLE, KnownError
from core.library.data_sets import HEADER, LINES
from core.spec import Kind, Sha256

MOST_LINE = 1_000_000
MOST_PIXELS = 50_000_000
# Below one of the three folders; no part begins with a dot, so none is “..”.
_NAME = r"(/[^/\\:.\x00-\x1f][^/\\:\x00-\x1f]*)+\Z"
ImageName = Annotated[str, Meta(pattern=rf"\Aimages{_NAME}", max_length=300)]
CropName = Annotated[str, Meta(pattern=rf"\A(crops|images){_NAME}", max_length=300)]
MaskName = Annotated[str, Meta(pattern=rf"\Amasks{_NAME}", max_length=300)]
Uid = Annotated[str, Meta(min_length=1, max_length=64)]
Side = Annotated[int, Meta(ge=1, le=65535)]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the picture."""


class View(Struct, frozen=True, forbid_unknown_fields=True):
    """A square crop of the subject, best of another picture: 1.3 times the box of the face, with its
    surroundings. `mask`: what of it is the subject, stretched over it; without one, all of it."""

    crop: CropName
    mask: MaskName | None = None


class Subject(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody or something in a picture. `uid`: the same in every picture of them; `span`: where the noun
    stands in the caption, in characters; `mask`: stretched over the picture; `face`: for people; `score`: how
    sure the detector was."""

    uid: Uid
    kind: Kind
    noun: Annotated[str, Meta(min_length=1, max_length=100)]
    span: tuple[int, int]
    mask: MaskName
    box: Box
    references: Annotated[tuple[View, ...], Meta(min_length=1, max_length=100)]
    face: Box | None = None
    score: Annotated[float, Meta(ge=0, le=1)] | None = None

    def __post_init__(self) -> None:
        _check_box("box", self.box)
        if self.face is not None:
            _check_box("face", self.face)


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One picture. `sha256`: of the image's file; `size`: its width and height; `source`: where it is from
    and under which licence, in words; `photo`: the hash of the photo it was made from."""

    image: ImageName
    sha256: Sha256
    size: tuple[Side, Side]
    caption: Annotated[str, Meta(min_length=1, max_length=2000)]
    subjects: Annotated[tuple[Subject, ...], Meta(max_length=32)]
    source: Annotated[str, Meta(max_length=2000)] = ""
    photo: Sha256 | None = None

    def __post_init__(self) -> None:
        for number, subject in enumerate(self.subjects):
            start, end = subject.span
            if not 0 <= start < end <= len(self.caption) or self.caption[start:end] != subject.noun:
                raise ValueError(f"subjects[{number}].span: “{subject.noun}” is not what stands there")
            for name, box in (("box", subject.box), ("face", subject.face)):
                if box is not None and not _within(box, self.size):
                    raise ValueError(f"subjects[{number}].{name}: lies outside the picture")


class Agreed(Struct, frozen=True, forbid_unknown_fields=True):
    """A consent to train: since when, and until when it holds."""

    since: datetime | None = None
    until: datetime | None = None


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """`people`: whom the data set shows and when they agreed, by uid: real people of the library it was made
    from. Nobody for pictures of people who do not exist."""

    likeness: Literal["training data"]
    version: Literal[1]
    name: str
    made_by: str
    made_at: datetime
    licence: str
    people: dict[Uid, Agreed] = {}


@dataclass(frozen=True)
class DataSet:
    """A folder that was read and found in order, but for its pictures, which are opened when they are
    needed."""

    folder: Path
    header: Header
    lines: tuple[Line, ...]


def read(folder: Path) -> DataSet:
    """Raises KnownError for the first fault, naming file, line and field."""
    header = read_header(folder)
    lines = []
    for number, line in numbered(folder / LINES):
        lines.append(parse(line, f"{LINES}, line {number}"))
    if not lines:
        raise KnownError(f"The data set in {folder} has no pictures.")
    return DataSet(folder, header, tuple(lines))


def read_header(folder: Path) -> Header:
    """Raises KnownError for a folder that is no data set, or one of a newer program."""
    file = folder / HEADER
    try:
        data = file.read_bytes()
        told = json.loads(data)
    except OSError as error:
        raise KnownError(f"{folder} is no data set: {HEADER} cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise KnownError(f"{HEADER} in {folder} is damaged: {error}.") from error
    version = told.get("version") if isinstance(told, dict) else None
    if isinstance(version, int) and version > 1:
        raise KnownError(f"The data set in {folder} was made by a newer Likeness. Use that version.")
    try:
        return msgspec.json.decode(data, type=Header)
    except UNREADABLE as error:
        raise KnownError(f"{HEADER} in {folder}: {error}.") from error


def numbered(file: Path) -> Iterator[tuple[int, bytes]]:
    """Each line that is not empty, with its number. Raises KnownError for one that is too long, and for a
    last one that was not written to its end."""
    try:
        with file.open("rb") as lines:
            for number in itertools.count(1):
                line = lines.readline(MOST_LINE + 1)
                if len(line) > MOST_LINE:
                    raise KnownError(f"{file.name}, line {number}: is longer than a line can be.")
                if line and not line.endswith(b"\n"):
                    raise KnownError(
                        f"{file.name}, line {number}: was not written to its end. Build the data set again: "
                        "it goes on from there."
                    )
                if not line:
                    return
                if line.strip():
                    yield number, line
    except OSError as error:
        raise KnownError(f"{file} cannot be read: {error.strerror}.") from error


def parse(line: bytes, where: str) -> Line:
    """Raises KnownError, naming the field."""
    try:
        return msgspec.json.decode(line, type=Line)
    except UNREADABLE as error:
        raise KnownError(f"{where}: {error}.") from error


def open_picture(folder: Path, name: str, mode: str = "RGB") -> Image.Image:
    """A picture, crop or mask of the data set. Raises KnownError for a file that leads out of the folder or
    that no decoder should get."""
    path = folder / name
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError) as error:
        raise KnownError(f"{name} in {folder} cannot be read.") from error
    if not inside:
        raise KnownError(f"{name} leads out of the data set {folder}: it was not opened.")
    return images.open_photo(path, MOST_PIXELS).image.convert(mode)


def open_image(folder: Path, line: Line) -> Image.Image:
    """The picture of a line, of the size it says. Raises KnownError."""
    image = open_picture(folder, line.image)
    if image.size != line.size:
        said = f"{line.size[0]} × {line.size[1]}"
        raise KnownError(f"{line.image} in {folder} has {image.width} × {image.height} pixels, not {said}.")
    return image


def _check_box(name: str, box: Box) -> None:
    if not all(map(math.isfinite, box)) or not (box[0] < box[2] and box[1] < box[3]):
        raise ValueError(f"{name}: needs left < right and top < bottom")


def _within(box: Box, size: tuple[int, int]) -> bool:
    """To half a pixel: boxes are rounded."""
    return box[0] >= -0.5 and box[1] >= -0.5 and box[2] <= size[0] + 0.5 and box[3] <= size[1] + 0.5
