"""The small file beside a picture: what was put into it comes out, for that picture alone."""

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core import relevance_map
from core.spec import Reference, SubjectSpec

ADA = SubjectSpec("u1", "Ada", "person", "woman", (Reference("a" * 64),), ((0, 5),))
REX = SubjectSpec("u2", "Rex (狗)", "object", "dog", (Reference("b" * 64),), ((6, 9),))
RGB = bytes(range(48))


def png(image: Image.Image, carried: str = "") -> bytes:
    stream, info = io.BytesIO(), PngInfo()
    if carried:
        info.add_itxt(relevance_map.KEY, carried)
    image.save(stream, "PNG", pnginfo=info)
    return stream.getvalue()


LEFT = Image.linear_gradient("L").rotate(-90).resize((8, 6))
RIGHT = Image.linear_gradient("L").rotate(90).resize((8, 6))
MAPS = {"u2": png(RIGHT), "u1": png(LEFT)}


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "one.png"
    relevance_map.path_of(file).write_bytes(relevance_map.encode(MAPS, (ADA, REX), RGB))
    return file


def test_maps_come_back_in_the_order_of_the_subjects(picture: Path) -> None:
    first, second = relevance_map.read(picture, RGB)
    assert (first.uid, first.name, second.uid, second.name) == ("u1", "Ada", "u2", "Rex (狗)")
    assert first.grey.tobytes() == LEFT.tobytes()
    assert second.grey.tobytes() == RIGHT.tobytes()


def test_the_file_is_a_small_grey_picture(picture: Path) -> None:
    file = relevance_map.path_of(picture)
    assert file.name == "one.relevance.png"
    assert relevance_map.picture_of(file) == picture
    assert relevance_map.is_maps(file)
    with Image.open(file) as image:
        assert (image.mode, image.size) == ("L", (8, 12))
    assert file.stat().st_size < 1000


def test_the_maps_of_other_pixels_are_not_shown(picture: Path) -> None:
    assert relevance_map.read(picture, bytes(48)) == ()


def test_no_file_no_maps(tmp_path: Path) -> None:
    assert relevance_map.read(tmp_path / "none.png", RGB) == ()


CARRIED = '{"pixels":"%s","subjects":[{"uid":"u1","name":"Ada"}%s],"version":1}'
ONE_TOO_MANY = CARRIED % (hashlib.sha256(RGB).hexdigest(), ',{"uid":"u2","name":"Ben"}')


@pytest.mark.parametrize(
    "data",
    [
        b"no picture",
        png(LEFT),
        png(LEFT, CARRIED % ("no hash", "")),
        png(LEFT.resize((8, 7)), ONE_TOO_MANY),
        png(LEFT.convert("RGB"), CARRIED % (hashlib.sha256(RGB).hexdigest(), "")),
        relevance_map.encode(MAPS, (ADA, REX), RGB)[:-60],
    ],
    ids=["no picture", "a stranger's", "no hash", "more subjects than rows", "coloured", "cut off"],
)
def test_what_cannot_be_read_is_no_map(picture: Path, data: bytes) -> None:
    file = relevance_map.path_of(picture)
    file.write_bytes(data)
    assert relevance_map.read(picture, RGB) == ()
    assert not relevance_map.is_maps(file)


def test_the_samples_are_wrong_only_where_they_say_so(picture: Path) -> None:
    relevance_map.path_of(picture).write_bytes(png(LEFT, ONE_TOO_MANY))
    assert len(relevance_map.read(picture, RGB)) == 2
