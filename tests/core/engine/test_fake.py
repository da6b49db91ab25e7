"""The engine for tests keeps the promises of the real one."""

import hashlib
import io
from pathlib import Path

import pytest
from msgspec import structs
from PIL import Image

from core.engine import Engine, Step
from core.engine.fake import FakeEngine
from core.errors import Cancelled, KnownError
from core.faces import Face
from core.paths import Home
from core.spec import Reference, RenderSpec, SubjectSpec

FACE = Face((1.0, 1.0, 9.0, 9.0), ((2.0, 2.0),) * 5, 0.9, 0.5, b"ada")
ADA = SubjectSpec("u1", "Ada", "person", "woman", (Reference("a" * 64),), ((2, 7),))
SPEC = RenderSpec("a woman", "mini", 64, 48, 7, 3, 3.0, subjects=(ADA,))


def test_it_is_an_engine() -> None:
    engine: Engine = FakeEngine()
    assert engine.batch_size(SPEC) == 1


def test_equal_specs_make_equal_pictures_of_the_right_size() -> None:
    engine = FakeEngine()
    one, two = engine.render([SPEC, SPEC], lambda _: None)
    (other,) = engine.render([RenderSpec("a woman", "mini", 64, 48, 8, 3, 3.0)], lambda _: None)
    assert one.rgb == two.rgb != other.rgb
    assert len(one.rgb) == 64 * 48 * 3
    assert one.scores.identity == {"u1": 0.5}
    assert engine.calls["render"] == 2


def test_maps_are_made_when_asked_for_and_change_no_pixel() -> None:
    ben = structs.replace(ADA, uid="u2", name="Ben")
    both = structs.replace(SPEC, subjects=(ADA, ben))
    (plain,), (mapped,) = (
        FakeEngine().render([structs.replace(both, maps=maps)], lambda _: None) for maps in (False, True)
    )
    assert plain.maps == {}
    assert plain.rgb == mapped.rgb
    left, right = (Image.open(io.BytesIO(mapped.maps[uid])) for uid in ("u1", "u2"))
    assert left.mode == right.mode == "L"
    assert left.getpixel((0, 0)) > 200 > 50 > right.getpixel((0, 0))


def test_it_stops_when_told_between_steps() -> None:
    def stop(step: Step) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        FakeEngine().render([SPEC], stop)


def test_faces_come_from_the_table(tmp_path: Path) -> None:
    photo = tmp_path / "a.png"
    Image.new("RGB", (10, 10)).save(photo)
    engine = FakeEngine(faces={"a.png": [FACE]})
    assert engine.scan(photo).faces == (FACE,)
    with pytest.raises(KnownError):
        engine.scan(tmp_path / "gone.png")


def test_references_are_files_named_by_their_bytes(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    photo = tmp_path / "a.png"
    Image.new("RGB", (40, 30), "red").save(photo)
    reference = FakeEngine(references=home.references).prepare(photo, (0.0, 0.0, 9.0, 9.0), "person", 16)
    for name in (reference.crop, reference.mask or ""):
        assert hashlib.sha256(home.reference(name).read_bytes()).hexdigest() == name
    with Image.open(home.reference(reference.crop)) as crop:
        assert crop.size == (16, 16)
