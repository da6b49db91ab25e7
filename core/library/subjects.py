"""People and objects: what they are called, what they agreed to, what stands for them. Reading is in
`cards`."""

import itertools
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import ColumnElement, select, update
from sqlalchemy import delete as remove_rows
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import names
from core.library.cards import (
    Consent,
    Cover,
    FaceRow,
    ReferenceRow,
    SubjectCard,
    by_handles,
    card,
    cards,
    faces,
    get,
    references,
)
from core.library.photos import Box
from core.library.removal import Receipt, delete
from core.library.stored import stored
from core.library.tables import Face, Job, JobSubject, Reference, Subject
from core.spec import Kind
from core.spec import Reference as PreparedReference

__all__ = [
    "Consent", "Cover", "FaceRow", "FaceState", "Receipt", "ReferenceRow", "SubjectCard", "add_reference",
    "by_handles", "card", "cards", "create", "delete", "drop_empty_suggestions", "faces", "get", "merge",
    "references", "rename", "set_consent", "set_face_state", "set_favourite", "set_ignored", "set_notes",
    "set_reference", "stored", "suggest", "suggestions",
]  # fmt: skip

FaceState = Literal["suggested", "confirmed", "ignored"]
STRICTNESS: dict[str, int] = {"granted": 0, "unknown": 1, "denied": 2, "withdrawn": 2}


