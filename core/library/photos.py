"""Photos, known by the hash of their bytes, and the faces found in them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.library import facts, people_undo
from core.library.tables import Face, Photo, Subject

if TYPE_CHECKING:
    from core.images import PhotoFile

Box = tuple[float, float, float, float]
SAME_FACE_IOU = 0.5


class FoundFace(Protocol):
    """One face as an engine found it (core.faces.Face)."""

    @property
    def box(self) -> Box: ...
    @property
    def landmarks(self) -> Sequence[tuple[float, float]]: ...
    @property
    def score(self) -> float: ...
    @property
    def quality(self) -> float: ...
    @property
    def embedding(self) -> bytes: ...


@dataclass(frozen=True)
class PhotoRow:
    id: int
    path: str
    sha256: str
    width: int
    height: int
    backend: str | None


@dataclass(frozen=True)
class Embedded:
    """What grouping needs of one face. `settled`: the user confirmed it, or ignores whom it belongs to."""

    id: int
    photo_id: int
    subject_id: int | None
    settled: bool
    quality: float
    embedding: bytes


@dataclass(frozen=True)
class Candidate:
    """A face that may become a reference."""

    photo_id: int
    photo: str
    box: Box
    quality: float
    embedding: bytes
    backend: str


def add(session: Session, photo: "PhotoFile") -> tuple[int, bool]:
    """The photo's id, and whether it is new: the same bytes are the same photo, wherever they lie. A photo
    whose file is gone from its old place is known by the new one from now on."""
    known = session.execute(select(Photo.id, Photo.path).where(Photo.sha256 == photo.sha256)).one_or_none()
    if known is None:
        return _insert(session, photo), True
    if known.path != str(photo.path) and not is_there(known.path):
        session.execute(update(Photo).where(Photo.id == known.id).values(path=str(photo.path)))
    return known.id, False


def is_there(path: str) -> bool:
    """Whether a photo's file is where it was; False where the disk does not answer."""
    try:
        return Path(path).exists()
    except OSError:
        return False


def unscanned(session: Session, backend: str | None = None) -> list[PhotoRow]:
    """Photos that `backend` has not scanned; without one, those that no backend has."""
    columns = select(Photo.id, Photo.path, Photo.sha256, Photo.width, Photo.height, Photo.backend)
    missing = Photo.backend.is_(None) if backend is None else Photo.backend.is_distinct_from(backend)
    return [PhotoRow(*row) for row in session.execute(columns.where(missing).order_by(Photo.id))]


def save_scan(session: Session, photo_id: int, faces: Sequence[FoundFace], backend: str) -> None:
    """Replaces the photo's faces by what `backend` found. Where it is the same face as before (by its box),
    the person it belongs to and its state stay."""
    known = session.execute(
        select(Face.left, Face.top, Face.right, Face.bottom, Face.subject_id, Face.state).where(
            Face.photo_id == photo_id
        )
    ).all()
    if known:
        people_undo.forget(session)  # its steps name faces by rows that end here
    session.execute(delete(Face).where(Face.photo_id == photo_id))
    rows = [_face(photo_id, face, backend) | _kept(face.box, known) for face in faces]
    if rows:
        session.execute(insert(Face), rows)
    session.execute(update(Photo).where(Photo.id == photo_id).values(backend=backend))
    if current_backend(session) != backend:
        facts.keep(session, "faces", backend)


def current_backend(session: Session) -> str | None:
    """The face models that scanned last; embeddings of others are not compared with theirs."""
    return facts.read(session, "faces")


def embedded(session: Session, backend: str) -> list[Embedded]:
    """Every face that `backend` embedded and nobody ignores, in a fixed order."""
    settled = (Face.state == "confirmed") | func.coalesce(Subject.ignored, False)
    columns = select(Face.id, Face.photo_id, Face.subject_id, settled, Face.quality, Face.embedding)
    chosen = columns.outerjoin(Subject, Subject.id == Face.subject_id).where(
        Face.backend == backend, Face.state != "ignored"
    )
    rows = session.execute(chosen.order_by(Face.id))
    return [Embedded(row[0], row[1], row[2], bool(row[3]), row[4], row[5]) for row in rows]


def assign(session: Session, subjects: dict[int, int | None]) -> None:
    """Gives each face (by id) to a subject, or to nobody."""
    if subjects:
        rows = [{"id": face_id, "subject_id": subject_id} for face_id, subject_id in subjects.items()]
        session.execute(update(Face), rows)


def candidates(session: Session, subject_id: int) -> list[Candidate]:
    """The subject's faces that are not ignored: confirmed ones first, then the best."""
    columns = select(
        Face.photo_id, Photo.path, Face.left, Face.top, Face.right, Face.bottom, Face.quality, Face.embedding,
        Face.backend,
    ).join(Photo, Photo.id == Face.photo_id)  # fmt: skip
    mine = columns.where(Face.subject_id == subject_id, Face.state != "ignored")
    rows = session.execute(mine.order_by(Face.state != "confirmed", Face.quality.desc(), Face.id))
    return [Candidate(r[0], r[1], (r[2], r[3], r[4], r[5]), r[6], r[7], r[8]) for r in rows]


def remove(session: Session, photo_id: int) -> None:
    """Forgets the photo and its faces; the file stays."""
    session.execute(delete(Photo).where(Photo.id == photo_id))


def get_by_hash(session: Session, sha256: str) -> int | None:
    return session.scalar(select(Photo.id).where(Photo.sha256 == sha256))


def paths(session: Session) -> list[str]:
    """Where every photo lies, the newest first."""
    newest = func.coalesce(Photo.taken_at, Photo.imported_at).desc()
    return list(session.scalars(select(Photo.path).order_by(newest, Photo.id.desc())))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Photo)) or 0


def count_faces(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Face)) or 0


def _insert(session: Session, photo: "PhotoFile") -> int:
    row = Photo(
        path=str(photo.path), sha256=photo.sha256, bytes=photo.bytes, width=photo.width, height=photo.height,
        orientation=photo.orientation, taken_at=photo.taken_at, backend=None,
        imported_at=datetime.now(UTC).replace(tzinfo=None),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def _face(photo_id: int, face: FoundFace, backend: str) -> dict[str, Any]:
    left, top, right, bottom = map(float, face.box)
    landmarks = json.dumps([[round(float(x), 2), round(float(y), 2)] for x, y in face.landmarks])
    return {
        "photo_id": photo_id, "left": left, "top": top, "right": right, "bottom": bottom,
        "landmarks": landmarks, "score": float(face.score), "quality": float(face.quality),
        "embedding": face.embedding, "backend": backend,
    }  # fmt: skip


def _kept(box: Box, known: Sequence[Any]) -> dict[str, Any]:
    best = max(known, key=lambda old: _iou(box, old[:4]), default=None)
    if best is None or _iou(box, best[:4]) < SAME_FACE_IOU:
        return {"subject_id": None, "state": "suggested"}
    return {"subject_id": best.subject_id, "state": best.state}


def _iou(a: Sequence[float], b: Sequence[float]) -> float:
    """Intersection over union of two boxes (left, top, right, bottom)."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)
