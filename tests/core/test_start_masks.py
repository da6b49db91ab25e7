"""Masks of an album's faces and people, and a start photo's mask from the wish to its end."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core import compose, masks, start_photo
from core.compose import Wish
from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.faces import Box, Face
from core.images import read_photo_facts
from core.library import Library, jobs, open_library, photos, subjects
from core.library.depicted import needed
from core.metadata import Saved, xmp
from core.paths import Home
from core.settings import Settings
from core.spec import Inside, Kind, Reference, RenderSpec, StartPhoto

LEFT, RIGHT = (20.0, 20.0, 60.0, 70.0), (120.0, 25.0, 160.0, 75.0)
SIZE = (200, 120)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = open_library(Home(tmp_path / "home"))
    yield library
    library.close()


@pytest.fixture
def photo(library: Library, tmp_path: Path) -> Path:
    """Ada, who agreed, on the left; somebody without a name on the right."""
    file = tmp_path / "two.png"
    Image.effect_noise(SIZE, 50).convert("RGB").save(file)
    points = ((0.0, 0.0),) * 5
    with library.write() as session:
        photo_id, _ = photos.add(session, read_photo_facts(file))
        found = [Face(box, points, 0.9, 0.5, bytes(8)) for box in (RIGHT, LEFT)]
        photos.save_scan(session, photo_id, found, "toy")
        ada = subjects.create(session, "person", "Ada", "woman")
        subjects.set_consent(session, ada, "granted")
        theirs = photos.embedded(session, "toy")[1]
        photos.assign(session, {theirs.id: ada})
    return file


def wanted(library: Library, photo: Path, **fields: object) -> RenderSpec:
    wish = Wish(text="a cat", seed=1, start=str(photo), **fields)  # type: ignore[arg-type]
    with library.read() as session:
        return compose.specs(session, library.home, Settings(), wish)[0]


def painted(box: tuple[int, int, int, int], size: tuple[int, int] = SIZE) -> bytes:
    mask = Image.new("L", size, 0)
    mask.paste(255, box)
    return masks.as_png(mask)


# Found


def test_the_albums_faces_are_known_from_left_to_right(library: Library, photo: Path, tmp_path: Path) -> None:
    with library.read() as session:
        seen = masks.faces(session, photo)
        assert [(each.box, each.name, each.handle) for each in seen] == [
            (LEFT, "Ada", "ada"), (RIGHT, "", ""),
        ]  # fmt: skip
        Image.new("RGB", (20, 20)).save(tmp_path / "stranger.png")
        assert masks.faces(session, tmp_path / "stranger.png") == []
    assert [masks.find(seen, who).box for who in ("@Ada", "1", "2")] == [LEFT, LEFT, RIGHT]
    with pytest.raises(KnownError, match=r"no face called “zoe” on this photo\. There are: ada, 2\."):
        masks.find(seen, "zoe")


def test_a_face_is_an_oval_over_its_box() -> None:
    mask = masks.face(SIZE, LEFT)
    assert [mask.getpixel(at) for at in ((40, 45), (40, 5), (16, 45), (14, 8), (100, 45))] == [
        255, 255, 255, 0, 0,
    ]  # fmt: skip


class Segmenting(FakeEngine):
    """Finds two people, each a bar from the head down, who touch."""

    def prepare(self, photo: Path, box: Box | None, kind: Kind, size: int) -> Reference:
        assert box
        side = max(box[2] - box[0], box[3] - box[1]) * 1.3
        left, top = (box[0] + box[2] - side) / 2, (box[1] + box[3] - side) / 2
        whole = Image.new("L", SIZE, 0)
        ImageDraw.Draw(whole).rectangle((25, 15, 155, 119), fill=255)
        drawn = whole.crop((round(left), round(top), round(left + side), round(top + side))).resize(
            (size, size)
        )
        crop = self._store(masks.as_png(Image.new("L", (9, 9))))
        return Reference(crop, self._store(masks.as_png(drawn)))


def test_a_person_ends_in_the_middle_to_the_next_and_leaves_nothing_behind(
    library: Library, photo: Path
) -> None:
    engine = Segmenting(references=library.home.references)
    found = np.asarray(masks.person(engine, library.home, 1.3, photo, LEFT, [RIGHT]))
    assert found.shape == (120, 200)
    assert found[100, 30:85].all()
    assert not found[:, 92:].any()
    assert not list(library.home.references.rglob("*.png"))


# Kept


def test_a_mask_is_part_of_the_settings_with_most_of_it_made_anew(library: Library, photo: Path) -> None:
    kept = start_photo.keep_mask(library.home, painted((0, 0, 50, 50)))
    spec = wanted(library, photo, inside=Inside(kept, 0.05, 2.0))
    sha256 = hashlib.sha256(photo.read_bytes()).hexdigest()
    assert spec.start == StartPhoto(str(photo), sha256, 0.9, Inside(kept, 0.05, 2.0))
    assert RenderSpec.from_json(spec.to_json()) == spec
    assert wanted(library, photo, inside=Inside(kept), start_strength=0.4).start.strength == 0.4  # type: ignore[union-attr]


def test_the_picture_has_the_photos_size_and_says_that_it_is_a_composite(
    library: Library, photo: Path
) -> None:
    spec = wanted(library, photo, inside=Inside(start_photo.keep_mask(library.home, painted((0, 0, 9, 9)))))
    assert compose.estimate([spec]).bytes == round(200 * 120 * compose.BYTES_PER_PIXEL)
    saved = Saved.of(spec, {"width": 200, "height": 120}, {})
    assert saved.size == (200, 120)
    assert xmp.AI_AND_PHOTO in xmp.packet(saved)


def test_masks_that_cannot_be_are_refused(library: Library, photo: Path, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="covers nothing"):
        start_photo.keep_mask(library.home, painted((0, 0, 0, 0)))
    with pytest.raises(KnownError, match="Draw it again"):
        wanted(library, photo, inside=Inside("0" * 64))
    with library.read() as session, pytest.raises(KnownError, match="needs the photo"):
        compose.specs(session, library.home, Settings(), Wish(text="a cat", inside=Inside("0" * 64)))
    with library.write() as session:
        subjects.set_consent(session, subjects.get(session, "ada").id, "withdrawn")
    kept = start_photo.keep_mask(library.home, painted((0, 0, 50, 50)))
    with pytest.raises(KnownError, match="shows Ada"):
        wanted(library, photo, inside=Inside(kept))


def test_a_large_mask_is_kept_smaller(library: Library) -> None:
    kept = start_photo.keep_mask(library.home, painted((0, 0, 2000, 100), (4000, 100)))
    with Image.open(library.home.reference(kept)) as mask:
        assert mask.size == (start_photo.MASK_LIMIT, 51)


# Deleted


def test_it_goes_with_who_is_on_the_photo_and_stays_for_others(
    library: Library, photo: Path, tmp_path: Path
) -> None:
    other = tmp_path / "nobody.png"
    Image.new("RGB", SIZE, "teal").save(other)
    theirs = start_photo.keep_mask(library.home, painted((0, 0, 50, 50)))
    others = start_photo.keep_mask(library.home, painted((0, 0, 60, 60)))
    with library.write() as session:
        jobs.enqueue(session, [wanted(library, photo, inside=Inside(theirs))])
        jobs.enqueue(session, [wanted(library, other, inside=Inside(others))])
    with library.read() as session:
        assert {theirs, others} <= needed(session)
        ada = subjects.get(session, "ada").id
    subjects.delete(library, ada)
    assert not library.home.reference(theirs).exists()
    assert library.home.reference(others).exists()
