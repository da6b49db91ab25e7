"""The queue: one job is one picture. Every change is one short transaction; nothing here waits or renders.

queued → running → done, or failed, or cancelled. What a crash left running goes back to queued; a job that
took its worker down twice is quarantined, so that it cannot stop the others.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import before, claiming, facts, lanes, undo
from core.library.before import CLOSED as CLOSED
from core.library.before import OPEN as OPEN
from core.library.claiming import MAX_ATTEMPTS as MAX_ATTEMPTS
from core.library.claiming import Claim as Claim
from core.library.claiming import ClaimedJob as ClaimedJob
from core.library.claiming import NewPicture as NewPicture
from core.library.claiming import claim as claim
from core.library.claiming import fail as fail
from core.library.claiming import finish as finish
from core.library.claiming import get as get
from core.library.claiming import peek as peek
from core.library.claiming import release as release
from core.library.claiming import requeue_running as requeue_running
from core.library.consent import refusals
from core.library.holds import Hold as Hold
from core.library.holds import hold as hold
from core.library.holds import pause as pause
from core.library.holds import paused as paused
from core.library.holds import resume as resume
from core.library.job_rows import JobRow as JobRow
from core.library.job_rows import State as State
from core.library.job_rows import rows as rows
from core.library.job_sql import among, changed, depict, pairs
from core.library.lanes import Lane
from core.library.put_back import settle
from core.library.tables import Job
from core.spec import RenderSpec


def shape(spec: RenderSpec) -> str:
    """Equal for specs that may share a batch: they agree in all but prompt, subjects, seed and what comes
    after."""
    alike = msgspec.structs.replace(spec, prompt="", template="", subjects=(), seed=0, until=None)
    return hashlib.sha256(msgspec.json.encode(alike, order="sorted")).hexdigest()[:16]


def enqueue(session: Session, specs: Sequence[RenderSpec]) -> list[int]:
    """Queues every spec behind what is queued. Raises KnownError, and queues none, when somebody is missing
    from the library or has not given consent."""
    refused = refusals(session, specs)
    if any(refused):
        raise KnownError(" ".join(dict.fromkeys(reason for reason in refused if reason)))
    if not specs:
        return []
    first = _next_id(session, len(specs))
    position = lanes.last(session, "normal") + 1 - first
    ids = list(range(first, first + len(specs)))
    now = datetime.now(UTC)  # one moment: it tells what was queued together
    waiting = [_job(id, _tried(spec, id), position + id, now) for id, spec in zip(ids, specs, strict=True)]
    session.execute(insert(Job), waiting)
    depict(session, ids, specs)
    undo.keep(session, "add", before.Listed(tuple(ids)), len(ids))
    return ids


def follow(session: Session, job_id: int, spec: RenderSpec) -> int | None:
    """Queues one more picture right after a job, as if it had been queued with it; None when somebody in it
    has not agreed any more, or the job is gone. Nothing of the user's that could be taken back."""
    place = session.execute(select(Job.position, Job.created_at).where(Job.id == job_id)).one_or_none()
    if place is None or any(refusals(session, [spec])):
        return None
    id = _next_id(session, 1)
    session.execute(insert(Job), [_job(id, spec, place.position, place.created_at)])
    depict(session, [id], [spec])
    return id


def never_below(session: Session, job_id: int) -> None:
    """Ids from `job_id` down are taken: pictures were made by jobs this library no longer knows."""
    facts.keep(session, "next_job", str(max(_next_id(session, 0), job_id + 1)))


def cancel(session: Session, job_ids: Iterable[int] | None = None) -> int:
    """Cancels these, or all that wait or run. A running one stops after its current step."""
    stopped = (Job.state.in_(OPEN), *among(job_ids))
    was = before.states(session, *stopped, running=True)
    if was.jobs:
        waited = tuple(msgspec.structs.replace(each, state="queued") for each in was.jobs)
        undo.keep(session, "cancel", before.States(waited, running=True), len(waited))
    return changed(
        session, update(Job).where(*stopped).values(state="cancelled", finished_at=datetime.now(UTC))
    )


def retry(session: Session, job_ids: Iterable[int] | None = None) -> int:
    """Queues these again with a fresh count of attempts; without ids, all that failed or are quarantined."""
    over = ("failed", "quarantined") if job_ids is None else ("failed", "quarantined", "cancelled")
    stopped = (Job.state.in_(over), *among(job_ids))
    was = before.states(session, *stopped)
    if was.jobs:
        undo.keep(session, "retry", was, len(was.jobs))
    again = {"state": "queued", "attempts": 0, "error": None, "started_at": None, "finished_at": None}
    return changed(session, update(Job).where(*stopped).values(again))


def clear(session: Session) -> int:
    """Takes finished, failed, quarantined and cancelled jobs off the list; their pictures stay."""
    was = before.take_off(session, Job.state.in_(CLOSED))
    if was.lines:
        undo.keep(session, "clear", was, len(was.lines))
    return len(was.lines)


def move(session: Session, job_id: int, before_id: int | None) -> None:
    """Puts a job before another, or at the end. Raises KnownError when one of them is gone."""
    rearrange(session, [(job_id, before_id)])


