"""Where each subject acts in a picture: its weights, averaged over steps and layers, in one small file beside
the picture.

The file is a PNG of 8-bit greys, one subject's map under the other. A text chunk says whose they are and
which pixels they belong to, so that a map never stands for another picture of that name. It holds names, as
the picture does, and no face vector.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from core.spec import Sha256, SubjectSpec

if TYPE_CHECKING:
    from PIL import Image

SUFFIX = ".relevance.png"
EXPLAINED = "-explained"
"""How a picture that shows somebody the weights is named (`core.explain`)."""
KEY = "likeness-relevance"
# More than any picture and number of subjects of ours, less than would fill the memory.
MOST_PIXELS = 64_000_000


@dataclass(frozen=True)
class SubjectMap:
    """One subject's weights over the picture: `grey` is an 8-bit picture of any size, to be stretched over
    it; 255 is the strongest weight of any subject there."""

    uid: str
    name: str
    grey: "Image.Image"


class _Whose(Struct, frozen=True):
    uid: str
    name: str


class _Carried(Struct, frozen=True):
    pixels: Sha256
    subjects: tuple[_Whose, ...]
    version: int = 1


def path_of(picture: Path) -> Path:
    """Where a picture's maps lie."""
    return picture.with_name(picture.stem + SUFFIX)


def picture_of(maps: Path) -> Path:
    """The picture that a file of maps lies beside."""
    return maps.with_name(maps.name.removesuffix(SUFFIX) + ".png")


def encode(maps: Mapping[str, bytes], subjects: Iterable[SubjectSpec], rgb: bytes) -> bytes:
    """`maps`: PNGs by uid, all of one size; `rgb`: the picture's pixels, row by row."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    whose = [_Whose(subject.uid, subject.name) for subject in subjects if subject.uid in maps]
    greys = [Image.open(io.BytesIO(maps[each.uid])) for each in whose]
    width, height = greys[0].size
    column = Image.new("L", (width, height * len(greys)))
    for number, grey in enumerate(greys):
        column.paste(grey, (0, number * height))
    info = PngInfo()
    info.add_itxt(KEY, msgspec.json.encode(_Carried(_hash(rgb), tuple(whose))).decode())
    stream = io.BytesIO()
    column.save(stream, "PNG", optimize=True, pnginfo=info)
    return stream.getvalue()


def read(picture: Path, rgb: bytes) -> tuple[SubjectMap, ...]:
    """What lies beside `picture`, whose pixels are `rgb`; empty where nothing does, where it cannot be read,
    and where it belongs to other pixels."""
    found = _open(path_of(picture))
    if found is None or found[0].pixels != _hash(rgb):
        return ()
    carried, column = found
    height = column.height // len(carried.subjects)
    return tuple(
        SubjectMap(each.uid, each.name, column.crop((0, n * height, column.width, (n + 1) * height)))
        for n, each in enumerate(carried.subjects)
    )


def is_maps(file: Path) -> bool:
    """Whether a file is one that `encode` made."""
    return file.name.endswith(SUFFIX) and _open(file) is not None


def _open(file: Path) -> "tuple[_Carried, Image.Image] | None":
    from PIL import Image

    try:
        with file.open("rb") as stream, Image.open(stream, formats=["PNG"]) as image:
            carried = msgspec.json.decode(str(image.info[KEY]), type=_Carried)
            if image.mode != "L" or image.width * image.height > MOST_PIXELS:
                return None
            if not carried.subjects or image.height % len(carried.subjects):
                return None
            image.load()
            return carried, image
    except Exception:  # a decoder fed with damaged bytes raises nearly anything
        return None


def _hash(rgb: bytes) -> str:
    return hashlib.sha256(rgb).hexdigest()
