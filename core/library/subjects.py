"""People and objects: who is in the photos, what they are called, what they agreed to, what stands for
them."""

import difflib
import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import case, func, select, update
from sqlalchemy import delete as remove_rows
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import names
from core.library.photos import Box
from core.library.removal import Receipt as Receipt
from core.library.removal import delete as delete
from core.library.tables import Face, Job, JobSubject, Photo, Reference, Subject
from core.spec import Kind
from core.spec import Reference as PreparedReference

Consent = Literal["unknown", "granted", "denied", "withdrawn"]
FaceState = Literal["suggested", "confirmed", "ignored"]
STRICTNESS: dict[str, int] = {"granted": 0, "unknown": 1, "denied": 2, "withdrawn": 2}


@dataclass(frozen=True)
class Cover:
    """What a card shows: the best face (`photo`, `box`, `quality`), or for an object its first reference's
    crop."""

    photo: str | None = None
    box: Box | None = None
    quality: float = 0.0
    crop: str | None = None


@dataclass(frozen=True)
class SubjectCard:
    """One person or object as the pages show it. `faces` counts those that are not ignored; `references`
    those that are switched on."""

    id: int
    uid: str
    kind: Kind
    name: str
    handle: str
    noun: str
    named: bool
    ignored: bool
    favourite: bool
    notes: str
    consent: Consent
    consent_scope: str
    consent_at: datetime | None
    faces: int
    references: int
    cover: Cover | None


@dataclass(frozen=True)
class FaceRow:
    id: int
    photo_id: int
    photo: str
    photo_sha256: str
    box: Box
    score: float
    quality: float
    state: str


@dataclass(frozen=True)
class ReferenceRow:
    """`photo` and `box` say where the crop was taken; None when that photo left the library."""

    id: int
    crop: str
    mask: str | None
    weight: float
    enabled: bool
    photo_id: int | None
    photo: str | None
    box: Box | None

    @property
    def prepared(self) -> PreparedReference:
        return PreparedReference(crop=self.crop, mask=self.mask, weight=self.weight)


def cards(session: Session, kind: Kind | None = None, ignored: bool = False) -> list[SubjectCard]:
    """Those that are not ignored (or those that are), favourites first, then the named, then by number of
    faces."""
    where = [Subject.ignored == ignored] + ([Subject.kind == kind] if kind else [])
    found = _cards(session, where)
    return sorted(found, key=lambda c: (not c.favourite, not c.named, -c.faces, c.name.casefold(), c.id))


def get(session: Session, who: str) -> SubjectCard:
    """The subject with this handle (with or without @), uid or name. Raises KnownError with near matches."""
    return _cards(session, [Subject.id == _find(session, who)])[0]


def card(session: Session, subject_id: int) -> SubjectCard:
    """One subject's card by its row. Raises KnownError when it is gone."""
    _row(session, subject_id)
    return _cards(session, [Subject.id == subject_id])[0]


def by_handles(session: Session, handles: Sequence[str]) -> dict[str, SubjectCard]:
    """A card for each handle of a prompt, in the order given. Raises KnownError with near matches for the
    first handle that nobody has."""
    found = {c.handle: c for c in _cards(session, [Subject.handle.in_(handles)])} if handles else {}
    for handle in handles:
        if handle not in found:
            raise KnownError(_unknown(session, f"@{handle}"))
    return {handle: found[handle] for handle in handles}


def references(session: Session, subject_id: int) -> list[ReferenceRow]:
    """Every reference, switched off or not, oldest first."""
    rows = session.execute(
        select(Reference, Photo.path).outerjoin(Photo, Photo.id == Reference.photo_id)
        .where(Reference.subject_id == subject_id).order_by(Reference.id)
    )  # fmt: skip
    return [
        ReferenceRow(r.id, r.crop, r.mask, r.weight, r.enabled, r.photo_id, path, _box(r)) for r, path in rows
    ]


