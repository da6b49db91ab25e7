"""What the worker does with jobs: it claims some; each is finished, or fails, or goes back to the queue.

States change in one statement each, so that two workers never hold the same job.
"""

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import case, insert, select, update
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import lanes
from core.library.consent import refusals
from core.library.job_sql import among, changed
from core.library.tables import Job, Picture
from core.spec import RenderSpec

MAX_ATTEMPTS = 2
LOOK_AHEAD = 500
"""Among so many of the next jobs those are found that share a batch: nothing jumps a longer queue, and a
claim costs the same however long it is."""


@dataclass(frozen=True)
class ClaimedJob:
    """A job that is ours to render. `name` is its picture's file name, without suffix."""

    id: int
    spec: RenderSpec
    shape: str
    attempts: int
    name: str


@dataclass(frozen=True)
class Claim:
    """What one claim took, and what it had to refuse: job id and reason."""

    jobs: list[ClaimedJob]
    refused: list[tuple[int, str]]


@dataclass(frozen=True)
class NewPicture:
    """A picture that lies finished on the disk. `scores` is JSON; `seconds` is what rendering it took."""

    path: str
    sha256: str
    width: int
    height: int
    scores: str
    seconds: float


def peek(session: Session) -> RenderSpec | None:
    """The spec that `claim` would take first: the worker asks the engine about it before it claims."""
    # One row after the other: the queue may be long, and the first can nearly always be read.
    with closing(session.scalars(_queued(Job.spec), execution_options={"yield_per": 1})) as texts:
        return next(filter(None, map(read_spec, texts)), None)


def claim(session: Session, limit: Callable[[RenderSpec], int]) -> Claim:
    """Takes the first queued job, and as many more of its shape as `limit` of its spec allows: queued →
    running.

    A job that was tried before runs alone. Jobs that cannot be read, or whose person's consent went away,
    fail here with their reason. A claim of no jobs means that nothing is queued.
    """
    refused: list[tuple[int, str]] = []
    while head := session.execute(_queued(Job.id, Job.spec, Job.shape, Job.attempts).limit(1)).one_or_none():
        spec = read_spec(head.spec)
        most = max(1, limit(spec)) if spec and not head.attempts else 1
        taken = _take(session, head.id, head.shape, most)
        refused += _refuse(session, taken)
        allowed = [job for job in map(_claimed, taken) if job and job.id not in dict(refused)]
        if allowed:
            return Claim(allowed, refused)
    return Claim([], refused)


def finish(session: Session, job_id: int, picture: NewPicture) -> int | None:
    """running → done, with its picture's row. None when the job was cancelled or removed meanwhile: then the
    picture must not be kept."""
    done = (
        update(Job)
        .where(Job.id == job_id, Job.state == "running")
        .values(state="done", error=None, finished_at=_now(), seconds=picture.seconds)
        .returning(Job.spec)
    )
    text = session.scalar(done)
    if text is None:
        return None
    row = insert(Picture).values(
        job_id=job_id, index=0, path=picture.path, sha256=picture.sha256, spec=text,
        seed=RenderSpec.from_json(text).seed, width=picture.width, height=picture.height,
        scores=picture.scores, created_at=_now(), rating=0, label="",
    )  # fmt: skip
    return session.scalar(row.returning(Picture.id))


def fail(session: Session, job_id: int, reason: str, *, retry: bool) -> bool:
    """running → failed; with `retry` back to the queue, or to quarantine after the second attempt. True when
    it will be tried again."""
    mine = update(Job).where(Job.id == job_id, Job.state == "running")
    if not retry:
        session.execute(mine.values(state="failed", error=reason, finished_at=_now()))
        return False
    state = session.scalar(mine.values(_after_attempt(reason)).returning(Job.state))
    return state == "queued"


def get(session: Session, job_id: int) -> ClaimedJob | None:
    """One job as `claim` would give it, whatever its state; None when it is gone or cannot be read."""
    row = session.execute(_columns().where(Job.id == job_id)).one_or_none()
    return None if row is None else _claimed(row)


def requeue_running(session: Session, made: Iterable[int] | None = None) -> int:
    """At start: what a crash left running goes back to the queue, or to quarantine. An attempt is counted for
    those in `made`, which the worker was at, or (None) for all: the others waited for them."""
    crashed = "The program ended while this picture was being made."
    mine = update(Job).where(Job.state == "running", *among(made))
    return changed(session, mine.values(_after_attempt(crashed))) + release(session)


def release(session: Session, job_ids: Iterable[int] | None = None) -> int:
    """running → queued with no attempt counted: the worker was stopped, or the disk was full."""
    mine = update(Job).where(Job.state == "running", *among(job_ids))
    return changed(session, mine.values(state="queued", started_at=None))


def _queued(*columns: Any) -> Any:
    return select(*columns).where(Job.state == "queued").order_by(Job.position, Job.id)


def _columns() -> Any:
    return select(Job.id, Job.spec, Job.shape, Job.attempts, Job.position, Job.created_at)


def _take(session: Session, first: int, alike: str, most: int) -> list[Any]:
    place = session.scalar(select(Job.position).where(Job.id == first)) or 0.0
    near = _queued(Job.id, Job.shape, Job.attempts, Job.position).where(lanes.within(lanes.of(place)))
    next_ones = near.limit(LOOK_AHEAD).subquery().c
    fresh = (next_ones.shape == alike, next_ones.attempts == 0, next_ones.id != first)
    untried = select(next_ones.id).where(*fresh).order_by(next_ones.position, next_ones.id)
    more = list(session.scalars(untried.limit(most - 1))) if most > 1 else []
    taken = session.execute(
        update(Job)
        .where(Job.id.in_([first, *more]), Job.state == "queued")
        .values(state="running", started_at=_now())
        .returning(Job.id, Job.spec, Job.shape, Job.attempts, Job.position, Job.created_at)
    )
    return sorted(taken, key=lambda job: (job.position, job.id))


def _refuse(session: Session, taken: list[Any]) -> list[tuple[int, str]]:
    """Fails those among the taken that must not run, each with its reason."""
    specs = {row.id: read_spec(row.spec) for row in taken}
    readable = {job_id: spec for job_id, spec in specs.items() if spec}
    reasons: dict[int, str | None] = dict.fromkeys(specs, "The settings of this picture cannot be read.")
    reasons |= zip(readable, refusals(session, list(readable.values())), strict=True)
    refused = [(job_id, reason) for job_id, reason in reasons.items() if reason]
    for job_id, reason in refused:
        fail(session, job_id, reason, retry=False)
    return refused


def _claimed(row: Any) -> ClaimedJob | None:
    spec = read_spec(row.spec)
    if spec is None:
        return None
    # The date keeps names apart when two libraries write into one folder.
    name = f"{row.created_at:%Y%m%d-%H%M%S}-{row.id:06d}-{spec.seed}"
    return ClaimedJob(row.id, spec, row.shape, row.attempts, name)


def _after_attempt(reason: str) -> dict[Any, Any]:
    last = Job.attempts + 1 >= MAX_ATTEMPTS
    return {
        Job.error: reason,
        Job.attempts: Job.attempts + 1,
        Job.state: case((last, "quarantined"), else_="queued"),
        Job.finished_at: case((last, _now()), else_=None),
    }


def read_spec(text: str) -> RenderSpec | None:
    """None for settings that this version cannot read."""
    try:
        return RenderSpec.from_json(text)
    except KnownError:
        return None


def _now() -> datetime:
    return datetime.now(UTC)
