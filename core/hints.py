"""What may be wrong with a reference, looked at once and kept with it: a photographer sees at a glance which
one to switch off."""

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library.photos import Box
from core.library.tables import Face, Reference

if TYPE_CHECKING:
    from core.library.db import Library

Hint = Literal["small", "blurred", "profile", "crowded", "missing"]
SMALL = 80
"""Pixels of a face's shorter side below which an encoder of 224 mostly sees what was made up by enlarging."""
SMALL_CROP = 160
"""The same for the whole crop, where no face is known."""
BLURRED = 0.4
"""Of `core.faces.quality.sharpness`; faces of the demo album have 0.6 and more."""
TURNED = 0.35
"""Of `core.faces.quality.frontality`: a nose halfway to one eye."""


def look(library: "Library", subject_id: int) -> int:
    """Looks at those of a subject's references that nobody has looked at; returns how many."""
    with library.read() as session:
        waiting = _waiting(session, subject_id)
    seen = {each["id"]: " ".join(_hints(library, each)) for each in waiting}
    if seen:
        with library.write() as session:
            for number, words in seen.items():
                session.execute(update(Reference).where(Reference.id == number).values(hints=words))
    return len(seen)


def _waiting(session: Session, subject_id: int) -> list[dict[str, Any]]:
    """Each with its face's landmarks, where a face is known, and the boxes of the photo's other faces."""
    box = (Reference.left, Reference.top, Reference.right, Reference.bottom)
    rows = session.execute(
        select(Reference.id, Reference.crop, Reference.photo_id, *box).where(
            Reference.subject_id == subject_id, Reference.hints.is_(None)
        )
    )
    return [_with_faces(session, row) for row in rows.all()]


def _with_faces(session: Session, row: Any) -> dict[str, Any]:
    box = None if row.left is None else (row.left, row.top, row.right, row.bottom)
    columns = select(Face.left, Face.top, Face.right, Face.bottom, Face.landmarks)
    near = session.execute(columns.where(Face.photo_id == row.photo_id)).all() if box else []
    mine = next((each.landmarks for each in near if tuple(each[:4]) == box), None)
    others = [tuple(each[:4]) for each in near if tuple(each[:4]) != box]
    return {"id": row.id, "crop": row.crop, "box": box, "landmarks": mine, "others": others}


def _hints(library: "Library", row: dict[str, Any]) -> list[Hint]:
    from core import references

    try:
        crop = references.load(library.home.references, row["crop"])
    except KnownError:
        return ["missing"]
    side = min(crop.size) if row["box"] is None else _shorter(row["box"])
    wrong: list[tuple[Hint, bool]] = [
        ("small", side < (SMALL_CROP if row["box"] is None else SMALL)),
        ("blurred", _sharpness(crop) < BLURRED),
        ("profile", _is_turned(row["box"], row["landmarks"])),
        ("crowded", any(_touch(_around(row["box"]), other) for other in row["others"])),
    ]
    return [hint for hint, found in wrong if found]


def _sharpness(crop: Any) -> float:
    """Of the middle of the crop, where the face is, at the size at which faces are compared."""
    import numpy as np

    from core.faces.quality import sharpness

    edge = crop.width // 8
    middle = crop.convert("RGB").crop((edge, edge, crop.width - edge, crop.height - edge)).resize((112, 112))
    return sharpness(np.asarray(middle))


def _is_turned(box: Box | None, landmarks: str | None) -> bool:
    import json

    from core.faces.boxes import Found
    from core.faces.quality import frontality

    points = json.loads(landmarks) if landmarks else []
    if box is None or len(points) != 5:
        return False
    return frontality(Found(box, tuple((x, y) for x, y in points), 1.0)) < TURNED  # type: ignore[arg-type]


def _shorter(box: Box) -> float:
    return min(box[2] - box[0], box[3] - box[1])


def _around(box: Box) -> Box:
    """The square that the crop shows."""
    half = max(box[2] - box[0], box[3] - box[1]) * 1.3 / 2
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return x - half, y - half, x + half, y + half


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