def create(session: Session, kind: Kind, name: str, noun: str, named: bool = True) -> int:
    """A new subject. Raises KnownError for a name or a noun that cannot be used."""
    name, taken = names.clean_name(name), _handles(session)
    row = Subject(
        uid=uuid.uuid4().hex, kind=kind, name=name, handle=names.handle_for(name, taken, kind),
        noun=names.clean_noun(noun), named=named, created_at=_now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def suggest(session: Session, noun: str = "person") -> int:
    """A new group that nobody has named yet: "Person 1", @person1, …"""
    taken = _handles(session)
    number = next(n for n in itertools.count(1) if f"person{n}" not in taken)
    row = Subject(
        uid=uuid.uuid4().hex, kind="person", name=f"Person {number}", handle=f"person{number}", noun=noun,
        named=False, created_at=_now(),
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
        remove_rows(Subject).where(Subject.kind == "person", *untouched, ~faces_left, ~references_left)
    )


def rename(session: Session, subject_id: int, name: str, noun: str | None = None) -> None:
    """Names a subject: its handle follows the name, its suggested faces are confirmed. Raises KnownError."""
    row, name = _row(session, subject_id), names.clean_name(name)
    if not row.named or name != row.name:
        row.handle = names.handle_for(name, _handles(session, but=subject_id), row.kind)
    row.name, row.named = name, True
    if noun is not None:
        row.noun = names.clean_noun(noun)
    _confirm(session, subject_id)


def merge(session: Session, into_id: int, other_ids: Sequence[int]) -> str:
    """Moves the others' faces, references and jobs into one subject and deletes the others. A subject
    without a name takes the first name among them. The strictest consent stays; the answer says so, or is
    empty."""
    into = _row(session, into_id)
    others = [_row(session, other) for other in dict.fromkeys(other_ids) if other != into_id]
    if any(other.kind != into.kind for other in others):
        raise KnownError("A person and an object cannot be one subject. Nothing was merged.")
    gone = [other.id for other in others]
    _move(session, into_id, gone)
    note = _stricter_consent(into, others)
    _take_over(session, into, others)
    if into.named:
        _confirm(session, into_id)
    return note


def set_ignored(session: Session, subject_id: int, ignored: bool) -> None:
    """Hides a group from the pages; later groupings leave it alone."""
    _row(session, subject_id).ignored = ignored


def set_favourite(session: Session, subject_id: int, favourite: bool) -> None:
    _row(session, subject_id).favourite = favourite


def set_notes(session: Session, subject_id: int, notes: str) -> None:
    _row(session, subject_id).notes = notes


def set_face_state(session: Session, face_id: int, state: FaceState) -> None:
    """Confirms a face, or ignores it: an ignored face never counts again, and a reference that was made of it
    goes. Raises KnownError when it is gone."""
    row = session.get(Face, face_id)
    if row is None:
        raise KnownError("That face is no longer in the library.")
    row.state = state
    if state == "ignored":
        session.execute(remove_rows(Reference).where(*_made_of(row)))


def set_consent(
    session: Session, subject_id: int, status: Consent, scope: str = "", when: datetime | None = None
) -> int:
    """Records what a person agreed to. When that is not "granted", their waiting jobs are cancelled;
    returns how many. Raises KnownError for an object and for a status that does not exist."""
    row = _row(session, subject_id)
    if row.kind != "person":
        raise KnownError(f"{row.name} is an object: consent is for people.")
    if status not in STRICTNESS:
        raise KnownError(f"“{status}” is no consent status. Use one of: {', '.join(STRICTNESS)}.")
    row.consent, row.consent_scope = status, " ".join(scope.split())
    row.consent_at = None if status == "unknown" else _utc(when)
    return 0 if status == "granted" else _cancel_waiting(session, row)


def add_reference(
    session: Session, subject_id: int, reference: PreparedReference, photo_id: int | None, box: Box | None
) -> int:
    """Adds a prepared crop; the same crop twice is one reference. Returns its row."""
    _row(session, subject_id)
    known = select(Reference.id).where(Reference.subject_id == subject_id, Reference.crop == reference.crop)
    if (already := session.scalar(known)) is not None:
        return already
    left, top, right, bottom = box or (None, None, None, None)
    row = Reference(
        subject_id=subject_id, photo_id=photo_id, left=left, top=top, right=right, bottom=bottom,
        crop=reference.crop, mask=reference.mask, weight=reference.weight, enabled=True,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def set_reference(
    session: Session, reference_id: int, *, enabled: bool | None = None, weight: float | None = None
) -> None:
    """Switches a reference on or off, or sets how much it counts (above 0, at most 10). Raises KnownError."""
    row = session.get(Reference, reference_id)
    if row is None:
        raise KnownError("That reference is no longer in the library.")
    if weight is not None and not 0 < weight <= 10:
        raise KnownError(f"A weight is above 0 and at most 10; {weight} is not.")
    row.enabled = row.enabled if enabled is None else enabled
    row.weight = row.weight if weight is None else weight


def _made_of(face: Face) -> tuple[ColumnElement[bool], ...]:
    """The references cut out of this face, for whoever it was said to be."""
    box = (Reference.left == face.left, Reference.top == face.top, Reference.right == face.right,
           Reference.bottom == face.bottom)  # fmt: skip
    return Reference.subject_id == face.subject_id, Reference.photo_id == face.photo_id, *box


def _row(session: Session, subject_id: int) -> Subject:
    row = session.get(Subject, subject_id)
    if row is None:
        raise KnownError("That person or object is no longer in the library.")
    return row


def _handles(session: Session, but: int | None = None) -> set[str]:
    return set(session.scalars(select(Subject.handle).where(Subject.id.is_distinct_from(but))))


def _move(session: Session, into_id: int, gone: list[int]) -> None:
    session.execute(update(Face).where(Face.subject_id.in_(gone)).values(subject_id=into_id))
    for table in (Reference, JobSubject):
        # What the target has already stays behind, and goes with its old owner.
        mine = update(table).where(table.subject_id.in_(gone)).values(subject_id=into_id)
        session.execute(mine.prefix_with("OR IGNORE").execution_options(synchronize_session=False))


def _take_over(session: Session, into: Subject, others: list[Subject]) -> None:
    named = next((other for other in others if other.named), None)
    taken = (named.name, named.handle, named.noun) if named and not into.named else None
    into.favourite = into.favourite or any(other.favourite for other in others)
    into.notes = "\n".join(dict.fromkeys(s.notes for s in (into, *others) if s.notes))
    for other in others:
        session.delete(other)
    session.flush()
    if taken:
        into.name, into.handle, into.noun = taken
        into.named = True


def _stricter_consent(into: Subject, others: list[Subject]) -> str:
    strictest = max((into, *others), key=lambda s: STRICTNESS[s.consent])
    answers = {(each.consent, each.consent_scope) for each in (into, *others)}
    if len(answers) == 1 or into.kind != "person":
        return ""
    if STRICTNESS[strictest.consent] == STRICTNESS[into.consent]:
        return f"The consent of {into.name} stays as it was: {_said(into)}."
    into.consent, into.consent_scope = strictest.consent, strictest.consent_scope
    into.consent_at = strictest.consent_at
    return f"The consent of {into.name} is now as strict as {strictest.name}'s was: {_said(strictest)}."


def _said(subject: Subject) -> str:
    return f"{subject.consent}, for {subject.consent_scope}" if subject.consent_scope else subject.consent


def _confirm(session: Session, subject_id: int) -> None:
    mine = update(Face).where(Face.subject_id == subject_id, Face.state == "suggested")
    session.execute(mine.values(state="confirmed"))


def _cancel_waiting(session: Session, person: Subject) -> int:
    theirs = select(JobSubject.job_id).where(JobSubject.subject_id == person.id)
    waiting = update(Job).where(Job.id.in_(theirs), Job.state.in_(("queued", "running")))
    reason = f"There is no consent from {person.name} any more."
    cancelled = waiting.values(state="cancelled", error=reason, finished_at=_now()).returning(Job.id)
    return len(session.scalars(cancelled).all())


def _utc(when: datetime | None) -> datetime:
    """Naive UTC, as the tables keep it; a date without a zone is taken as it stands."""
    if when is None:
        return _now()
    return when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
