"""Box → square → encoder size → mask → mean colour, in that order, and files that are whole or absent."""

import errno
import hashlib
import json
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from core import references
from core.errors import KnownError
from core.faces import open_backend
from core.faces.boxes import iou
from core.images import open_photo
from core.paths import RESOURCES, Home
from core.references import compose, cut_out, enlarged, load, prepare, square, store
from core.segment import Segmenter, open_segmenter

ALBUM = RESOURCES / "demo" / "album"
MODELS = RESOURCES / "models"


class Painted:
    """Masks what is nearly red, and remembers the sizes of what it was shown."""

    identity, licence = "painted", ""

    def __init__(self, answer: int | None = None) -> None:
        self.answer, self.shown = answer, []

    def mask(self, image: Image.Image) -> Image.Image:
        self.shown.append(image.size)
        if self.answer is not None:
            return Image.new("L", image.size, self.answer)
        red, green, _ = (np.asarray(band, int) for band in image.split())
        return Image.fromarray(((red - green) > 100).astype(np.uint8) * 255)


def scene(*ovals: tuple[int, int, int, int], size: tuple[int, int] = (400, 300)) -> Image.Image:
    image = Image.new("RGB", size, (20, 120, 20))
    for box in ovals:
        ImageDraw.Draw(image).ellipse(box, fill=(230, 20, 20))
    return image


