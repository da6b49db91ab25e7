"""People and objects as the pages show them: columns, not entities, in a few queries however many there
are."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library.agreed import consent_now, training_now
from core.library.one_of import one_of
from core.library.photos import Box
from core.library.tables import Face, Photo, Reference, Subject
from core.spec import Kind
from core.spec import Reference as PreparedReference

Consent = Literal["unknown", "granted", "denied", "withdrawn", "expired"]
"""As it holds today; what is recorded is never "expired"."""
Training = Literal["unknown", "granted", "withdrawn", "expired"]
"""Whether pictures of somebody may be learned from, as it holds today."""


@dataclass(frozen=True)
class Cover:
    """What a card shows: the face the user chose or the best one (`photo`, `box`, `quality`), or for an
    object the reference chosen or the first (`crop`)."""

    photo: str | None = None
    box: Box | None = None
    quality: float = 0.0
    crop: str | None = None


@dataclass(frozen=True)
class SubjectCard:
    """One person or object as the pages show it. `faces` counts those that are not ignored, `new` those of
    them that nobody confirmed; `references` those that are switched on."""

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
    consent_until: datetime | None = None
    consent_note: str = ""
    new: int = 0
    training: Training = "unknown"
    training_at: datetime | None = None
    training_until: datetime | None = None


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
    """`photo` and `box` say where the crop was taken; None when that photo left the library. `hints`: what
    may be wrong with it (core.hints), None until somebody looked."""

    id: int
    crop: str
    mask: str | None
    weight: float
    enabled: bool
    photo_id: int | None
    photo: str | None
    box: Box | None
    hints: tuple[str, ...] | None = None

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
    found = _cards(session, [Subject.id == subject_id])
    if not found:
        raise KnownError("That person or object is no longer in the library.")
    return found[0]


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
        ReferenceRow(r.id, r.crop, r.mask, r.weight, r.enabled, r.photo_id, path, _box(r), _hints(r.hints))
        for r, path in rows
    ]


def faces(session: Session, subject_id: int) -> list[FaceRow]:
    """The subject's faces, confirmed ones first, then the best."""
    order = (Face.state != "confirmed", Face.quality.desc(), Face.id)
    return _face_rows(session, Face.subject_id == subject_id, order)


def face_ids(session: Session, subject_id: int) -> list[int]:
    """Of the faces that are not ignored, those to be confirmed first, then the best. From the index alone:
    a person may have tens of thousands."""
    mine = select(Face.id, Face.state, Face.quality).where(
        Face.subject_id == subject_id, Face.state.in_(("suggested", "confirmed"))
    )
    rows = session.execute(mine).all()
    return [row[0] for row in sorted(rows, key=lambda row: (row[1] == "confirmed", -row[2], row[0]))]


def face_rows(session: Session, ids: Sequence[int]) -> list[FaceRow]:
    """These faces in this order; those that are gone are left out."""
    found = {row.id: row for row in _face_rows(session, one_of(Face.id, ids), ())}
    return [found[number] for number in ids if number in found]


def _face_rows(session: Session, condition: Any, order: Sequence[Any]) -> list[FaceRow]:
    columns = select(
        Face.id, Face.photo_id, Photo.path, Photo.sha256, Face.left, Face.top, Face.right, Face.bottom,
        Face.score, Face.quality, Face.state,
    ).join(Photo, Photo.id == Face.photo_id)  # fmt: skip
    rows = session.execute(columns.where(condition).order_by(*order))
    return [FaceRow(r[0], r[1], r[2], r[3], (r[4], r[5], r[6], r[7]), r[8], r[9], r[10]) for r in rows]


def _cards(session: Session, where: Sequence[Any]) -> list[SubjectCard]:
    columns = select(
        Subject.id, Subject.uid, Subject.kind, Subject.name, Subject.handle, Subject.noun, Subject.named,
        Subject.ignored, Subject.favourite, Subject.notes, consent_now().label("consent"),
        Subject.consent_scope, Subject.consent_at, Subject.consent_until, Subject.consent_note,
        training_now().label("training"), Subject.training_at, Subject.training_until,
    )  # fmt: skip
    rows = session.execute(columns.where(*where)).all()
    chosen = select(Subject.id).where(*where)
    counted, face_covers = _faces_of(session, chosen)
    enabled, crop_covers = _references_of(session, chosen)
    picked = _chosen_covers(session, chosen)
    return [
        SubjectCard(
            **row._mapping,
            faces=counted.get(row.id, (0, 0))[0],
            new=counted.get(row.id, (0, 0))[1],
            references=enabled.get(row.id, 0),
            cover=picked.get(row.id) or face_covers.get(row.id) or crop_covers.get(row.id),
        )
        for row in rows
    ]


def _faces_of(session: Session, chosen: Any) -> tuple[dict[int, tuple[int, int]], dict[int, Cover]]:
    """Number of faces, of unconfirmed ones, and best face of each subject, by one walk over the index."""
    new = func.sum(case((Face.state == "suggested", 1), else_=0))
    # SQLite takes a bare column from the row that holds the max(): that row is the best face.
    best = (
        select(
            Face.subject_id,
            func.count().label("n"),
            new.label("new"),
            func.max(Face.quality).label("quality"),
            Face.id,
        )
        .where(Face.subject_id.in_(chosen), Face.state != "ignored")
        .group_by(Face.subject_id)
        .subquery()
    )
    rows = session.execute(
        select(
            best.c.subject_id,
            best.c.n,
            best.c.quality,
            Photo.path,
            best.c.new,
            Face.left,
            Face.top,
            Face.right,
            Face.bottom,
        )
        .join(Face, Face.id == best.c.id)
        .join(Photo, Photo.id == Face.photo_id)
    ).all()
    covers = {r[0]: Cover(photo=r[3], box=(r[5], r[6], r[7], r[8]), quality=r[2]) for r in rows}
    return {r[0]: (r[1], r[4]) for r in rows}, covers


def _chosen_covers(session: Session, chosen: Any) -> dict[int, Cover]:
    """What the user chose, where it is still theirs."""
    columns = select(Subject.id, Photo.path, Face.left, Face.top, Face.right, Face.bottom, Face.quality)
    faces = (
        columns.join(Face, (Face.id == Subject.cover_face) & (Face.subject_id == Subject.id))
        .join(Photo, Photo.id == Face.photo_id)
        .where(Subject.id.in_(chosen), Face.state != "ignored")
    )
    crops = select(Subject.id, Reference.crop).join(
        Reference, (Reference.crop == Subject.cover_crop) & (Reference.subject_id == Subject.id)
    )
    found = {row[0]: Cover(crop=row[1]) for row in session.execute(crops.where(Subject.id.in_(chosen)))}
    return found | {r[0]: Cover(r[1], (r[2], r[3], r[4], r[5]), r[6]) for r in session.execute(faces)}


def _references_of(session: Session, chosen: Any) -> tuple[dict[int, int], dict[int, Cover]]:
    rows = session.execute(
        select(Reference.subject_id, func.sum(case((Reference.enabled, 1), else_=0)), func.min(Reference.id),
               Reference.crop)
        .where(Reference.subject_id.in_(chosen))
        .group_by(Reference.subject_id)
    ).all()  # fmt: skip
    return {r[0]: r[1] for r in rows}, {r[0]: Cover(crop=r[3]) for r in rows}


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


def _hints(kept: str | None) -> tuple[str, ...] | None:
    return None if kept is None else tuple(kept.split())


def _box(row: Reference) -> Box | None:
    if row.left is None or row.top is None or row.right is None or row.bottom is None:
        return None
    return (row.left, row.top, row.right, row.bottom)
