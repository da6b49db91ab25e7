"""Writing a data set: each picture with all that belongs to it, whole or not at all, and on from where it
stopped."""

import hashlib
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import structs
from PIL import Image

from core.disk import write_whole
from core.errors import KnownError
from core.library.data_sets import FOLDERS, HEADER, LEFT_OUT, LINES
from core.spec import Kind
from core.training.data import lines
from core.training.data.lines import Agreed, Box, Header, Line, Subject, View

QUALITY = 95
"""Of photos, which are stored as JPEG; what is to be exact is stored as PNG."""


@dataclass(frozen=True)
class NewView:
    """`crop`: RGB, square; `mask`: "L", of any size."""

    crop: Image.Image
    mask: Image.Image | None = None


@dataclass(frozen=True)
class NewSubject:
    uid: str
    kind: Kind
    noun: str
    span: tuple[int, int]
    mask: Image.Image
    box: Box
    views: Sequence[NewView]
    face: Box | None = None
    score: float | None = None


@dataclass(frozen=True)
class NewPicture:
    """`exact`: every value of every pixel is kept."""

    image: Image.Image
    caption: str
    subjects: Sequence[NewSubject]
    source: str = ""
    photo: str | None = None
    exact: bool = False


class Writer:
    """Adds pictures to a data set, which is made if there is none. Raises KnownError for a folder that holds
    something else, and for a disk that fails: then the data set is as it was."""

    def __init__(self, folder: Path, name: str, licence: str, made_by: str) -> None:
        self.folder = folder
        if not (folder / HEADER).exists():
            self._begin(Header("training data", 1, name, made_by, datetime.now(UTC), licence))
        self._header = lines.read_header(folder)
        self._mend()
        self.photos = frozenset(
            line.photo for file in (LINES, LEFT_OUT) for line in self._lines(file) if line.photo
        )
        """Hashes of the photos that are in it already."""

    @property
    def header(self) -> Header:
        return self._header

    def agreed(self, people: dict[str, Agreed]) -> None:
        """Notes whom the data set shows, before the first picture of theirs is added."""
        self._header = structs.replace(self._header, people=self._header.people | people)
        self._save(HEADER, json_of(self._header))

    def add(self, picture: NewPicture) -> Line:
        """Raises KnownError for a picture that the reader would not take."""
        image = _encoded(picture.image, picture.exact)
        sha256, ending = hashlib.sha256(image).hexdigest(), "png" if picture.exact else "jpg"
        name = self._keep("images", image, ending)
        subjects = tuple(map(self._subject, picture.subjects))
        try:
            line = Line(
                name, sha256, picture.image.size, picture.caption, subjects, picture.source, picture.photo
            )
        except ValueError as error:
            raise KnownError(f"The picture “{picture.caption}” was not added: {error}.") from error
        told = msgspec.json.encode(line) + b"\n"
        lines.parse(told, f"The line of {name}")
        self._append(told)
        return line

    def _subject(self, new: NewSubject) -> Subject:
        views = tuple(View(self._crop(view), self._mask(view.mask)) for view in new.views)
        mask = self._mask(new.mask)
        assert mask is not None
        return Subject(new.uid, new.kind, new.noun, new.span, mask, new.box, views, new.face, new.score)

    def _crop(self, view: NewView) -> str:
        return self._keep("crops", _encoded(view.crop, exact=True), "png")

    def _mask(self, mask: Image.Image | None) -> str | None:
        return self._keep("masks", _encoded(mask, exact=True), "png") if mask else None

    def _keep(self, folder: str, data: bytes, ending: str) -> str:
        """Named by its bytes: the same crop in many lines is one file."""
        name = f"{folder}/{hashlib.sha256(data).hexdigest()}.{ending}"
        if not (self.folder / name).exists():
            self._save(name, data)
        return name

    def _append(self, told: bytes) -> None:
        """A line that finds no room leaves none of it."""
        file = self.folder / LINES
        before = file.stat().st_size
        try:
            with file.open("ab") as stream:
                stream.write(told)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            os.truncate(file, before)
            raise KnownError(_full(file, error)) from error

    def _begin(self, header: Header) -> None:
        try:
            if self.folder.exists() and any(self.folder.iterdir()):
                raise KnownError(f"{self.folder} is no data set and not empty. Choose an empty folder.")
            below = [self.folder / name for name in FOLDERS]
            # mkdir gives its mode to the last folder alone.
            for each in (*reversed(self.folder.parents), self.folder, *below):
                each.mkdir(exist_ok=True, mode=0o700)
            write_whole(self.folder / LINES, b"")
            write_whole(self.folder / HEADER, json_of(header))
        except OSError as error:
            raise KnownError(_full(self.folder, error)) from error

    def _mend(self) -> None:
        """What was killed in the middle of a line left a part of it."""
        file = self.folder / LINES
        try:
            data = file.read_bytes()
            if not data.endswith(b"\n"):
                os.truncate(file, data.rfind(b"\n") + 1)
        except OSError as error:
            raise KnownError(f"{file} cannot be read: {error.strerror}.") from error

    def _lines(self, name: str) -> list[Line]:
        if not (self.folder / name).exists():
            return []
        found = lines.numbered(self.folder / name)
        return [lines.parse(line, f"{name}, line {number}") for number, line in found]

    def _save(self, name: str, data: bytes) -> None:
        try:
            write_whole(self.folder / name, data)
        except OSError as error:
            raise KnownError(_full(self.folder / name, error)) from error


def json_of(header: Header) -> bytes:
    return json.dumps(msgspec.to_builtins(header), indent=2, ensure_ascii=False).encode()


def _encoded(image: Image.Image, exact: bool) -> bytes:
    stream = io.BytesIO()
    if exact:
        image.save(stream, "PNG", compress_level=6)
    else:
        image.convert("RGB").save(stream, "JPEG", quality=QUALITY, subsampling=0)
    return stream.getvalue()


def _full(path: Path, error: OSError) -> str:
    return f"{path} cannot be written: {error.strerror or error}. What is in the data set stays as it was."