def rearrange(session: Session, moves: Iterable[tuple[int, int | None]]) -> None:
    """Each job before another, or at the end, one after the other: one change. Raises KnownError when one of
    them is gone."""
    stood: dict[int, float] = {}
    for job_id, before_id in moves:
        if job_id != before_id:
            stood = _move(session, job_id, before_id) | stood
    if stood:
        undo.keep(session, "move", before.Positions(stood), len(stood))


def _move(session: Session, job_id: int, before_id: int | None) -> dict[int, float]:
    """Where all that were moved stood."""
    stood = before.positions(session, [job_id]).stood
    place = _place_before(session, job_id, before_id)
    if place is None:
        stood = before.positions(session).stood
        lanes.renumber(session)
        place = _place_before(session, job_id, before_id)
    if not changed(session, update(Job).where(Job.id == job_id).values(position=place)):
        raise KnownError("That picture is no longer in the queue.")
    return stood


def set_lane(session: Session, job_ids: Iterable[int], lane: Lane) -> int:
    """Puts waiting jobs at the end of a lane, in their order; how many there were."""
    mine = select(Job.id, Job.position).where(Job.state == "queued", *among(job_ids))
    stood = pairs(session, mine.order_by(Job.position, Job.id))
    if stood:
        lanes.put(session, list(stood), lane)
        undo.keep(session, "move", before.Positions(stood), len(stood))
    return len(stood)


def spec_of(session: Session, job_id: int) -> RenderSpec:
    """Raises KnownError when the job is gone, or its settings cannot be read."""
    text = session.scalar(select(Job.spec).where(Job.id == job_id))
    if text is None:
        raise KnownError(f"There is no job {job_id} in the queue.")
    return RenderSpec.from_json(text)


def edit(session: Session, job_id: int, spec: RenderSpec) -> None:
    """Gives a waiting job other settings, as if it had been queued with them. Raises KnownError when it does
    not wait any more, or somebody in it has not agreed."""
    edit_all(session, {job_id: spec})


def edit_all(session: Session, specs: Mapping[int, RenderSpec]) -> None:
    """`edit` for several, as one change: all of them or none."""
    if refused := next(filter(None, refusals(session, list(specs.values()))), None):
        raise KnownError(refused)
    undo.keep(session, "edit", before.specs(session, specs), len(specs))
    for job_id, spec in specs.items():
        settle(session, job_id, _tried(spec, job_id), shape(spec))


def together(session: Session, job_ids: Iterable[int]) -> list[int]:
    """What was queued in one go with any of these and is not over, they too."""
    moments = select(Job.created_at).where(*among(job_ids))
    return sorted(session.scalars(select(Job.id).where(Job.created_at.in_(moments), Job.state.in_(OPEN))))


def like(session: Session, job_id: int) -> list[int]:
    """This job and all others that wait for the same words."""
    words = _words(spec_of(session, job_id))
    waiting = session.execute(select(Job.id, Job.spec).where(Job.state == "queued"))
    alike = [row.id for row in waiting if (spec := claiming.read_spec(row.spec)) and _words(spec) == words]
    return sorted({job_id, *alike})


def waiting(session: Session, job_ids: Iterable[int]) -> set[int]:
    """Those of `job_ids` that wait."""
    return set(session.scalars(select(Job.id).where(Job.state == "queued", *among(job_ids))))


def still_running(session: Session, job_ids: Iterable[int]) -> set[int]:
    """Those of `job_ids` that nobody cancelled or removed: asked between steps, so any process can cancel."""
    return set(session.scalars(select(Job.id).where(Job.state == "running", *among(job_ids))))


def counts(session: Session) -> dict[str, int]:
    """How many jobs are in each state; every state is named."""
    found = pairs(session, select(Job.state, func.count()).group_by(Job.state))
    return {state: found.get(state, 0) for state in OPEN + CLOSED}


# Adding


def _job(job_id: int, spec: RenderSpec, position: float, now: datetime) -> dict[str, Any]:
    return {"id": job_id, "state": "queued", "position": position, "spec": spec.to_json(),
            "shape": shape(spec), "attempts": 0, "created_at": now}  # fmt: skip


def _tried(spec: RenderSpec, job_id: int) -> RenderSpec:
    """Where it may be made several times: with the number of the first job, by which its tries are found."""
    if spec.until is None or spec.until.first:
        return spec
    return msgspec.structs.replace(spec, until=msgspec.structs.replace(spec.until, first=job_id))


def _next_id(session: Session, count: int) -> int:
    """Ids are never used twice, also after the list was cleared: file names and listeners rely on it."""
    kept = facts.read(session, "next_job") or "1"
    first = max(int(kept), (session.scalar(select(func.max(Job.id))) or 0) + 1)
    facts.keep(session, "next_job", str(first + count))
    return first


# Order


def _place_before(session: Session, job_id: int, before_id: int | None) -> float | None:
    """A position just before `before_id`; None when floats leave no room there."""
    if before_id is None:
        return (session.scalar(select(func.max(Job.position))) or 0.0) + 1
    after = session.scalar(select(Job.position).where(Job.id == before_id))
    if after is None:
        raise KnownError("That picture is no longer in the queue.")
    others = select(func.max(Job.position)).where(Job.position < after, Job.id != job_id)
    before = session.scalar(others.where(lanes.within(lanes.of(after))))
    if before is None:
        return after - 1
    middle = (before + after) / 2
    return middle if before < middle < after else None


# Small things


def _words(spec: RenderSpec) -> str:
    return spec.template or spec.prompt