boxes = st.tuples(st.floats(-50, 300), st.floats(-50, 200), st.floats(5, 200), st.floats(5, 200)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(boxes, st.floats(1, 3))
def test_enlarged_about_its_centre(box: tuple[float, float, float, float], margin: float) -> None:
    left, top, right, bottom = enlarged(box, margin)
    assert right - left == pytest.approx((box[2] - box[0]) * margin)
    assert bottom - top == pytest.approx((box[3] - box[1]) * margin)
    assert left + right == pytest.approx(box[0] + box[2])
    a, b, c, d = square((left, top, right, bottom))
    assert c - a == pytest.approx(d - b)
    assert c - a == pytest.approx(max(right - left, bottom - top))


def test_order_and_sizes() -> None:
    """The segmenter is shown the crop at the encoder's size, after enlarging by the margin and squaring."""
    image, segmenter = scene((150, 100, 230, 200)), Painted()
    crop, mask = prepare(image, (150, 100, 230, 200), "person", 64, 1.3, segmenter)
    assert segmenter.shown == [(64, 64)]
    assert crop.size == (130, 130)  # 100 × 1.3
    assert (mask.mode, mask.size) == ("L", (64, 64))
    assert mask.getpixel((32, 32)) == 255
    assert mask.getpixel((2, 2)) == 0


def test_an_object_brings_its_own_box() -> None:
    image, segmenter = scene((100, 100, 200, 150), (380, 5, 388, 12)), Painted()
    crop, mask = prepare(image, None, "object", 64, 1.3, segmenter)
    assert segmenter.shown == [(400, 300), (64, 64)]
    assert crop.width == pytest.approx(131, abs=2)  # the stray spot at the edge is not part of it
    assert mask.getpixel((32, 32)) == 255


def test_beyond_the_photo_is_never_the_subject() -> None:
    image = scene((-60, 100, 60, 220))
    crop, mask = prepare(image, (-60, 100, 60, 220), "person", 100, 1.3, Painted(255))
    assert crop.size == (156, 156)
    assert not np.asarray(mask)[:, :49].any()  # the face's own oval reaches over the edge too
    assert np.asarray(mask)[50, 55] == 255
    beyond = np.asarray(crop)[:, :70].reshape(-1, 3)
    assert (beyond == beyond[0]).all()
    assert tuple(beyond[0]) == tuple(int(v) for v in np.asarray(crop)[:, 78:].reshape(-1, 3).mean(axis=0))


def test_a_box_outside_the_photo() -> None:
    with pytest.raises(KnownError, match="lies outside the photo"):
        prepare(scene(), (900, 900, 950, 950), "person", 64, 1.3, Painted())


def test_a_photo_where_nothing_stands_out() -> None:
    with pytest.raises(KnownError, match="Nothing stands out"):
        prepare(scene(), None, "object", 64, 1.3, Painted())


def test_a_large_crop_is_capped() -> None:
    image = scene((100, 100, 1900, 1900), size=(2000, 2000))
    crop, _ = prepare(image, (100, 100, 1900, 1900), "person", 64, 1.3, Painted())
    assert crop.size == (768, 768)


@pytest.mark.parametrize("answer", [0, 30])
def test_a_mask_that_drops_the_face_is_replaced(answer: int) -> None:
    """A soft oval over the face: full in its middle, nothing in the corners, soft between."""
    _, mask = prepare(scene(), (150, 100, 230, 200), "person", 128, 1.3, Painted(answer))
    values = np.asarray(mask)
    assert values[64, 64] == 255
    assert values[0, 0] == values[0, -1] == values[-1, 0] == 0
    assert ((values > 0) & (values < 255)).sum() > 100


def test_a_hole_in_the_face_is_filled() -> None:
    image = scene((150, 100, 230, 200))
    ImageDraw.Draw(image).rectangle((175, 130, 205, 140), fill=(0, 0, 0))  # dark glasses
    _, mask = prepare(image, (150, 100, 230, 200), "person", 128, 1.3, Painted())
    assert mask.getpixel((64, 50)) > 250


def test_a_neighbour_in_the_crop_is_left_out() -> None:
    image = scene((150, 100, 230, 200), (238, 100, 300, 200))
    _, mask = prepare(image, (150, 100, 230, 200), "person", 128, 1.3, Painted())
    assert mask.getpixel((64, 64)) == 255
    assert mask.getpixel((124, 64)) == 0


def test_compose_fills_with_the_mean() -> None:
    crop, mask = Image.new("RGB", (200, 200), (250, 10, 10)), Image.new("L", (64, 64), 0)
    mask.paste(255, (0, 0, 32, 64))
    seen = compose(crop, mask, 64, (0.5, 0.4, 0.3))
    assert seen.size == (64, 64)
    assert seen.getpixel((5, 30)) == (250, 10, 10)
    assert seen.getpixel((60, 30)) == (128, 102, 76)
    assert compose(crop, None, 32, (0, 0, 0)).getpixel((30, 30)) == (250, 10, 10)
    assert compose(crop, mask, 128, (0, 0, 0)).size == (128, 128)  # another encoder's size


def test_cut_out_inside_is_the_photo_itself() -> None:
    image = scene((150, 100, 230, 200))
    crop, inside = cut_out(image, (140, 90, 240, 190))
    assert crop.tobytes() == image.crop((140, 90, 240, 190)).tobytes()
    assert np.asarray(inside).min() == 1


def test_same_input_same_files(tmp_path: Path) -> None:
    made = [prepare(scene((150, 100, 230, 200)), None, "object", 64, 1.3, Painted()) for _ in range(2)]
    assert [store(tmp_path, p) for p in made[0]] == [store(tmp_path, p) for p in made[1]]


def test_stored_by_content_and_read_back(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    crop, mask = scene((5, 5, 50, 50)), Image.new("L", (64, 64), 77)
    for image in (crop, mask):
        digest = store(home.references, image)
        path = home.reference(digest)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
        again = load(home.references, digest)
        assert (again.mode, again.tobytes()) == (image.mode, image.tobytes())
        assert store(home.references, image) == digest
    assert len(list(home.references.rglob("*.*"))) == 2


def test_damage_is_noticed_and_mended(tmp_path: Path) -> None:
    digest = store(tmp_path, scene())
    path = references.place_of(tmp_path, digest)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(KnownError, match="missing or damaged"):
        load(tmp_path, digest)
    assert store(tmp_path, scene()) == digest
    assert load(tmp_path, digest).size == (400, 300)
    with pytest.raises(KnownError, match="missing or damaged"):
        load(tmp_path, "0" * 64)


@pytest.mark.parametrize("failing", ["fsync", "replace", "mkstemp"])
def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    owner = {"fsync": os, "replace": Path, "mkstemp": tempfile}[failing]
    monkeypatch.setattr(owner, failing, full)
    with pytest.raises(KnownError, match=r"cannot be saved.*No space left"):
        store(tmp_path, scene())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return open_segmenter("embedded", MODELS)


def test_faces_of_the_album_stay_in_their_masks(segmenter: Segmenter) -> None:
    backend = open_backend("embedded", MODELS)
    for name in ("IMG_0001.jpg", "IMG_0043.jpg"):
        image = open_photo(ALBUM / name).image
        for face in backend.find(image):
            crop, mask = prepare(image, face.box, "person", 128, 1.3, segmenter)
            values = np.asarray(mask)
            assert values[40:88, 48:80].mean() > 240
            assert values.mean() < 0.9 * 255
            assert len(backend.find(crop)) >= 1


def test_objects_of_the_album_are_cut_out_where_they_are(segmenter: Segmenter) -> None:
    photos = json.loads((ALBUM / "album.json").read_text("utf-8"))["photos"]
    for photo in photos[51:68:6]:
        image = open_photo(ALBUM / photo["file"]).image
        box = references.box_of(segmenter.mask(image))
        assert iou(box, tuple(photo["subjects"][0]["box"])) > 0.7
        _, mask = prepare(image, None, "object", 128, 1.3, segmenter)
        assert 0.1 < np.asarray(mask).mean() / 255 < 0.8
