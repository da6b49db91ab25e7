"""What is true of the demo album, and how well faces were found and grouped compared with it."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library.tables import Face, Photo
from core.paths import RESOURCES

ALBUM = RESOURCES / "demo" / "album"
SAME_BOX = 0.4
"""Intersection over union from which a found box counts as the true one."""

Box = Sequence[float]


@dataclass(frozen=True)
class TrueFace:
    name: str
    box: tuple[float, ...]


@dataclass(frozen=True)
class FoundFace:
    """One face of the library in a photo of the album; `subject_id` is the person it was given to."""

    id: int
    photo: str
    box: tuple[float, float, float, float]
    subject_id: int | None
    embedding: bytes


@dataclass(frozen=True)
class Truth:
    """`nouns`: everybody's class noun by name. `faces`: the true faces by the photo's SHA-256. `objects`:
    each object's photos by its name."""

    nouns: dict[str, str]
    faces: dict[str, list[TrueFace]]
    objects: dict[str, list[Path]]

    def name_of(self, face: FoundFace) -> str | None:
        """Whose face it is; None for a box where nobody is."""
        there = [(_iou(true.box, face.box), true.name) for true in self.faces.get(face.photo, ())]
        best, name = max(there, default=(0.0, None))
        return name if best >= SAME_BOX else None


def read(folder: Path = ALBUM) -> Truth:
    """Reads album.json. Raises KnownError when the album is not there."""
    try:
        told = msgspec.json.decode((folder / "album.json").read_bytes())
        faces, objects = _photos(folder, told["photos"])
    except (OSError, msgspec.DecodeError, KeyError) as error:
        raise KnownError(
            f"The demo album in {folder} cannot be read: {error}. Get the program again."
        ) from error
    return Truth({person["name"]: person["class_noun"] for person in told["people"]}, faces, objects)


def faces_of(session: Session, truth: Truth) -> list[FoundFace]:
    """The library's faces in the album's photos."""
    columns = select(Face, Photo.sha256).join(Photo, Photo.id == Face.photo_id)
    rows = session.execute(columns.where(Photo.sha256.in_(list(truth.faces))).order_by(Face.id))
    return [
        FoundFace(
            face.id, photo, (face.left, face.top, face.right, face.bottom), face.subject_id, face.embedding
        )
        for face, photo in rows
    ]


def quality(truth: Truth, found: Sequence[FoundFace], labels: Sequence[int]) -> dict[str, Any]:
    """Detection recall and precision at IoU 0.4; pairwise precision, recall and F1 of the grouping `labels`
    (−1: with nobody). Pairs count over all true faces, so a face that was not found lowers the recall."""
    names = [truth.name_of(face) for face in found]
    expected = Counter(face.name for faces in truth.faces.values() for face in faces)
    right = _right(found, names)
    together, correct = _pairs(labels, names)
    true_pairs = sum(number * (number - 1) // 2 for number in expected.values())
    precision, recall = _part(correct, together), _part(correct, true_pairs)
    return {
        "true_faces": expected.total(),
        "found_faces": len(found),
        "detection_recall": _part(right, expected.total()),
        "detection_precision": _part(right, len(found)),
        "true_people": len(expected),
        "groups": len(set(labels) - {-1}),
        "pairwise_precision": precision,
        "pairwise_recall": recall,
        "pairwise_f1": _part(2 * precision * recall, precision + recall),
    }


def _photos(folder: Path, photos: Any) -> tuple[dict[str, list[TrueFace]], dict[str, list[Path]]]:
    faces: dict[str, list[TrueFace]] = {}
    objects: dict[str, list[Path]] = {}
    for photo in photos:
        file = folder / photo["file"]
        people = [s for s in photo["subjects"] if s["kind"] == "person"]
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        faces[digest] = [TrueFace(s["name"], tuple(s["face_box"])) for s in people]
        for thing in (s for s in photo["subjects"] if s["kind"] == "object"):
            objects.setdefault(thing["name"], []).append(file)
    return faces, objects


def _right(found: Sequence[FoundFace], names: Sequence[str | None]) -> int:
    """Found faces that are true ones, each true face counted once."""
    return len({(face.photo, name) for face, name in zip(found, names, strict=True) if name})


def _pairs(labels: Sequence[int], names: Sequence[str | None]) -> tuple[int, int]:
    """How many pairs of faces were put together, and how many of these belong together."""
    grouped = [(label, name) for label, name in zip(labels, names, strict=True) if label >= 0]
    pairs = [(a[1], b[1]) for a, b in itertools.combinations(grouped, 2) if a[0] == b[0]]
    return len(pairs), sum(a == b and a is not None for a, b in pairs)


def _part(some: float, whole: float) -> float:
    return round(some / whole, 4) if whole else 0.0


def _iou(a: Box, b: Box) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(0.0, width) * max(0.0, height)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)
