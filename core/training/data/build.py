"""A data set from the user's own library: people who agreed to training, on photos that show nobody else, as
the user confirmed them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from PIL import Image

from core import masks
from core.errors import KnownError
from core.library import Library, backup, data_sets
from core.library.data_sets import HEADER
from core.library.training import may_train, training_refusals
from core.paths import Home
from core.segment import Segmenter
from core.training.data import own_captions
from core.training.data.album_photos import AlbumPhoto, Box, Shown, part_without, photos
from core.training.data.album_views import AlbumViews, photo_of
from core.training.data.folder_writer import NewPicture, NewSubject, Writer
from core.training.data.lines import Agreed

Progress = Callable[[int, int, str], None]
Dates = dict[str, tuple[datetime | None, datetime | None]]
MADE_BY = "Likeness, from a library of photos"
SOURCE = "the user's own photo, of people who agreed to training"
STRANGERS = "shows somebody who has not agreed to training, or whom nobody has confirmed"
NOBODY = (
    "Nobody in the library has agreed to training, or none of their faces is confirmed. Do both on the "
    "People page, or with: likeness person consent WHO granted --training"
)


@dataclass(frozen=True)
class Wanted:
    """`licence`: what others may do with the data set; `margin`: of references, in sides of the face; `side`:
    the longer one of a stored picture, `view`: of a reference, in pixels; `most`: references of one subject;
    `crop_others`: a photo with others on it is cropped until it shows none of them, instead of left out."""

    name: str = "people"
    licence: str = "private: not to be given away"
    margin: float = 1.3
    side: int = 1024
    view: int = 384
    most: int = 8
    crop_others: bool = False


@dataclass
class Built:
    """`added`: pictures that are new, `there`: that were in it before; `taken_out`: that were, and may not be
    learned from any more; `left_out`: photos and why; `notes`: captions that were not used, and why."""

    folder: Path
    added: int = 0
    there: int = 0
    taken_out: int = 0
    left_out: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        said = f"{self.added + self.there} pictures are in {self.folder}, {self.added} of them new."
        gone = f" {self.taken_out} were taken out: they may not be learned from any more."
        left = f" {len(self.left_out)} photos were left out." if self.left_out else ""
        return said + (gone if self.taken_out else "") + left


def build(
    library: Library,
    segmenter: Segmenter,
    wanted: Wanted | None = None,
    out: Path | None = None,
    progress: Progress = lambda *_: None,
) -> Built:
    """Makes a data set, or brings one up to date and goes on: in the home's training folder under its name,
    or in `out`. Raises KnownError when nobody agreed to training, and for a disk that fails: what is in it by
    then stays."""
    wanted = wanted or Wanted()
    folder = out or library.home.training / _folder_name(wanted.name)
    with library.read() as session:
        found, agreed = photos(session), may_train(session)
    built, usable = Built(folder), list[tuple[AlbumPhoto, Box]]()
    for photo in found:
        part = _part(photo, wanted.crop_others)
        usable += [(photo, part)] if part else []
        built.left_out += [] if part else [(str(photo.path), STRANGERS)]
    with _alone(library.home):
        writer = _begun(library, built, wanted, {*agreed}, {photo.sha256 for photo, _ in usable})
        if not found:
            raise KnownError(NOBODY)
        _Builder(library, segmenter, wanted, built, usable, writer).run(agreed, progress)
    return built


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Two at once would write each photo twice."""
    from filelock import FileLock, Timeout

    try:
        home.training.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(home.training / "building.lock", timeout=0, mode=0o600)
        lock.acquire()
    except Timeout as error:
        raise KnownError("Another Likeness is building a data set. Wait until it is done.") from error
    except OSError as error:
        raise KnownError(f"The folder {home.training} cannot be used: {error.strerror or error}.") from error
    try:
        yield
    finally:
        lock.release()


def _begun(library: Library, built: Built, wanted: Wanted, agreed: set[str], usable: set[str]) -> Writer:
    """The data set, without whom nobody may learn from any more and without photos that are left out today.
    A new one is made only where there is something to put into it."""
    if not usable and not (built.folder / HEADER).exists():
        raise KnownError(f"Each of {len(built.left_out)} photos {STRANGERS}." if built.left_out else NOBODY)
    writer = Writer(built.folder, wanted.name, wanted.licence, MADE_BY)
    gone = {*writer.header.people} - agreed
    if gone or writer.photos - usable:
        with backup.held(library.home):
            built.taken_out = data_sets.take_out(built.folder, gone, writer.photos - usable).lines
        writer = Writer(built.folder, wanted.name, wanted.licence, MADE_BY)
    return writer


