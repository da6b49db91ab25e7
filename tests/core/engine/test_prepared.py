"""A reference is prepared once for the same bytes and settings."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from core.engine import prepared
from core.engine.local import LocalEngine
from core.engine.options import options_for
from core.library import open_library, subjects
from core.paths import RESOURCES, Home
from core.settings import Settings
from core.spec import Reference

PHOTO = RESOURCES / "demo" / "album" / "IMG_0001.jpg"
BOX = (151.0, 217.0, 303.0, 396.0)


class Counting:
    """Masks everything, and counts."""

    identity, licence = "counting", ""

    def __init__(self) -> None:
        self.calls = 0

    def mask(self, image: Image.Image) -> Image.Image:
        self.calls += 1
        return Image.new("L", image.size, 255)


def engine_for(home: Home, segmenter: Counting, margin: float = 1.3) -> LocalEngine:
    engine = LocalEngine(replace(options_for(home, Settings()), margin=margin))
    engine.__dict__["_segmenter"] = segmenter
    return engine


def test_the_same_photo_and_settings_are_prepared_once(tmp_path: Path) -> None:
    home, segmenter = Home(tmp_path / "home").create(), Counting()
    first = engine_for(home, segmenter).prepare(PHOTO, BOX, "person", 128)
    calls = segmenter.calls
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(PHOTO.read_bytes())
    again = engine_for(home, segmenter).prepare(copy, BOX, "person", 128)
    assert (again, segmenter.calls) == (first, calls)


@pytest.mark.parametrize("what", ["size", "margin", "box", "crop gone", "note damaged"])
def test_what_differs_is_prepared_afresh(tmp_path: Path, what: str) -> None:
    home, segmenter = Home(tmp_path).create(), Counting()
    first = engine_for(home, segmenter).prepare(PHOTO, BOX, "person", 128)
    calls = segmenter.calls
    if what == "crop gone":
        home.reference(first.crop).unlink()
    if what == "note damaged":
        next(home.encodings.glob("*.reference")).write_bytes(b"{")
    box = (160.0, 217.0, 303.0, 396.0) if what == "box" else BOX
    engine = engine_for(home, segmenter, 1.5 if what == "margin" else 1.3)
    made = engine.prepare(PHOTO, box, "person", 224 if what == "size" else 128)
    assert segmenter.calls > calls
    assert home.reference(made.crop).is_file()


def test_deleting_the_person_deletes_the_note(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    library = open_library(home)
    reference = engine_for(home, Counting()).prepare(PHOTO, BOX, "person", 128)
    with library.write() as session:
        ada = subjects.create(session, "person", "Ada", "woman")
        subjects.add_reference(session, ada, Reference(reference.crop, reference.mask), None, BOX)
    subjects.delete(library, ada)
    library.close()
    assert not list(home.encodings.iterdir())


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"[" * 100_000, b'{"crop": 7}'])
def test_a_damaged_note_is_no_note(tmp_path: Path, damage: bytes) -> None:
    home = Home(tmp_path).create()
    prepared.keep(home, "w" * 64, Reference("a" * 64))
    [note] = home.encodings.iterdir()
    note.write_bytes(damage)
    assert prepared.find(home, "w" * 64) is None
