"""What every change of people and objects begins with: their rows, the handles taken, the groups that nobody
has named."""

import itertools
import uuid
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library.tables import Face, Reference, Subject


def row_of(session: Session, subject_id: int) -> Subject:
    """Raises KnownError when it is gone."""
    row = session.get(Subject, subject_id)
    if row is None:
        raise KnownError("That person or object is no longer in the library.")
    return row


def handles(session: Session, but: int | None = None) -> set[str]:
    return set(session.scalars(select(Subject.handle).where(Subject.id.is_distinct_from(but))))


def suggest(session: Session, noun: str = "person") -> int:
    """A new group that nobody has named yet: "Person 1", @person1, …"""
    taken = handles(session)
    number = next(n for n in itertools.count(1) if f"person{n}" not in taken)
    row = Subject(
        uid=uuid.uuid4().hex, kind="person", name=f"Person {number}", handle=f"person{number}", noun=noun,
        named=False, created_at=now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def suggestions(session: Session) -> set[int | None]:
    """People the grouping suggested and nobody has named or ignored."""
    unnamed = (Subject.kind == "person", Subject.named.is_(False), Subject.ignored.is_(False))
    return set(session.scalars(select(Subject.id).where(*unnamed)))


def drop_empty_suggestions(session: Session) -> None:
    """Forgets suggested people who lost all their faces to others and have nothing of their own."""
    faces_left = select(Face.id).where(Face.subject_id == Subject.id).exists()
    references_left = select(Reference.id).where(Reference.subject_id == Subject.id).exists()
    untouched = (Subject.named.is_(False), Subject.notes == "", Subject.consent == "unknown")
    session.execute(
        delete(Subject).where(Subject.kind == "person", *untouched, ~faces_left, ~references_left)
    )


def utc(when: datetime | None) -> datetime:
    """Naive UTC, as the tables keep it; a date without a zone is taken as it stands."""
    if when is None:
        return now()
    return when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
