"""Taking back what was done to people, and doing it again: naming, confirming, ignoring, merging, splitting,
moving a face, choosing a cover or a favourite.

A step holds how everything it touched was before and after. Taking it back goes from after to before, doing
it again from before to after, and only what is still as the step left it is changed: a consent that was noted
since, or notes that were typed, stay. Recording a consent is no step; taking one away forgets all steps, so
that nothing brings it back.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, structs
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from core.library import names
from core.library.job_sql import among
from core.library.steps import Steps, Title
from core.library.tables import Face, Job, JobSubject, Reference, Subject

What = Literal["name", "confirm", "ignore", "show", "merge", "split", "move", "reject", "cover", "favourite"]


class SubjectLine(Struct, frozen=True):
    """A whole row of the subjects."""

    id: int
    uid: str
    kind: str
    name: str
    handle: str
    noun: str
    named: bool
    ignored: bool
    favourite: bool
    notes: str
    consent: str
    consent_scope: str
    consent_at: datetime | None
    created_at: datetime
    consent_until: datetime | None
    consent_note: str
    cover_face: int | None
    cover_crop: str | None
    training: str = "unknown"
    training_at: datetime | None = None
    training_until: datetime | None = None


class ReferenceLine(Struct, frozen=True):
    """A whole row of the references."""

    id: int
    subject_id: int
    photo_id: int | None
    left: float | None
    top: float | None
    right: float | None
    bottom: float | None
    crop: str
    mask: str | None
    weight: float
    enabled: bool
    hints: str | None


class Snapshot(Struct, frozen=True):
    """Some subjects with all that is theirs. `faces`: whose each is, and its state; `jobs`: which depict
    whom, as (job, subject)."""

    subjects: dict[int, SubjectLine]
    faces: dict[int, tuple[int | None, str]]
    references: dict[int, ReferenceLine]
    jobs: tuple[tuple[int, int], ...]


class Change(Struct, frozen=True):
    before: Snapshot
    after: Snapshot


STEPS = Steps("people", Change)
titles = STEPS.titles
forget = STEPS.forget


@contextmanager
def step(
    session: Session, what: What, name: str, subject_ids: Iterable[int], new: Iterable[int] = ()
) -> Iterator[None]:
    """Makes what is done inside one step. `subject_ids`: whom it changes; `new` is read at the end: whom it
    added. A change that changed nothing is no step."""
    theirs = list(subject_ids)
    session.flush()
    before = _snapshot(session, theirs, None)
    yield
    session.flush()
    after = _snapshot(session, [*theirs, *new], before.faces)
    change, count = _differing(before, after)
    if change.before != change.after:
        STEPS.keep(session, Title(what, name, count), change)


def undo(session: Session) -> Title | None:
    """Takes the last change back; what it was, or None when there is nothing to take back."""
    taken = STEPS.take(session, "back")
    if taken:
        _go(session, taken[1].after, taken[1].before)
    return taken[0] if taken else None


def redo(session: Session) -> Title | None:
    """Does again what was taken back last; like `undo`."""
    taken = STEPS.take(session, "forth")
    if taken:
        _go(session, taken[1].before, taken[1].after)
    return taken[0] if taken else None


# Looking


def _snapshot(session: Session, subject_ids: list[int], faces: Iterable[int] | None) -> Snapshot:
    """`faces`: those that were theirs before; now they may be anybody's."""
    mine = among(subject_ids, Face.subject_id) if faces is None else among(faces, Face.id)
    people = session.execute(_columns(Subject, SubjectLine).where(*among(subject_ids, Subject.id)))
    found = session.execute(select(Face.id, Face.subject_id, Face.state).where(*mine))
    theirs = _columns(Reference, ReferenceLine).where(*among(subject_ids, Reference.subject_id))
    depicted = select(JobSubject.job_id, JobSubject.subject_id).where(
        *among(subject_ids, JobSubject.subject_id)
    )
    return Snapshot(
        {row.id: SubjectLine(*row) for row in people},
        {row[0]: (row[1], row[2]) for row in found},
        {row.id: ReferenceLine(*row) for row in session.execute(theirs)},
        tuple((row[0], row[1]) for row in session.execute(depicted.order_by(*JobSubject.__table__.columns))),
    )


def _columns(table: Any, line: type[Struct]) -> Any:
    return select(*(getattr(table, name) for name in line.__struct_fields__))


def _differing(before: Snapshot, after: Snapshot) -> tuple[Change, int]:
    """Only what changed is kept; the number of faces that did."""
    faces = [face for face, was in before.faces.items() if after.faces.get(face) != was]
    change = Change(*(_among(snapshot, faces, before, after) for snapshot in (before, after)))
    return change, len(faces)


