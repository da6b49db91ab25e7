"""A picture made again from its own file."""

from pathlib import Path

import pytest
from msgspec import structs
from PIL import Image

from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.library import files
from core.metadata import png
from core.repeat import differences, repeat
from core.spec import RenderSpec

SPEC = RenderSpec("a beach", "mini", 64, 64, 7, 3, 3.0, precision="fp32")


class Recording(FakeEngine):
    """Remembers the batch size it was asked for."""

    asked: int | None = None

    def render(self, specs, on_step, batch_size=None):  # type: ignore[no-untyped-def]
        self.asked = batch_size
        return super().render(specs, on_step, batch_size)


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
