"""Who is meant by what a job or a picture carries: its spec names a subject by uid and by the hashes of
crops, and both outlive a merging."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import UNREADABLE
from core.library.tables import Face, Job, Photo, Picture, Reference, Setting, Subject

_HASH = re.compile(r"[0-9a-f]{64}")


class _Crop(msgspec.Struct):
    crop: str = ""
    mask: str | None = None


class _Region(msgspec.Struct):
    mask: str | None = None


class _Shown(msgspec.Struct):
    uid: str = ""
    references: tuple[_Crop, ...] = ()
    region: _Region | None = None

    def files(self) -> Iterator[str]:
        """Hashes of all it needs among the home's references."""
        for reference in self.references:
            yield from filter(None, (reference.crop, reference.mask))
        if self.region and self.region.mask:
            yield self.region.mask


class _Start(msgspec.Struct):
    sha256: str = ""
    inside: _Region | None = None


class _Spec(msgspec.Struct):
    """What of a spec says who is in it, also of one this version cannot render."""

    subjects: tuple[_Shown, ...] = ()
    start: _Start | None = None

    @property
    def mask(self) -> str:
        """The mask on its start photo, "" without one."""
        return self.start.inside.mask or "" if self.start and self.start.inside else ""


@dataclass(frozen=True)
class Depiction:
    """What the library holds of one subject beside its own rows. `files`: hashes of crops, masks and region
    masks; `jobs`: rows of jobs it is in; `pictures`: rows and paths of finished pictures it is in; `photos`:
    hashes of the photos its faces are on; `masks`: those of `files` that were drawn on a start photo, which
    show somebody's outline and go with them whoever else is in the picture."""

    uid: str
    files: frozenset[str]
    jobs: tuple[int, ...]
    pictures: tuple[tuple[int, str], ...]
    photos: frozenset[str]
    masks: frozenset[str] = frozenset()


def depiction(session: Session, subject_id: int) -> Depiction:
    """Everything that depicts the subject, under this uid or one that was merged into it; a photo it is seen
    on counts for what started from that photo."""
    uid = session.scalar(select(Subject.uid).where(Subject.id == subject_id)) or ""
    own = session.execute(select(Reference.crop, Reference.mask).where(Reference.subject_id == subject_id))
    rows = own.all()
    crops = {row.crop for row in rows}
    mine = _Mine(uid, crops, frozenset(_others(session, subject_id)), _seen_on(session, subject_id))
    files = {each for row in rows for each in row if each}
    jobs, pictures, masks = [], [], set[str]()
    for number, text in session.execute(select(Job.id, Job.spec)):
        jobs += [number] if mine.found_in(text, files, masks) else []
    columns = select(Picture.id, Picture.path, Picture.spec).order_by(Picture.id)
    for number, path, text in session.execute(columns):
        pictures += [(number, path)] if mine.found_in(text, files, masks) else []
    everything = frozenset(files | masks)
    return Depiction(uid, everything, tuple(jobs), tuple(pictures), mine.photos, frozenset(masks))


def needed(session: Session) -> set[str]:
    """Hashes of the crops and masks that somebody still needs: a reference, the job or finished picture of a
    subject that is still listed, or a job that can be taken back."""
    rows = session.execute(select(Reference.crop, Reference.mask)).all()
    crops, uids = {row.crop for row in rows}, set(session.scalars(select(Subject.uid)))
    found = {each for row in rows for each in row if each}
    for text in (*session.scalars(select(Job.spec)), *session.scalars(select(Picture.spec))):
        spec = _read(text)
        found.update(filter(None, [spec.mask]))
        for shown in spec.subjects:
            if shown.uid in uids or any(reference.crop in crops for reference in shown.references):
                found.update(shown.files())
    for value in session.scalars(select(Setting.value)):
        found.update(_HASH.findall(value))
    return found


def merged(session: Session, crops: dict[str, Iterable[str]]) -> dict[str, int]:
    """The row of the subject that each of these former uids was merged into, by the crops they came with."""
    asked = {crop for each in crops.values() for crop in each}
    rows = session.execute(
        select(Reference.crop, Reference.subject_id).where(Reference.crop.in_(asked)).order_by(Reference.id)
    )
    owner = {row.crop: row.subject_id for row in rows} if asked else {}
    found = {uid: [owner[crop] for crop in each if crop in owner] for uid, each in crops.items()}
    return {uid: owners[0] for uid, owners in found.items() if owners}


@dataclass(frozen=True)
class _Mine:
    uid: str
    crops: set[str]
    others: frozenset[str]
    photos: frozenset[str]

    def found_in(self, text: str, files: set[str], masks: set[str]) -> bool:
        """Whether the spec depicts it; `files` takes what the spec needs for that, `masks` what was drawn on
        its start photo."""
        spec = _read(text)
        shown = [each for each in spec.subjects if self._is(each)]
        for each in shown:
            files.update(each.files())
        found = bool(shown) or (spec.start is not None and spec.start.sha256 in self.photos)
        masks.update(filter(None, [spec.mask if found else ""]))
        return found

    def _is(self, shown: _Shown) -> bool:
        alike = any(reference.crop in self.crops for reference in shown.references)
        return shown.uid == self.uid or (alike and shown.uid not in self.others)


def _others(session: Session, subject_id: int) -> Iterable[str]:
    return session.scalars(select(Subject.uid).where(Subject.id != subject_id))


def _seen_on(session: Session, subject_id: int) -> frozenset[str]:
    faces = select(Photo.sha256).join(Face, Face.photo_id == Photo.id).where(Face.subject_id == subject_id)
    return frozenset(session.scalars(faces.where(Face.state != "ignored")))


def _read(text: str) -> _Spec:
    try:
        return msgspec.json.decode(text, type=_Spec)
    except UNREADABLE:
        return _Spec()
