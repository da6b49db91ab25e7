"""A picture made again from its own file."""

import hashlib
from pathlib import Path

import pytest
from msgspec import structs
from PIL import Image

from core import images
from core.economy import AS_ASKED
from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.library import files, open_library, photos
from core.metadata import png
from core.paths import Home
from core.repeat import differences, repeat
from core.spec import RenderSpec, StartPhoto

SPEC = RenderSpec("a beach", "mini", 64, 64, 7, 3, 3.0, precision="fp32")


class Recording(FakeEngine):
    """Remembers the batch size it was asked for."""

    asked: int | None = None

    def render(self, specs, on_step, batch_size=None, economy=AS_ASKED):  # type: ignore[no-untyped-def]
        self.asked = batch_size
        return super().render(specs, on_step, batch_size, economy)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    first, _ = FakeEngine().render([SPEC, SPEC], lambda _: None)
    return files.save_picture(tmp_path / "pictures", "one", first, SPEC).path


def test_it_is_the_same_picture_beside_the_first(made: Path) -> None:
    engine, before = Recording(), made.read_bytes()
    path, identical = repeat(made, engine)
    assert identical
    assert path == made.with_name("one-repeat.png")
    assert engine.asked == 2
    assert png.read(path).spec == SPEC
    assert made.read_bytes() == before
    assert repeat(path, engine) == (path, True)


def test_it_renders_with_the_precision_it_was_made_with(tmp_path: Path) -> None:
    auto = structs.replace(SPEC, precision="auto")
    (rendered,) = FakeEngine().render([auto], lambda _: None)
    path = files.save_picture(tmp_path, "auto", rendered, auto).path
    engine = FakeEngine()
    again, _ = repeat(path, engine)
    assert engine.rendered[0].precision == "fp32"
    assert png.read(again).spec == auto


def test_another_picture_is_said_to_be_another(made: Path) -> None:
    with Image.open(made) as image:
        changed = image.convert("RGB")
    changed.putpixel((3, 3), (1, 2, 3))
    saved = png.read(made)
    made.write_bytes(png.encode(64, 64, changed.tobytes(), saved))
    assert repeat(made, FakeEngine())[1] is False


def test_where_it_goes(made: Path, tmp_path: Path) -> None:
    assert repeat(made, FakeEngine(), tmp_path / "folder")[0] == tmp_path / "folder" / "one-repeat.png"
    assert repeat(made, FakeEngine(), tmp_path / "named.png")[0] == tmp_path / "named.png"
    with pytest.raises(KnownError, match="is there already"):
        repeat(made, FakeEngine(), made)


def test_what_was_different_is_named(made: Path) -> None:
    path, _ = repeat(made, FakeEngine())
    assert differences(made, path) == ["batch_size: 2 then, 1 now"]


def test_a_picture_of_another_program_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    Image.new("RGB", (8, 8)).save(other)
    with pytest.raises(KnownError, match="no settings of Likeness"):
        repeat(other, FakeEngine())


def test_a_missing_model_is_said_and_nothing_is_written(made: Path) -> None:
    def gone(_: object) -> None:
        raise KnownError("There is no model called mini.")

    with pytest.raises(KnownError, match="no model called"):
        repeat(made, FakeEngine(trouble=gone))
    assert [file.name for file in made.parent.iterdir()] == ["one.png"]


@pytest.fixture
def started(photo, tmp_path: Path) -> tuple[Path, Path]:  # type: ignore[no-untyped-def]
    """A picture that began with a photo, and the photo."""
    begun = photo("holiday/beach.png")
    start = StartPhoto(str(begun), hashlib.sha256(begun.read_bytes()).hexdigest(), 0.5)
    spec = structs.replace(SPEC, start=start)
    (rendered,) = FakeEngine().render([spec], lambda _: None)
    return files.save_picture(tmp_path / "pictures", "one", rendered, spec).path, begun


def test_a_picture_says_its_start_photos_name_and_not_its_folder(started: tuple[Path, Path]) -> None:
    picture, begun = started
    start = png.read(picture).spec.start
    assert start
    assert (start.path, start.strength) == ("beach.png", 0.5)
    assert str(begun.parent).encode() not in picture.read_bytes()
    assert b"Denoising strength: 0.5" in picture.read_bytes()


def test_a_start_photo_is_found_by_its_bytes(started: tuple[Path, Path], home: Home) -> None:
    picture, begun = started
    library, engine = open_library(home), FakeEngine()
    with pytest.raises(KnownError, match=r"beach\.png, which the library does not hold.*--photo"):
        repeat(picture, engine, library=library)
    with library.write() as session:
        photos.add(session, images.read_photo_facts(begun))
    path, same = repeat(picture, engine, library=library)
    assert same
    assert engine.rendered[-1].start == StartPhoto(str(begun), png.read(picture).spec.start.sha256, 0.5)  # type: ignore[union-attr]
    assert png.read(path).spec == png.read(picture).spec
    library.close()


def test_a_start_photo_can_be_shown_and_is_checked(started: tuple[Path, Path], photo) -> None:  # type: ignore[no-untyped-def]
    picture, begun = started
    moved = begun.rename(begun.with_name("elsewhere.png"))
    engine = FakeEngine()
    repeat(picture, engine, photo=moved)
    assert engine.rendered[0].start
    assert engine.rendered[0].start.path == str(moved)
    with pytest.raises(KnownError, match="is not the photo this picture started from"):
        repeat(picture, FakeEngine(), photo=photo("other.png", colour=(1, 2, 3)))
    with pytest.raises(KnownError, match="not there any more"):
        repeat(picture, FakeEngine(), photo=begun)


def test_a_photo_is_refused_where_none_began(made: Path) -> None:
    with pytest.raises(KnownError, match="did not start from a photo"):
        repeat(made, FakeEngine(), photo=made)
