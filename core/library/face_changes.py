"""Whose a face is, by the user's word: one person's faces become another's, or nobody's. Each change is a
step that can be taken back."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import people_undo
from core.library.job_sql import among
from core.library.subject_rows import row_of, suggest
from core.library.tables import Face, Reference, Subject

FaceState = Literal["suggested", "confirmed", "ignored"]


def split(session: Session, face_ids: Sequence[int]) -> int:
    """These faces are somebody else: a new person without a name has them, and keeps them whatever a later
    grouping finds. Returns its row. Raises KnownError when none of the faces is there any more."""
    owners = _owners(session, face_ids)
    noun = session.scalar(select(Subject.noun).where(Subject.id.in_(owners))) or "person"
    added: list[int] = []
    with people_undo.step(session, "split", _name_of(session, owners), owners, added):
        added.append(suggest(session, noun))
        _give(session, face_ids, added[0])
    return added[0]


def move_faces(session: Session, face_ids: Sequence[int], into_id: int) -> None:
    """These faces are that person, and the user says so. References that were made of them for somebody else
    go. Raises KnownError when they or the faces are gone, or for an object."""
    into = row_of(session, into_id)
    if into.kind != "person":
        raise KnownError(f"{into.name} is an object: it has no faces. Nothing was moved.")
    owners = _owners(session, face_ids)
    with people_undo.step(session, "move", into.name, [*owners, into_id]):
        _give(session, face_ids, into_id)


def reject_faces(session: Session, face_ids: Sequence[int]) -> None:
    """These faces are nobody's: they never count again, and references made of them go. Raises KnownError
    when none is there any more."""
    owners = _owners(session, face_ids)
    with people_undo.step(session, "reject", _name_of(session, owners), owners):
        _drop_references(session, face_ids)
        rejected = update(Face).where(*among(face_ids, Face.id)).values(state="ignored")
        session.execute(rejected, execution_options={"synchronize_session": False})


def set_face_state(session: Session, face_id: int, state: FaceState) -> None:
    """Confirms a face, or ignores it: an ignored face never counts again, and a reference that was made of it
    goes. Raises KnownError when it is gone."""
    row = session.get(Face, face_id)
    if row is None:
        raise KnownError("That face is no longer in the library.")
    if state == "ignored":
        reject_faces(session, [face_id])
    row.state = state


def _owners(session: Session, face_ids: Sequence[int]) -> list[int]:
    """Whose these faces are. Raises KnownError when none of them is there any more."""
    theirs = select(Face.subject_id).distinct().where(*among(face_ids, Face.id))
    found = list(session.scalars(theirs))
    if not found:
        raise KnownError("Those faces are no longer in the library.")
    return sorted(each for each in found if each is not None)


def _name_of(session: Session, subject_ids: Sequence[int]) -> str:
    """Of the one person among them; "" for several, and for one without a name."""
    names = session.scalars(select(Subject.name).where(*among(subject_ids, Subject.id), Subject.named)).all()
    return names[0] if len(names) == 1 else ""


def _give(session: Session, face_ids: Sequence[int], subject_id: int) -> None:
    _drop_references(session, face_ids)
    given = update(Face).where(*among(face_ids, Face.id)).values(subject_id=subject_id, state="confirmed")
    session.execute(given, execution_options={"synchronize_session": False})
    session.expire_all()


def _drop_references(session: Session, face_ids: Sequence[int]) -> None:
    """Those cut out of these faces, for whoever they were said to be."""
    same = (
        (Reference.photo_id == Face.photo_id) & (Reference.subject_id == Face.subject_id)
        & (Reference.left == Face.left) & (Reference.top == Face.top)
        & (Reference.right == Face.right) & (Reference.bottom == Face.bottom)
    )  # fmt: skip
    made = select(Reference.id).join(Face, same).where(*among(face_ids, Face.id))
    session.execute(
        delete(Reference).where(Reference.id.in_(made)), execution_options={"synchronize_session": False}
    )