def _among(snapshot: Snapshot, faces: list[int], before: Snapshot, after: Snapshot) -> Snapshot:
    return Snapshot(
        {n: row for n, row in snapshot.subjects.items() if before.subjects.get(n) != after.subjects.get(n)},
        {face: snapshot.faces[face] for face in faces if face in snapshot.faces},
        {n: r for n, r in snapshot.references.items() if before.references.get(n) != after.references.get(n)},
        snapshot.jobs if before.jobs != after.jobs else (),
    )


# Going there


def _go(session: Session, now: Snapshot, to: Snapshot) -> None:
    """From one to the other, where the library is still as `now` says. Handles are unique: they wait until
    all rows are there."""
    here = _lines(session, {*now.subjects, *to.subjects})
    _bring_back(session, [line for number, line in to.subjects.items() if number not in here])
    _give_faces(session, now, to)
    _give_references(session, now, to)
    _give_jobs(session, now, to)
    _take_away(session, [number for number in now.subjects if number in here and number not in to.subjects])
    for number, line in sorted(to.subjects.items(), key=lambda each: each[0] not in here):
        _restore(session, here.get(number), now.subjects.get(number), line)


def _lines(session: Session, subject_ids: Iterable[int]) -> dict[int, SubjectLine]:
    found = session.execute(_columns(Subject, SubjectLine).where(*among(subject_ids, Subject.id)))
    return {row.id: SubjectLine(*row) for row in found}


def _bring_back(session: Session, lines: list[SubjectLine]) -> None:
    rows = [structs.asdict(line) | {"handle": f"{line.handle} {line.uid}"} for line in lines]
    if rows:
        session.execute(insert(Subject), rows)


def _give_faces(session: Session, now: Snapshot, to: Snapshot) -> None:
    held = session.execute(
        select(Face.id, Face.subject_id, Face.state).where(*among(to.faces, Face.id))
    ).all()
    people = {*session.scalars(select(Subject.id)), None}
    back = [
        {"id": row.id, "subject_id": to.faces[row.id][0], "state": to.faces[row.id][1]}
        for row in held
        if (row.subject_id, row.state) == now.faces.get(row.id) and to.faces[row.id][0] in people
    ]
    if back:
        session.execute(update(Face), back)


def _give_references(session: Session, now: Snapshot, to: Snapshot) -> None:
    gone = [number for number in now.references if number not in to.references]
    session.execute(delete(Reference).where(*among(gone, Reference.id)))
    for line in to.references.values():
        session.execute(upsert(Reference).values(structs.asdict(line)).on_conflict_do_nothing())
        owner = update(Reference).where(Reference.id == line.id).values(subject_id=line.subject_id)
        session.execute(owner.prefix_with("OR IGNORE"), execution_options={"synchronize_session": False})


def _give_jobs(session: Session, now: Snapshot, to: Snapshot) -> None:
    known = set(session.scalars(select(Job.id).where(*among({job for job, _ in (*now.jobs, *to.jobs)}))))
    for job, subject in set(now.jobs) - set(to.jobs):
        mine = (JobSubject.job_id == job, JobSubject.subject_id == subject)
        session.execute(delete(JobSubject).where(*mine))
    again = [{"job_id": job, "subject_id": who} for job, who in set(to.jobs) - set(now.jobs) if job in known]
    if again:
        session.execute(upsert(JobSubject).on_conflict_do_nothing(), again)


def _take_away(session: Session, subject_ids: list[int]) -> None:
    """Whom the step added, unless something became theirs since."""
    for number in subject_ids:
        owned = (Face.subject_id, Reference.subject_id, JobSubject.subject_id)
        counts = (select(func.count()).where(column == number) for column in owned)
        if not any(session.scalar(count) for count in counts):
            session.execute(delete(Subject).where(Subject.id == number))


def _restore(session: Session, here: SubjectLine | None, now: SubjectLine | None, to: SubjectLine) -> None:
    """The columns the step changed and nobody since; all of them for who was brought back."""
    if here is None:
        values: dict[str, Any] = {"handle": to.handle}
    elif now is None:
        return
    else:
        values = {
            name: getattr(to, name)
            for name in SubjectLine.__struct_fields__
            if getattr(here, name) == getattr(now, name) != getattr(to, name)
        }
    if "handle" in values:
        taken = set(session.scalars(select(Subject.handle).where(Subject.id != to.id)))
        values["handle"] = to.handle if to.handle not in taken else names.handle_for(to.name, taken, to.kind)
    if values:
        session.execute(update(Subject).where(Subject.id == to.id).values(**values))
