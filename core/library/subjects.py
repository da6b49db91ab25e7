"""People and objects: what they are called, what they agreed to, what stands for them. Reading is in
`cards`."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import names, people_undo
from core.library.cards import (
    Consent,
    Cover,
    FaceRow,
    ReferenceRow,
    SubjectCard,
    by_handles,
    card,
    cards,
    face_ids,
    face_rows,
    faces,
    get,
    references,
)
from core.library.consent_record import set_consent, stricter_consent
from core.library.face_changes import FaceState, move_faces, reject_faces, set_face_state, split
from core.library.photos import Box
from core.library.removal import Receipt, delete
from core.library.stored import stored
from core.library.subject_rows import drop_empty_suggestions, handles, now, row_of, suggest, suggestions
from core.library.tables import Face, JobSubject, Reference, Subject
from core.library.training import set_training, stricter, training_refusals
from core.spec import Kind
from core.spec import Reference as PreparedReference

__all__ = [
    "Consent", "Cover", "FaceRow", "FaceState", "Receipt", "ReferenceRow", "SubjectCard", "add_reference",
    "by_handles", "card", "cards", "create", "delete", "drop_empty_suggestions", "face_ids", "face_rows",
    "faces", "get", "ignore", "merge", "move_faces", "references", "reject_faces", "rename", "set_consent",
    "set_cover", "set_face_state", "set_favourite", "set_ignored", "set_mask", "set_notes", "set_reference",
    "set_training", "split", "stored", "suggest", "suggestions", "training_refusals",
]  # fmt: skip


def create(session: Session, kind: Kind, name: str, noun: str, named: bool = True) -> int:
    """A new subject. Raises KnownError for a name or a noun that cannot be used."""
    name, taken = names.clean_name(name), handles(session)
    row = Subject(
        uid=uuid.uuid4().hex, kind=kind, name=name, handle=names.handle_for(name, taken, kind),
        noun=names.clean_noun(noun), named=named, created_at=now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def rename(session: Session, subject_id: int, name: str, noun: str | None = None) -> None:
    """Names a subject: its handle follows the name, its suggested faces are confirmed. Raises KnownError."""
    row, name = row_of(session, subject_id), names.clean_name(name)
    what: people_undo.What = "confirm" if row.named and name == row.name and noun is None else "name"
    with people_undo.step(session, what, name, [subject_id]):
        if not row.named or name != row.name:
            row.handle = names.handle_for(name, handles(session, but=subject_id), row.kind)
        row.name, row.named = name, True
        if noun is not None:
            row.noun = names.clean_noun(noun)
        _confirm(session, subject_id)


def merge(session: Session, into_id: int, other_ids: Sequence[int]) -> str:
    """Moves the others' faces, references and jobs into one subject and deletes the others. A subject
    without a name takes the first name among them. The strictest consent stays; the answer says so, or is
    empty."""
    into = row_of(session, into_id)
    others = [row_of(session, other) for other in dict.fromkeys(other_ids) if other != into_id]
    if any(other.kind != into.kind for other in others):
        raise KnownError("A person and an object cannot be one subject. Nothing was merged.")
    gone = [other.id for other in others]
    name = next((each.name for each in (into, *others) if each.named), into.name)
    with people_undo.step(session, "merge", name, [into_id, *gone]):
        _move(session, into_id, gone)
        note = stricter_consent(into, others)
        stricter(into, others)
        _take_over(session, into, others)
        if into.named:
            _confirm(session, into_id)
    return note


def set_ignored(session: Session, subject_id: int, ignored: bool) -> None:
    """Hides a group from the pages; later groupings leave it alone."""
    ignore(session, [subject_id], ignored)


def ignore(session: Session, subject_ids: Sequence[int], ignored: bool = True) -> None:
    """Hides several groups in one step, or shows them again. Raises KnownError when one is gone."""
    rows = [row_of(session, each) for each in subject_ids]
    name = rows[0].name if len(rows) == 1 and rows[0].named else ""
    with people_undo.step(session, "ignore" if ignored else "show", name, subject_ids):
        for row in rows:
            row.ignored = ignored


def set_favourite(session: Session, subject_id: int, favourite: bool) -> None:
    row = row_of(session, subject_id)
    with people_undo.step(session, "favourite", row.name, [subject_id]):
        row.favourite = favourite


def set_cover(session: Session, subject_id: int, face_id: int | None = None, crop: str | None = None) -> None:
    """What stands for a subject: one of its faces, or the crop of a reference; with neither, the best again.
    Raises KnownError for somebody else's."""
    row = row_of(session, subject_id)
    theirs = {
        *session.scalars(select(Face.id).where(Face.id == face_id, Face.subject_id == subject_id)),
        *session.scalars(select(Reference.crop).where(Reference.subject_id == subject_id)),
        None,
    }
    if face_id not in theirs or crop not in theirs:
        raise KnownError(f"That picture is not one of {row.name}. The cover stays as it was.")
    with people_undo.step(session, "cover", row.name, [subject_id]):
        row.cover_face, row.cover_crop = face_id, crop


def set_notes(session: Session, subject_id: int, notes: str) -> None:
    row_of(session, subject_id).notes = notes


def add_reference(
    session: Session, subject_id: int, reference: PreparedReference, photo_id: int | None, box: Box | None
) -> int:
    """Adds a prepared crop; the same crop twice is one reference. Returns its row."""
    row_of(session, subject_id)
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
    into.cover_face = into.cover_face or next((s.cover_face for s in others if s.cover_face), None)
    for other in others:
        session.delete(other)
    session.flush()
    if taken:
        into.name, into.handle, into.noun = taken
        into.named = True


def _confirm(session: Session, subject_id: int) -> None:
    mine = update(Face).where(Face.subject_id == subject_id, Face.state == "suggested")
    session.execute(mine.values(state="confirmed"))


def set_mask(session: Session, reference_id: int, mask: str) -> None:
    """What of a reference is the subject, corrected by the user: the hash of a stored picture. Raises
    KnownError when the reference is gone."""
    row = session.get(Reference, reference_id)
    if row is None:
        raise KnownError("That reference is no longer in the library.")
    row.mask = mask
