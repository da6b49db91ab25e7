"""Whose faces are in a picture: by hand on invented faces, and on the album's own photos."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.engine import scores
from core.engine.scores import score
from core.errors import KnownError
from core.faces import Face, FaceBackend, open_backend
from core.images import open_photo
from core.paths import RESOURCES
from core.references import place_of, store
from core.spec import Kind, Reference, SubjectSpec

ALBUM = RESOURCES / "demo" / "album"


def face(x: float, *vector: float, width: float = 10) -> Face:
    unit = np.array(vector, np.float32) / np.linalg.norm(vector)
    return Face((x, 0, x + width, width), ((0, 0),) * 5, 0.9, 0.9, unit.astype(np.float32).tobytes())


class Colours:
    """A backend that knows a picture's faces by the colour of its first pixel."""

    dimension, threshold, licence = 2, 0.4, ""

    def __init__(self, identity: str, faces: dict[tuple[int, int, int], list[Face]]) -> None:
        self.identity, self._faces, self.calls = identity, faces, 0

    def find(self, image: Image.Image) -> list[Face]:
        self.calls += 1
        return self._faces[image.getpixel((0, 0))]


def plain(colour: tuple[int, int, int]) -> Image.Image:
    return Image.new("RGB", (8, 8), colour)


def subject(uid: str, *references: Reference, kind: Kind = "person") -> SubjectSpec:
    return SubjectSpec(uid, uid, kind, "man", references, ((0, 3),))


@pytest.fixture
def crops(tmp_path: Path) -> dict[str, str]:
    """Hashes of three stored crops: red looks like (1, 0), green like (0, 1), blue shows nobody."""
    scores._known.clear()
    colours = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}
    return {name: store(tmp_path, plain(colour)) for name, colour in colours.items()}


def colours(*picture: Face) -> Colours:
    return Colours(
        "test",
        {
            (255, 0, 0): [face(0, 1, 0), face(20, 0, 1, width=2)],
            (0, 255, 0): [face(0, 0, 1)],
            (0, 0, 255): [],
            (9, 9, 9): list(picture),
        },
    )


PICTURE = plain((9, 9, 9))


def test_weighted_mean_over_references(tmp_path: Path, crops: dict[str, str]) -> None:
    ada = subject("ada", Reference(crops["red"], weight=3), Reference(crops["green"], weight=1))
    found = score(PICTURE, [ada], colours(face(0, 0.6, 0.8)), tmp_path)
    assert found.identity == {"ada": pytest.approx((3 * 0.6 + 0.8) / 4)}
    assert found.faces[0].best == "ada"
    assert found.backend == "test"


def test_assignment_is_by_the_best_total(tmp_path: Path, crops: dict[str, str]) -> None:
    """Both faces look most like Ada; Ben gets the one whose loss is smaller."""
    people = [subject("ada", Reference(crops["red"])), subject("ben", Reference(crops["green"]))]
    first, second = face(0, 0.95, 0.1), face(20, 0.8, 0.6)
    found = score(PICTURE, people, colours(first, second), tmp_path)
    assert [each.best for each in found.faces] == ["ada", "ada"]
    assert found.identity["ada"] == pytest.approx(found.faces[0].similarity["ada"])
    assert found.identity["ben"] == pytest.approx(0.6, abs=1e-4)


def test_more_people_than_faces(tmp_path: Path, crops: dict[str, str]) -> None:
    people = [subject("ada", Reference(crops["red"])), subject("ben", Reference(crops["green"]))]
    assert set(score(PICTURE, people, colours(face(0, 0, 1)), tmp_path).identity) == {"ben"}
    assert score(PICTURE, people, colours(), tmp_path).identity == {}


def test_low_numbers_are_shown(tmp_path: Path, crops: dict[str, str]) -> None:
    found = score(PICTURE, [subject("ada", Reference(crops["red"]))], colours(face(0, -1, 0)), tmp_path)
    assert found.identity == {"ada": pytest.approx(-1)}


def test_objects_and_faceless_references_are_left_aside(tmp_path: Path, crops: dict[str, str]) -> None:
    chair = subject("chair", Reference(crops["red"]), kind="object")
    backend = colours(face(0, 1, 0))
    assert score(PICTURE, [chair], backend, tmp_path) == scores.Scores({}, (), "test")
    assert backend.calls == 0
    hidden = score(PICTURE, [subject("ada", Reference(crops["blue"]))], backend, tmp_path)
    assert hidden.identity == {}
    assert len(hidden.faces) == 1
    assert hidden.faces[0].best is None
    half = subject("ben", Reference(crops["blue"], weight=9), Reference(crops["red"]))
    assert score(PICTURE, [half], backend, tmp_path).identity == {"ben": pytest.approx(1)}


def test_a_crop_is_looked_at_once(tmp_path: Path, crops: dict[str, str]) -> None:
    backend = colours(face(0, 1, 0))
    for _ in range(3):
        score(PICTURE, [subject("ada", Reference(crops["red"]), Reference(crops["blue"]))], backend, tmp_path)
    assert backend.calls == 3 + 2
    other = colours(face(0, 1, 0))
    other.identity = "other"
    score(PICTURE, [subject("ada", Reference(crops["red"]))], other, tmp_path)
    assert other.calls == 2  # another backend's embeddings are its own


def test_the_memory_is_bounded(
    tmp_path: Path, crops: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scores, "_KEPT", 2)
    for name in ("red", "green", "blue", "red"):
        score(PICTURE, [subject("ada", Reference(crops[name]))], colours(face(0, 1, 0)), tmp_path)
    assert len(scores._known) == 2


def test_a_missing_reference_is_said(tmp_path: Path, crops: dict[str, str]) -> None:
    place_of(tmp_path, crops["red"]).unlink()
    with pytest.raises(KnownError, match="missing or damaged"):
        score(PICTURE, [subject("ada", Reference(crops["red"]))], colours(face(0, 1, 0)), tmp_path)


@pytest.fixture(scope="module")
def embedded() -> FaceBackend:
    return open_backend("embedded", RESOURCES / "models")


def test_two_people_of_the_album(tmp_path: Path, embedded: FaceBackend) -> None:
    """References from portraits of Ben and Felix; the picture is the photo of both: Ben left, Felix right."""
    scores._known.clear()
    people = []
    for uid, name in (("felix", "IMG_0029.jpg"), ("ben", "IMG_0021.jpg")):
        image = open_photo(ALBUM / name).image
        left, top, right, bottom = embedded.find(image)[0].box
        crop = image.crop((int(left - 30), int(top - 30), int(right + 30), int(bottom + 30)))
        people.append(subject(uid, Reference(store(tmp_path, crop))))
    found = score(open_photo(ALBUM / "IMG_0041.jpg").image, people, embedded, tmp_path)
    assert [each.best for each in sorted(found.faces, key=lambda f: f.box)] == ["ben", "felix"]
    assert min(found.identity.values()) > embedded.threshold
