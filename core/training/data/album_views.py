"""References of the people and objects of a library, for a data set: those the user has, then crops of the
best confirmed faces, made as the program makes its own."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from core import references
from core.errors import KnownError
from core.images import open_photo, read_photo_facts
from core.library import Library, subjects
from core.segment import Segmenter
from core.spec import Kind
from core.training.data.album_photos import AlbumPhoto, Box, shows_others
from core.training.data.folder_writer import NewView


@dataclass(frozen=True)
class _Made:
    photo: int | None
    view: NewView


@dataclass(frozen=True)
class _Place:
    """Where a crop may be taken."""

    photo: AlbumPhoto
    box: Box
    kind: Kind
    quality: float


class AlbumViews:
    """`of` answers for one subject after the other; what was made stays in memory, `most` crops of `side`
    pixels each."""

    def __init__(
        self, library: Library, segmenter: Segmenter, photos: Sequence[AlbumPhoto], *, margin: float,
        side: int, most: int,
    ) -> None:  # fmt: skip
        self._library, self._segmenter = library, segmenter
        self._margin, self._side, self._most = margin, side, most
        self._made: dict[str, list[_Made]] = {}
        self._places: dict[str, list[_Place]] = defaultdict(list)
        for photo in photos:
            for each in photo.shown:
                self._places[each.uid].append(_Place(photo, each.box, each.kind, each.quality))

    def of(self, uid: str, photo: int) -> list[NewView]:
        """Those of other photos; of this one where there are no others. Raises KnownError when none can be
        made."""
        made = self._made.get(uid)
        if made is None:
            made = self._made[uid] = self._make(uid)
        others = [each.view for each in made if each.photo != photo]
        found = others or [each.view for each in made]
        if not found:
            raise KnownError("no reference of them could be made")
        return found

    def _make(self, uid: str) -> list[_Made]:
        made = self._own(uid)
        known = {each.photo for each in made}
        for place in sorted(self._places[uid], key=lambda each: (-each.quality, each.photo.id)):
            if len(made) >= self._most:
                break
            alone = not shows_others(place.photo, place.box, self._margin)
            if place.photo.id not in known and alone and (view := self._cut(place)) is not None:
                made.append(_Made(place.photo.id, view))
                known.add(place.photo.id)
        return made

    def _own(self, uid: str) -> list[_Made]:
        """With the masks the user corrected. One whose file is gone is passed over."""
        found = []
        with self._library.read() as session:
            rows = subjects.references(session, subjects.get(session, uid).id)
        for row in [each for each in rows if each.enabled][: self._most]:
            try:
                crop = references.load(self._library.home.references, row.crop)
                mask = references.load(self._library.home.references, row.mask) if row.mask else None
            except KnownError:
                continue
            found.append(_Made(row.photo_id, self._small(crop, mask)))
        return found

    def _cut(self, place: _Place) -> NewView | None:
        try:
            image = open_photo(place.photo.path).image
            made = references.prepare(image, place.box, place.kind, self._side, self._margin, self._segmenter)
            return self._small(*made)
        except KnownError:  # the photo is gone or damaged: it is reported where its turn comes
            return None

    def _small(self, crop: Image.Image, mask: Image.Image | None) -> NewView:
        size = (min(crop.width, self._side),) * 2
        small = crop if crop.size == size else crop.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        return NewView(small.convert("RGB"), mask.convert("L") if mask else None)


def photo_of(path: Path, sha256: str) -> Image.Image:
    """Upright RGB. Raises KnownError for another photo than the library knows."""
    if read_photo_facts(path).sha256 != sha256:
        raise KnownError("has changed since it was imported")
    return open_photo(path).image
