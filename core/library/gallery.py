"""Finished pictures: columns for the grid, newest first, and what the user thinks of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library.one_of import one_of
from core.library.tables import Job, Picture

LABELS = ("", "red", "yellow", "green", "blue", "purple")
FLAGS = ("", "picked", "rejected")
QUIETLY = {"synchronize_session": False}


@dataclass(frozen=True)
class PictureRow:
    """One picture. `spec` and `scores` are JSON (core.spec.RenderSpec, core.engine.Scores)."""

    id: int
    job_id: int | None
    path: str
    sha256: str
    spec: str
    seed: int
    width: int
    height: int
    scores: str
    rating: int
    label: str
    created_at: datetime
    flag: str = ""


@dataclass(frozen=True)
class Marks:
    """What the user thinks of one picture."""

    id: int
    rating: int
    label: str
    flag: str


def rows(
    session: Session,
    *,
    limit: int | None = None,
    before_id: int | None = None,
    subject_uid: str | None = None,
) -> list[PictureRow]:
    """The newest `limit` pictures older than `before_id`; with `subject_uid`, those that depict that
    subject."""
    where: list[ColumnElement[bool]] = []
    if before_id is not None:
        where.append(Picture.id < before_id)
    if subject_uid is not None:
        where.append(depicting(subject_uid))
    return [PictureRow(*row) for row in session.execute(_columns().where(*where).limit(limit))]


def rows_of(session: Session, ids: Sequence[int]) -> list[PictureRow]:
    """These pictures in this order, without those that are gone."""
    found = {row.id: PictureRow(*row) for row in session.execute(_columns().where(one_of(Picture.id, ids)))}
    return [found[number] for number in ids if number in found]


def get(session: Session, picture_id: int) -> PictureRow:
    """Raises KnownError when the picture is not in the library."""
    row = session.execute(_columns().where(Picture.id == picture_id)).one_or_none()
    if row is None:
        raise KnownError(f"Picture {picture_id} is not in the library.")
    return PictureRow(*row)


def took(session: Session, job_id: int | None) -> float | None:
    """How many seconds a picture's job took; None once the job was taken off the list."""
    return session.scalar(select(Job.seconds).where(Job.id == job_id))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Picture)) or 0


def mark(
    session: Session,
    ids: Sequence[int],
    *,
    rating: int | None = None,
    label: str | None = None,
    flag: str | None = None,
) -> list[Marks]:
    """Gives these pictures 0 to 5 stars, one of `LABELS`, one of `FLAGS`; None leaves what stood there.
    Returns what stood there, for `put_back`. Raises KnownError for other values, and when a picture is
    gone."""
    _check_marks(rating, label, flag)
    columns = select(Picture.id, Picture.rating, Picture.label, Picture.flag).where(one_of(Picture.id, ids))
    before = [Marks(*row) for row in session.execute(columns)]
    if lost := set(ids) - {marks.id for marks in before}:
        raise KnownError(f"Picture {min(lost)} is not in the library.")
    given = {"rating": rating, "label": label, "flag": flag}
    values = {name: value for name, value in given.items() if value is not None}
    if values and before:
        change = update(Picture).where(one_of(Picture.id, ids)).values(**values)
        session.execute(change, execution_options=QUIETLY)
    return before


def put_back(session: Session, marks: Sequence[Marks]) -> None:
    """Takes a `mark` back, for the pictures that are still there."""
    for each in marks:
        values = {"rating": each.rating, "label": each.label, "flag": each.flag}
        session.execute(update(Picture).where(Picture.id == each.id).values(**values))


def _check_marks(rating: int | None, label: str | None, flag: str | None) -> None:
    if rating is not None and rating not in range(6):
        raise KnownError(f"A rating is 0 to 5 stars; {rating} is not.")
    if label is not None and label not in LABELS:
        raise KnownError(f"A label is one of {', '.join(filter(None, LABELS))}; “{label}” is not.")
    if flag is not None and flag not in FLAGS:
        raise KnownError(f"A picture is picked, rejected or neither; “{flag}” is none of that.")


def depicting(uid: str) -> ColumnElement[bool]:
    """Whether a picture's spec names the subject: its uid is 32 random hexadecimal digits, found as they
    stand."""
    return func.instr(Picture.spec, f'"uid":"{uid}"') > 0


def _columns() -> Any:
    return select(
        Picture.id, Picture.job_id, Picture.path, Picture.sha256, Picture.spec, Picture.seed, Picture.width,
        Picture.height, Picture.scores, Picture.rating, Picture.label, Picture.created_at, Picture.flag,
    ).order_by(Picture.id.desc())  # fmt: skip
