"""Changes to people on the command line: taken out, taken back, sent to another computer."""

import json

import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from core import hints, references
from core.cli.app import app
from core.faces import Face
from core.images import read_photo_facts
from core.library import open_library, photos, subjects
from core.spec import Reference

MARKS = ((20.0, 22.0), (40.0, 22.0), (30.0, 32.0), (22.0, 44.0), (38.0, 44.0))
PROFILE_MARKS = ((38.0, 22.0), (40.0, 22.0), (60.0, 32.0), (38.0, 44.0), (40.0, 44.0))


@pytest.fixture
def likeness(home):
    def run(*arguments: str, fails: int = 0) -> str:
        result = CliRunner().invoke(app, ["--home", str(home.root), *map(str, arguments)])
        assert result.exit_code == fails, f"{result.output}\n{result.exception!r}"
        assert "Traceback" not in result.output
        return result.stderr if fails else result.stdout

    return run


@pytest.fixture
def known(home, photo):
    """Ada on two photos and Ben on one, Ada with a reference of her first face."""
    library = open_library(home)
    with library.write() as session:
        for name, count in (("Ada", 2), ("Ben", 1)):
            who = subjects.create(session, "person", name, "person")
            for number in range(count):
                add_face(
                    session,
                    photo(f"{name}{number}.jpg", colour=(40 * number, 90, 200 if name == "Ben" else 20)),
                    who,
                )
        crop = references.store(home.references, Image.new("RGB", (64, 64), "teal"))
        ada = subjects.get(session, "ada").id
        first = subjects.faces(session, ada)[0]
        subjects.add_reference(session, ada, Reference(crop), first.photo_id, first.box)
    library.close()


def add_face(session, file, who, box=(10.0, 10.0, 50.0, 60.0), marks=MARKS):
    number, _ = photos.add(session, read_photo_facts(file))
    photos.save_scan(session, number, [Face(box, marks, 0.9, 0.5, str(file).encode()[-32:] * 4)], "toy")
    photos.assign(session, {photos.embedded(session, "toy")[-1].id: who})
    return number


def counts(likeness):
    return {
        row["name"]: (row["faces"], row["references"]) for row in json.loads(likeness("people", "--json"))
    }


def test_a_photo_goes_to_another_and_comes_back(likeness, known):
    likeness("person", "split", "Ada0.jpg", "--of", "ada", "--to", "ben")
    after = counts(likeness)
    assert (after["Ada"][0], after["Ben"][0]) == (1, 2)
    assert "Taken back: move Ben." in likeness("person", "undo")
    assert counts(likeness) == {"Ada": (2, 1), "Ben": (1, 0)}
    assert "Done again: move Ben." in likeness("person", "redo")
    assert "nothing to do again" in likeness("person", "redo")
    assert "No face of Ada" in likeness("person", "split", "nothing.jpg", "--of", "ada", fails=1)
    assert "Person 1" in likeness("person", "split", "Ada1.jpg", "--of", "ada")


def test_a_consent_has_an_end(likeness, known):
    likeness("person", "consent", "ada", "granted", "--until", "2099-12-31", "--note", "by mail")
    stored = json.loads(likeness("person", "stored", "ada", "--json"))["consent"]
    assert (stored["until"], stored["note"]) == ("2099-12-31T23:59:00", "by mail")
    assert "cannot end before" in likeness(
        "person", "consent", "ada", "granted", "--until", "2001-01-01", fails=1
    )


def test_training_is_asked_for_by_itself(likeness, known):
    def training():
        return json.loads(likeness("person", "stored", "ada", "--json"))["training"]["status"]

    assert "may not be used to train" in likeness("person", "consent", "ada", "granted")
    assert training() == "unknown"
    assert "may be used to train" in likeness("person", "consent", "ada", "granted", "--training")
    assert training() == "granted"
    assert "not be used to train any more" in likeness("person", "consent", "ada", "granted", "--no-training")
    assert training() == "withdrawn"
    assert "record that first" in likeness("person", "consent", "ada", "denied", "--training", fails=1)


def test_somebody_goes_to_another_library(likeness, known, tmp_path):
    likeness("person", "consent", "ada", "granted")
    said = likeness("person", "export", "ada", tmp_path / "ada")
    assert "with 1 references" in said
    assert "Ask for their consent" in likeness("person", "import", tmp_path / "ada.likeness")
    assert "Ask" not in likeness("person", "import", tmp_path / "ada.likeness", "--agreed")
    (tmp_path / "other.likeness").write_text("no zip")
    assert "no profile of Likeness" in likeness("person", "import", tmp_path / "other.likeness", fails=1)


def test_what_is_wrong_with_a_reference_is_looked_at_once(home, photo):
    library = open_library(home)
    crisp = Image.effect_noise((256, 256), 120).convert("RGB")
    ImageDraw.Draw(crisp).line((0, 0, 255, 255), "white", 3)
    cases = {
        "good": ((10.0, 10.0, 130.0, 140.0), MARKS, crisp, None, ()),
        "small": ((10.0, 10.0, 50.0, 60.0), MARKS, crisp, None, ("small",)),
        "flat": ((10.0, 10.0, 130.0, 140.0), MARKS, Image.new("RGB", (256, 256), "teal"), None, ("blurred",)),
        "turned": ((10.0, 10.0, 130.0, 140.0), PROFILE_MARKS, crisp, None, ("profile",)),
        "near": ((10.0, 10.0, 130.0, 140.0), MARKS, crisp, (120.0, 20.0, 200.0, 120.0), ("crowded",)),
    }
    with library.write() as session:
        who = subjects.create(session, "person", "Ada", "woman")
        for at, (name, (box, marks, picture, other, _)) in enumerate(cases.items()):
            number, _ = photos.add(session, read_photo_facts(photo(f"{name}.jpg", colour=(40 * at, 50, 90))))
            faces = [Face(each, marks, 0.9, 0.5, bytes(16)) for each in (box, other) if each]
            photos.save_scan(session, number, faces, "toy")
            one = picture.copy()
            one.putpixel((0, 0), (at, at, at))
            subjects.add_reference(
                session, who, Reference(references.store(home.references, one)), number, box
            )
        subjects.add_reference(session, who, Reference("0" * 64), None, None)
    assert hints.look(library, who) == 6
    with library.read() as session:
        found = [row.hints for row in subjects.references(session, who)]
    assert found == [*(expected for *_, expected in cases.values()), ("missing",)]
    assert hints.look(library, who) == 0
    library.close()