def faces(session: Session, subject_id: int) -> list[FaceRow]:
    """The subject's faces, confirmed ones first, then the best."""
    columns = select(
        Face.id, Face.photo_id, Photo.path, Photo.sha256, Face.left, Face.top, Face.right, Face.bottom,
        Face.score, Face.quality, Face.state,
    ).join(Photo, Photo.id == Face.photo_id)  # fmt: skip
    order = (Face.state != "confirmed", Face.quality.desc(), Face.id)
    rows = session.execute(columns.where(Face.subject_id == subject_id).order_by(*order))
    return [FaceRow(r[0], r[1], r[2], r[3], (r[4], r[5], r[6], r[7]), r[8], r[9], r[10]) for r in rows]


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
    """Confirms a face, or ignores it: an ignored face never counts again. Raises KnownError when it is
    gone."""
    row = session.get(Face, face_id)
    if row is None:
        raise KnownError("That face is no longer in the library.")
    row.state = state


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


def stored(session: Session, subject_id: int) -> dict[str, Any]:
    """All that the library holds about a subject, as plain data: for the person who asks. Embeddings are
    told by their size, not shown."""
    me = card(session, subject_id)
    embeddings = select(func.count(), func.coalesce(func.sum(func.length(Face.embedding)), 0))
    found, size = session.execute(embeddings.where(Face.subject_id == subject_id)).one()
    return {
        "name": me.name, "handle": me.handle, "uid": me.uid, "kind": me.kind, "noun": me.noun,
        "notes": me.notes,
        "consent": {"status": me.consent, "scope": me.consent_scope,
                    "date": me.consent_at.isoformat() if me.consent_at else None},
        "faces": [{"photo": face.photo, "box": list(face.box), "state": face.state}
                  for face in faces(session, subject_id)],
        "embeddings": {"count": found, "bytes": size},
        "references": [{"crop": each.crop, "mask": each.mask, "photo": each.photo, "weight": each.weight,
                        "enabled": each.enabled} for each in references(session, subject_id)],
        "jobs": _jobs_by_state(session, subject_id),
        "pictures": _pictures(session, me.uid),
    }  # fmt: skip


# Cards


def _cards(session: Session, where: Sequence[Any]) -> list[SubjectCard]:
    columns = select(
        Subject.id, Subject.uid, Subject.kind, Subject.name, Subject.handle, Subject.noun, Subject.named,
        Subject.ignored, Subject.favourite, Subject.notes, Subject.consent, Subject.consent_scope,
        Subject.consent_at,
    )  # fmt: skip
    rows = session.execute(columns.where(*where)).all()
    chosen = select(Subject.id).where(*where)
    counted, face_covers = _faces_of(session, chosen)
    enabled, crop_covers = _references_of(session, chosen)
    return [
        SubjectCard(
            **row._mapping,
            faces=counted.get(row.id, 0),
            references=enabled.get(row.id, 0),
            cover=face_covers.get(row.id) or crop_covers.get(row.id),
        )
        for row in rows
    ]


def _faces_of(session: Session, chosen: Any) -> tuple[dict[int, int], dict[int, Cover]]:
    """Number of faces and best face of each subject, by one walk over the index."""
    # SQLite takes a bare column from the row that holds the max(): that row is the best face.
    best = (
        select(Face.subject_id, func.count().label("n"), func.max(Face.quality).label("quality"), Face.id)
        .where(Face.subject_id.in_(chosen), Face.state != "ignored")
        .group_by(Face.subject_id)
        .subquery()
    )
    rows = session.execute(
        select(best.c.subject_id, best.c.n, best.c.quality, Photo.path,
               Face.left, Face.top, Face.right, Face.bottom)
        .join(Face, Face.id == best.c.id)
        .join(Photo, Photo.id == Face.photo_id)
    ).all()
    covers = {r[0]: Cover(photo=r[3], box=(r[4], r[5], r[6], r[7]), quality=r[2]) for r in rows}
    return {r[0]: r[1] for r in rows}, covers


