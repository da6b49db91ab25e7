"""Finished pictures: columns for the grid, newest first, and what the user thinks of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library.tables import Picture

LABELS = ("", "red", "yellow", "green", "blue", "purple")


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


def get(session: Session, picture_id: int) -> PictureRow:
    """Raises KnownError when the picture is not in the library."""
    row = session.execute(_columns().where(Picture.id == picture_id)).one_or_none()
    if row is None:
        raise KnownError(f"Picture {picture_id} is not in the library.")
    return PictureRow(*row)


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Picture)) or 0


def rate(session: Session, picture_id: int, rating: int) -> None:
    """0 to 5 stars. Raises KnownError."""
    if rating not in range(6):
        raise KnownError(f"A rating is 0 to 5 stars; {rating} is not.")
    _set(session, picture_id, rating=rating)


def label(session: Session, picture_id: int, label: str) -> None:
    """One of `LABELS`, "" for none. Raises KnownError."""
    if label not in LABELS:
        raise KnownError(f"A label is one of {', '.join(filter(None, LABELS))}; “{label}” is not.")
    _set(session, picture_id, label=label)


def depicting(uid: str) -> ColumnElement[bool]:
    """Whether a picture's spec names the subject: its uid is 32 random hexadecimal digits, found as they
    stand."""
    return func.instr(Picture.spec, f'"uid":"{uid}"') > 0


def _columns() -> Any:
    return select(
        Picture.id, Picture.job_id, Picture.path, Picture.sha256, Picture.spec, Picture.seed, Picture.width,
        Picture.height, Picture.scores, Picture.rating, Picture.label, Picture.created_at,
    ).order_by(Picture.id.desc())  # fmt: skip


def _set(session: Session, picture_id: int, **values: Any) -> None:
    mine = update(Picture).where(Picture.id == picture_id)
    if session.scalar(mine.values(**values).returning(Picture.id)) is None:
        raise KnownError(f"Picture {picture_id} is not in the library.")