class _Builder:
    def __init__(
        self, library: Library, segmenter: Segmenter, wanted: Wanted, built: Built,
        usable: list[tuple[AlbumPhoto, Box]], writer: Writer,
    ) -> None:  # fmt: skip
        self._library, self._segmenter, self._wanted = library, segmenter, wanted
        self._built, self._usable, self._writer = built, usable, writer
        photos = [photo for photo, _ in usable]
        self._views = AlbumViews(
            library, segmenter, photos, margin=wanted.margin, side=wanted.view, most=wanted.most
        )

    def run(self, agreed: Dates, progress: Progress) -> None:
        for number, (photo, part) in enumerate(self._usable):
            progress(number, len(self._usable), photo.path.name)
            if photo.sha256 in self._writer.photos:
                self._built.there += 1
                continue
            try:
                picture = self._picture(photo, part)
            except KnownError as error:
                self._built.left_out.append((str(photo.path), str(error)))
                continue
            self._keep(photo, picture, agreed)
        progress(len(self._usable), len(self._usable), "")

    def _keep(self, photo: AlbumPhoto, picture: NewPicture, agreed: Dates) -> None:
        """Asked once more, while nobody can be deleted: making the picture took its time."""
        uids = [each.uid for each in photo.shown if each.kind == "person"]
        home = self._library.home
        with backup.held(home):
            with self._library.read() as session:
                refused = training_refusals(session, uids)
            if refused:
                self._built.left_out.append((str(photo.path), STRANGERS))
                return
            self._writer.agreed({uid: Agreed(*agreed[uid]) for uid in uids})
            data_sets.note_elsewhere(home, self._built.folder, self._writer.header.people)
            self._writer.add(picture)
        self._built.added += 1

    def _picture(self, photo: AlbumPhoto, part: Box) -> NewPicture:
        """Raises KnownError for a photo that cannot be used, with the reason."""
        image = photo_of(photo.path, photo.sha256)
        faces = [each.box for each in photo.shown if each.kind == "person"]
        outlines = [self._outline(image, each, [*faces, *photo.others]) for each in photo.shown]
        caption = own_captions.caption(photo.path, photo.shown)
        self._built.notes += [(str(photo.path), caption.note)] if caption.note else []
        frame = _Part.of(part, self._wanted.side)
        shown = [
            self._subject(photo, each, outline, frame, caption, number)
            for number, (each, outline) in enumerate(zip(photo.shown, outlines, strict=True))
        ]
        return NewPicture(frame.cut(image), caption.text, shown, SOURCE, photo.sha256)

    def _subject(
        self, photo: AlbumPhoto, who: Shown, outline: Image.Image, frame: "_Part",
        caption: own_captions.Caption, number: int,
    ) -> NewSubject:  # fmt: skip
        """With the noun as the caption writes it."""
        start, end = caption.spans[number]
        mask, seen = frame.cut(outline), frame.box(who.box)
        views = self._views.of(who.uid, photo.id)
        face = seen if who.kind == "person" else None
        noun = caption.text[start:end]
        box, chosen = _around(mask, seen), views[: self._wanted.most]
        score = None if who.score is None else min(1.0, max(0.0, who.score))
        return NewSubject(who.uid, who.kind, noun, (start, end), mask, box, chosen, face, score)

    def _outline(self, image: Image.Image, who: Shown, faces: list[Box]) -> Image.Image:
        margin = self._wanted.margin
        if who.kind == "person":
            others = [face for face in faces if face != who.box]
            return masks.person_on(image, self._segmenter, margin, who.box, others)
        return masks.thing_on(image, self._segmenter, margin, who.box)


@dataclass(frozen=True)
class _Part:
    """A part of a photo, made smaller: in whole pixels."""

    corner: tuple[int, int]
    size: tuple[int, int]
    scale: float

    @classmethod
    def of(cls, part: Box, side: int) -> "_Part":
        left, top, right, bottom = -int(-part[0] // 1), -int(-part[1] // 1), int(part[2]), int(part[3])
        size = (right - left, bottom - top)
        return cls((left, top), size, min(1.0, side / max(size)))

    def cut(self, image: Image.Image) -> Image.Image:
        left, top = self.corner
        part = image.crop((left, top, left + self.size[0], top + self.size[1]))
        return part if self.scale == 1 else part.resize(self._small, Image.Resampling.LANCZOS)

    def box(self, box: Box) -> Box:
        """In the part's pixels, as far as it is seen."""
        x, y = (small / whole for small, whole in zip(self._small, self.size, strict=True))
        left, right = (min(self._small[0], max(0.0, (at - self.corner[0]) * x)) for at in (box[0], box[2]))
        top, bottom = (min(self._small[1], max(0.0, (at - self.corner[1]) * y)) for at in (box[1], box[3]))
        return round(left, 2), round(top, 2), round(right, 2), round(bottom, 2)

    @property
    def _small(self) -> tuple[int, int]:
        return max(1, round(self.size[0] * self.scale)), max(1, round(self.size[1] * self.scale))


def _part(photo: AlbumPhoto, crop_others: bool) -> Box | None:
    """None for a photo that is left out: with others on it, or on which nobody looked for faces."""
    if not photo.looked or (photo.others and not crop_others):
        return None
    return part_without(photo)


def _around(mask: Image.Image, seen: Box) -> Box:
    """Around what the mask covers; what was seen where that is nothing."""
    box = mask.point(lambda value: 255 if value >= 128 else 0).getbbox()
    return (float(box[0]), float(box[1]), float(box[2]), float(box[3])) if box else seen


def _folder_name(name: str) -> str:
    """Raises KnownError for a name that is none."""
    if not re.fullmatch(r"\w[\w .-]{0,60}", name):
        raise KnownError(f"“{name}” cannot be a folder's name. Use letters, digits, dashes.")
    return name
