"""What the queue was before a change, as far as that change can be taken back: numbers, states, settings and
whole lines of the list, in a form that is kept."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import case, delete, select
from sqlalchemy.orm import Session

from core.library.job_sql import among, pairs
from core.library.tables import Job, JobSubject, Picture

OPEN = ("queued", "running")
CLOSED = ("done", "failed", "cancelled", "quarantined")


class JobState(Struct, frozen=True, array_like=True):
    id: int
    state: str
    attempts: int
    error: str | None
    finished_at: datetime | None


class JobLine(Struct, frozen=True, array_like=True):
    """A whole line of the list. `spec` is "" where its picture's row has it; `subjects`: their rows' ids."""

    id: int
    state: str
    position: float
    spec: str
    shape: str
    attempts: int
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
    picture: int | None
    subjects: tuple[int, ...] = ()


class Positions(Struct, frozen=True, tag="positions"):
    """Where jobs stood."""

    stood: dict[int, float]


class States(Struct, frozen=True, tag="states"):
    """What jobs were. `running`: one that is being made goes back to it too."""

    jobs: tuple[JobState, ...]
    running: bool = False


class Specs(Struct, frozen=True, tag="specs"):
    """Each job's spec and shape."""

    specs: dict[int, tuple[str, str]]


class Lines(Struct, frozen=True, tag="lines"):
    """What was on the list."""

    lines: tuple[JobLine, ...]


class Listed(Struct, frozen=True, tag="listed"):
    """What was not on the list; `closed`: lines of what is over, otherwise of what waits."""

    jobs: tuple[int, ...]
    closed: bool = False


Before = Positions | States | Specs | Lines | Listed


def positions(session: Session, job_ids: Iterable[int] | None = None) -> Positions:
    """Without ids, of all."""
    return Positions(pairs(session, select(Job.id, Job.position).where(*among(job_ids))))


def states(session: Session, *conditions: Any, running: bool = False) -> States:
    columns = select(Job.id, Job.state, Job.attempts, Job.error, Job.finished_at)
    return States(tuple(JobState(*row) for row in session.execute(columns.where(*conditions))), running)


def specs(session: Session, job_ids: Iterable[int]) -> Specs:
    found = session.execute(select(Job.id, Job.spec, Job.shape).where(*among(job_ids)))
    return Specs({row.id: (row.spec, row.shape) for row in found})


def take_off(session: Session, *conditions: Any) -> Lines:
    """Takes lines off the list; what they were."""
    kept_by_picture = case((Picture.id.is_(None), Job.spec), else_="")
    columns = select(
        Job.id, Job.state, Job.position, kept_by_picture, Job.shape, Job.attempts, Job.error,
        Job.created_at, Job.started_at, Job.finished_at, Job.seconds, Picture.id,
    ).outerjoin(Picture, Picture.job_id == Job.id)  # fmt: skip
    found = [tuple(row) for row in session.execute(columns.where(*conditions).order_by(Job.id))]
    shown = _depicted(session, [row[0] for row in found])
    session.execute(delete(Job).where(*conditions), execution_options={"synchronize_session": False})
    return Lines(tuple(JobLine(*(*row, tuple(shown[row[0]]))) for row in found))


def _depicted(session: Session, job_ids: list[int]) -> dict[int, list[int]]:
    """The subjects of each job."""
    shown = defaultdict[int, list[int]](list)
    theirs = select(JobSubject.job_id, JobSubject.subject_id).where(*among(job_ids, JobSubject.job_id))
    for job, subject in session.execute(theirs):
        shown[job].append(subject)
    return shown