def _references_of(session: Session, chosen: Any) -> tuple[dict[int, int], dict[int, Cover]]:
    rows = session.execute(
        select(Reference.subject_id, func.sum(case((Reference.enabled, 1), else_=0)), func.min(Reference.id),
               Reference.crop)
        .where(Reference.subject_id.in_(chosen))
        .group_by(Reference.subject_id)
    ).all()  # fmt: skip
    return {r[0]: r[1] for r in rows}, {r[0]: Cover(crop=r[3]) for r in rows}


# Finding


def _find(session: Session, who: str) -> int:
    wanted = who.strip().removeprefix("@").casefold()
    rows = session.execute(select(Subject.id, Subject.uid, Subject.handle, Subject.name)).all()
    for row in rows:
        if wanted in (row.handle.casefold(), row.uid):
            return int(row.id)
    named = [row for row in rows if row.name.casefold() == wanted]
    if len(named) > 1:
        handles = ", ".join(f"@{row.handle}" for row in named)
        raise KnownError(f"Several are called {who.strip()}: say which of {handles}.")
    if not named:
        raise KnownError(_unknown(session, who.strip()))
    return int(named[0].id)


def _unknown(session: Session, who: str) -> str:
    rows = session.execute(select(Subject.handle, Subject.name).where(Subject.ignored.is_(False))).all()
    spellings = {word.casefold(): row.handle for row in rows for word in (row.name, row.handle)}
    near = difflib.get_close_matches(who.removeprefix("@").casefold(), spellings, n=3, cutoff=0.5)
    handles = list(dict.fromkeys(f"@{spellings[word]}" for word in near))
    if handles:
        return f"Nobody is called {who}. Did you mean {' or '.join(handles)}?"
    some = ", ".join(f"@{row.handle}" for row in rows[:12])
    known = f"Known: {some}." if some else "The library has no people or objects yet."
    return f"Nobody is called {who}. {known}"


def _row(session: Session, subject_id: int) -> Subject:
    row = session.get(Subject, subject_id)
    if row is None:
        raise KnownError("That person or object is no longer in the library.")
    return row


def _handles(session: Session, but: int | None = None) -> set[str]:
    return set(session.scalars(select(Subject.handle).where(Subject.id.is_distinct_from(but))))


# Merging


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


# The rest


def _confirm(session: Session, subject_id: int) -> None:
    mine = update(Face).where(Face.subject_id == subject_id, Face.state == "suggested")
    session.execute(mine.values(state="confirmed"))


def _cancel_waiting(session: Session, person: Subject) -> int:
    theirs = select(JobSubject.job_id).where(JobSubject.subject_id == person.id)
    waiting = update(Job).where(Job.id.in_(theirs), Job.state.in_(("queued", "running")))
    reason = f"There is no consent from {person.name} any more."
    cancelled = waiting.values(state="cancelled", error=reason, finished_at=_now()).returning(Job.id)
    return len(session.scalars(cancelled).all())


def _jobs_by_state(session: Session, subject_id: int) -> dict[str, int]:
    columns = select(Job.state, func.count()).join(JobSubject, JobSubject.job_id == Job.id)
    counted = columns.where(JobSubject.subject_id == subject_id).group_by(Job.state)
    return dict(session.execute(counted).all())


def _pictures(session: Session, uid: str) -> list[str]:
    from core.library.gallery import depicting
    from core.library.tables import Picture

    return list(session.scalars(select(Picture.path).where(depicting(uid)).order_by(Picture.id)))


def _box(row: Reference) -> Box | None:
    if row.left is None or row.top is None or row.right is None or row.bottom is None:
        return None
    return (row.left, row.top, row.right, row.bottom)


def _utc(when: datetime | None) -> datetime:
    """Naive UTC, as the tables keep it; a date without a zone is taken as it stands."""
    if when is None:
        return _now()
    return when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
