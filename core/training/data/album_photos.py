"""Which photos of a library may be learned from: of people who agreed to it, with nobody else on them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import references
from core.library.tables import Face, Photo, Reference, Subject
from core.library.training import may_train
from core.spec import Kind

Box = tuple[float, float, float, float]
AROUND = 1.5
"""A face with its hair and neck, in sides of its box: what a cropped photo leaves of others or keeps."""
LEAST = 96
"""Pixels of the shorter side of what is left of a photo."""


@dataclass(frozen=True)
class Shown:
    """A person or an object on a photo; `box`: of the face, or of the object, in the photo's pixels; `score`:
    how sure the face's detector was."""

    uid: str
    kind: Kind
    name: str
    handle: str
    noun: str
    box: Box
    quality: float = 0.0
    score: float | None = None


@dataclass(frozen=True)
class AlbumPhoto:
    """`shown`: from left to right; `others`: faces of anybody else. `looked`: whether faces were looked for
    on it at all."""

    id: int
    path: Path
    sha256: str
    size: tuple[int, int]
    shown: tuple[Shown, ...]
    others: tuple[Box, ...]
    looked: bool = True


def photos(session: Session) -> list[AlbumPhoto]:
    """Those that show somebody who agreed, confirmed by the user, or an object; in the order they came."""
    willing, shown, others = may_train(session), defaultdict[int, list[Shown]](list), defaultdict(list)
    for number, state, box, (quality, score), who in _faces(session):
        if who and who.kind == "person" and state == "confirmed" and who.uid in willing:
            shown[number].append(
                Shown(who.uid, "person", who.name, who.handle, who.noun, box, quality, score)
            )
        else:
            others[number].append(box)
    for number, thing in _objects(session):
        shown[number].append(thing)
    rows = session.execute(select(Photo).where(Photo.id.in_(shown)).order_by(Photo.id)).scalars()
    return [
        AlbumPhoto(
            row.id, Path(row.path), row.sha256, (row.width, row.height),
            tuple(sorted(shown[row.id], key=lambda each: each.box[0])), tuple(others[row.id]),
            row.backend is not None,
        )
        for row in rows
    ]  # fmt: skip


def part_without(photo: AlbumPhoto) -> Box | None:
    """The largest part of the photo, found step by step, that shows nobody else's face and all of who may be
    shown; the whole photo where nobody else is on it; None where there is no such part."""
    part: Box = (0.0, 0.0, float(photo.size[0]), float(photo.size[1]))
    wanted = [_clipped(references.enlarged(each.box, AROUND), photo.size) for each in photo.shown]
    for other in (references.enlarged(box, AROUND) for box in photo.others):
        if not _meet(part, other):
            continue
        beside = [each for each in _beside(part, other) if all(_holds(each, one) for one in wanted)]
        if not beside:
            return None
        part = max(beside, key=_area)
    large = min(part[2] - part[0], part[3] - part[1]) >= min(LEAST, *photo.size)
    return part if large else None


def shows_others(photo: AlbumPhoto, face: Box, margin: float) -> bool:
    """Whether the reference of a face would show a part of somebody else's."""
    crop = references.square(references.enlarged(face, margin))
    theirs = [each.box for each in photo.shown if each.kind == "person" and each.box != face]
    return any(_meet(crop, other) for other in (*photo.others, *theirs))


def _faces(session: Session) -> Iterator[tuple[int, str, Box, tuple[float, float], Subject | None]]:
    columns = select(Face.photo_id, Face.state, Face.left, Face.top, Face.right, Face.bottom)
    people = {row.id: row for row in session.scalars(select(Subject))}
    more = columns.add_columns(Face.quality, Face.score, Face.subject_id).order_by(Face.id)
    for number, state, left, top, right, bottom, quality, score, who in session.execute(more):
        yield number, state, (left, top, right, bottom), (quality, score), people.get(who)


def _objects(session: Session) -> Iterator[tuple[int, Shown]]:
    """Things with a box of their own; where nobody drew one, nobody knows where they are."""
    rows = session.execute(
        select(Reference, Subject).join(Subject, Subject.id == Reference.subject_id)
        .where(Subject.kind == "object", Subject.named, Reference.enabled, Reference.left.is_not(None))
        .order_by(Reference.id)
    )  # fmt: skip
    for row, who in rows:
        if row.photo_id is not None:
            box = cast(Box, (row.left, row.top, row.right, row.bottom))
            yield row.photo_id, Shown(who.uid, "object", who.name, who.handle, who.noun, box)


def _beside(part: Box, other: Box) -> Sequence[Box]:
    left, top, right, bottom = part
    return [
        (left, top, min(right, other[0]), bottom),
        (max(left, other[2]), top, right, bottom),
        (left, top, right, min(bottom, other[1])),
        (left, max(top, other[3]), right, bottom),
    ]


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _holds(a: Box, b: Box) -> bool:
    return a[0] <= b[0] and a[1] <= b[1] and a[2] >= b[2] and a[3] >= b[3]


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _clipped(box: Box, size: tuple[int, int]) -> Box:
    return max(0.0, box[0]), max(0.0, box[1]), min(float(size[0]), box[2]), min(float(size[1]), box[3])
