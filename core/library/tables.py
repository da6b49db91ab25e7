"""The library's tables. A row's integer `id` stays inside this file; `uid` names a subject outside it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Photo(Base):
    """One photo of the user's, known by the hash of its bytes. `width` × `height` are upright;
    `orientation` is the EXIF value that was applied. `backend` names the face models that scanned it, NULL
    until they have."""

    __tablename__ = "photos"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    orientation: Mapped[int] = mapped_column(default=1)
    taken_at: Mapped[datetime | None]
    imported_at: Mapped[datetime]
    backend: Mapped[str | None]


class Subject(Base):
    """A person or an object with references of its own. `named` is false for a group nobody has named yet.
    `consent` counts for persons alone, and "granted" until `consent_until`. `cover_face` (a row of faces) or
    `cover_crop` (the hash of a reference): what the user chose to show; it counts while it is still
    theirs. `training`: whether pictures of them may be learned from, of which `consent` says nothing; the
    date is that of the answer, and with no `training_until` it holds as long as the consent."""

    __tablename__ = "subjects"
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'object')", name="kind"),
        CheckConstraint("consent IN ('unknown', 'granted', 'denied', 'withdrawn')", name="consent"),
        CheckConstraint("training IN ('unknown', 'granted', 'withdrawn')", name="training"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str]
    name: Mapped[str]
    handle: Mapped[str] = mapped_column(unique=True)
    noun: Mapped[str]
    named: Mapped[bool] = mapped_column(default=False)
    ignored: Mapped[bool] = mapped_column(default=False)
    favourite: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(default="")
    consent: Mapped[str] = mapped_column(default="unknown")
    consent_scope: Mapped[str] = mapped_column(default="")
    consent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    consent_until: Mapped[datetime | None]
    consent_note: Mapped[str] = mapped_column(default="", server_default="")
    cover_face: Mapped[int | None]
    cover_crop: Mapped[str | None] = mapped_column(String(64))
    training: Mapped[str] = mapped_column(default="unknown", server_default="unknown")
    training_at: Mapped[datetime | None]
    training_until: Mapped[datetime | None]


class Face(Base):
    """One face of one photo. `state`: suggested (by the grouping), confirmed (by the user), ignored."""

    __tablename__ = "faces"
    __table_args__ = (
        CheckConstraint("state IN ('suggested', 'confirmed', 'ignored')", name="state"),
        Index("ix_faces_photo_id", "photo_id"),
        # Covers counting faces and finding each subject's best one: neither reads a row with its embedding.
        Index("ix_faces_subject_id_state_quality", "subject_id", "state", "quality"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id", ondelete="SET NULL"))
    left: Mapped[float]
    top: Mapped[float]
    right: Mapped[float]
    bottom: Mapped[float]
    landmarks: Mapped[str]
    score: Mapped[float]
    quality: Mapped[float]
    embedding: Mapped[bytes] = mapped_column(LargeBinary)
    backend: Mapped[str]
    state: Mapped[str] = mapped_column(default="suggested")


class Reference(Base):
    """One prepared crop of a subject. `crop` and `mask` are hashes of files in the home's references.
    `hints`: what may be wrong with it (core.hints), NULL until somebody looked."""

    __tablename__ = "subject_references"
    __table_args__ = (
        UniqueConstraint("subject_id", "crop"),
        CheckConstraint("weight > 0 AND weight <= 10", name="weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id", ondelete="CASCADE"))
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("photos.id", ondelete="SET NULL"))
    left: Mapped[float | None]
    top: Mapped[float | None]
    right: Mapped[float | None]
    bottom: Mapped[float | None]
    crop: Mapped[str] = mapped_column(String(64))
    mask: Mapped[str | None] = mapped_column(String(64))
    weight: Mapped[float] = mapped_column(default=1.0)
    enabled: Mapped[bool] = mapped_column(default=True)
    hints: Mapped[str | None]


class Job(Base):
    """One picture to make. Lower `position` runs first. `shape` is equal for jobs that may share a batch."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'quarantined')", name="state"
        ),
        Index("ix_jobs_state_position", "state", "position"),
        # A picture's file is named by its job: an id is never used twice, even after the queue was cleared.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="queued")
    position: Mapped[float]
    spec: Mapped[str]
    shape: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    seconds: Mapped[float | None]


class JobSubject(Base):
    """Whom a job depicts: what is asked when consent is checked, and what goes when a person is deleted."""

    __tablename__ = "job_subjects"

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(
        ForeignKey("subjects.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Picture(Base):
    """One finished picture. `scores` is JSON (core.engine.Scores); `index` counts a job's pictures from 0.
    `flag`: what the user kept or threw out while choosing."""

    __tablename__ = "pictures"
    __table_args__ = (
        UniqueConstraint("job_id", "index"),
        CheckConstraint("rating BETWEEN 0 AND 5", name="rating"),
        CheckConstraint("flag IN ('', 'picked', 'rejected')", name="flag"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    index: Mapped[int] = mapped_column(default=0)
    path: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    spec: Mapped[str]
    seed: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    scores: Mapped[str]
    rating: Mapped[int] = mapped_column(default=0)
    label: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    flag: Mapped[str] = mapped_column(default="", server_default="")


class Album(Base):
    """Finished pictures the user put together, under a name of their own."""

    __tablename__ = "albums"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class AlbumPicture(Base):
    """One picture of an album; a picture may be in several."""

    __tablename__ = "album_pictures"

    album_id: Mapped[int] = mapped_column(ForeignKey("albums.id", ondelete="CASCADE"), primary_key=True)
    picture_id: Mapped[int] = mapped_column(
        ForeignKey("pictures.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Setting(Base):
    """Small facts about this library that several processes read ("paused": why the queue stands still)."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
