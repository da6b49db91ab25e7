"""Putting back what the queue was before a change; doing so gives what takes that back in turn.

Only what may be: nobody is put into a picture who has not agreed, or left the library; and what is being made
is not changed under the worker's hands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from msgspec import structs
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import before
from core.library.agreed import consent_now
from core.library.before import CLOSED, Before, JobLine, JobState, Lines, Listed, Positions, Specs, States
from core.library.consent import NOT_ASKED, refusals
from core.library.job_sql import among, changed, depict, pairs
from core.library.tables import Job, JobSubject, Picture, Subject
from core.spec import RenderSpec

SINCE = "It was changed since."
AT_WORK = "It does not wait any more."
GONE = "Somebody in it is no longer in the library."


@dataclass(frozen=True)
class Done:
    """`inverse`: what takes it back; `count`: of how many jobs; `refused`: why others stay as they are."""

    inverse: Before
    count: int
    refused: tuple[str, ...] = ()


def put_back(session: Session, was: Before) -> Done:
    match was:
        case Positions():
            return _stand(session, was)
        case States():
            return _be(session, was)
        case Specs():
            return _change(session, was)
        case Lines():
            return _list(session, was)
        case Listed():
            return _unlist(session, was)


def _stand(session: Session, was: Positions) -> Done:
    waiting = select(Job.id, Job.position).where(Job.state == "queued", *among(was.stood))
    now = pairs(session, waiting)
    if now:
        session.execute(update(Job), [{"id": id, "position": was.stood[id]} for id in sorted(now)])
    return Done(Positions(now), len(now), (AT_WORK,) * (len(was.stood) - len(now)))


# States


def _be(session: Session, was: States) -> Done:
    now = {each.id: each for each in before.states(session, *among(each.id for each in was.jobs)).jobs}
    asked = _people_who_did_not_agree(session, (each.id for each in was.jobs))
    refused = {each.id: _unlike(each, now.get(each.id), was.running, asked) for each in was.jobs}
    again = [each for each in was.jobs if not refused[each.id]]
    if again:
        session.execute(update(Job), [_values(each) for each in again])
    inverse = States(tuple(now[each.id] for each in again), was.running)
    return Done(inverse, len(again), tuple(filter(None, refused.values())))


def _unlike(was: JobState, now: JobState | None, running: bool, asked: dict[int, str]) -> str:
    """Why a job cannot be what it was, "" when it can."""
    if was.state == "queued":
        stopped = now is not None and now.state in CLOSED and now.state != "done"
        return asked.get(was.id, "") if stopped else SINCE
    stoppable = ("queued", "running") if running else ("queued",)
    return "" if now is not None and now.state in stoppable else SINCE


def _values(each: JobState) -> dict[str, Any]:
    values = structs.asdict(each)
    # What is over keeps the time it was begun at.
    return values | {"started_at": None} if each.state == "queued" else values


def _people_who_did_not_agree(session: Session, job_ids: Iterable[int]) -> dict[int, str]:
    """For each job that depicts such people, why it must not wait."""
    theirs = select(JobSubject.job_id, Subject.name).join(Subject, Subject.id == JobSubject.subject_id)
    asked = theirs.where(
        Subject.kind == "person", consent_now() != "granted", *among(job_ids, JobSubject.job_id)
    )
    return {job: NOT_ASKED.format(names=name) for job, name in session.execute(asked)}


# Settings


def settle(session: Session, job_id: int, spec: RenderSpec, shape: str) -> None:
    """Gives a waiting job these settings, as if it had been queued with them. Raises KnownError when it does
    not wait any more."""
    mine = update(Job).where(Job.id == job_id, Job.state == "queued")
    if not changed(session, mine.values(spec=spec.to_json(), shape=shape, attempts=0, error=None)):
        raise KnownError(f"Job {job_id} does not wait any more: only what waits can be changed.")
    session.execute(delete(JobSubject).where(JobSubject.job_id == job_id))
    depict(session, [job_id], [spec])


def _change(session: Session, was: Specs) -> Done:
    waiting = set(session.scalars(select(Job.id).where(Job.state == "queued", *among(was.specs))))
    read = {id: RenderSpec.from_json(was.specs[id][0]) for id in sorted(waiting)}
    asked = dict(zip(read, refusals(session, list(read.values())), strict=True))
    again = [id for id in read if asked[id] is None]
    inverse = before.specs(session, again)
    for id in again:
        settle(session, id, read[id], was.specs[id][1])
    return Done(inverse, len(again), tuple(asked.get(id) or AT_WORK for id in was.specs if id not in again))


# Lines of the list


def _list(session: Session, was: Lines) -> Done:
    lines = _with_specs(session, was.lines)
    unlisted = _unlisted(session, lines)
    again = [line for line in lines if not unlisted[line.id]]
    if again:
        session.execute(insert(Job), [_line_values(line) for line in again])
        _join(session, again)
    closed = any(line.state in CLOSED for line in was.lines)
    refused = tuple(filter(None, unlisted.values()))
    return Done(Listed(tuple(line.id for line in again), closed), len(again), refused)


def _unlisted(session: Session, lines: list[JobLine]) -> dict[int, str]:
    """For each line why it stays off the list, "" when it does not."""
    taken = set(session.scalars(select(Job.id).where(*among(line.id for line in lines))))
    columns = select(Subject.id, Subject.kind, Subject.name, consent_now().label("consent"))
    people = session.execute(columns).all()
    asked = {row.id: row.name for row in people if row.kind == "person" and row.consent != "granted"}
    known = {row.id for row in people}
    return {line.id: SINCE if line.id in taken else _unlistable(line, known, asked) for line in lines}


def _unlistable(line: JobLine, known: set[int], asked: dict[int, str]) -> str:
    if not line.spec:
        return "Its picture is gone."
    if not known.issuperset(line.subjects):
        return GONE
    waits_for = [asked[each] for each in line.subjects if each in asked and line.state == "queued"]
    return NOT_ASKED.format(names=waits_for[0]) if waits_for else ""


def _with_specs(session: Session, lines: tuple[JobLine, ...]) -> list[JobLine]:
    """What pictures' rows keep of them is put in."""
    mine = among((line.picture for line in lines if line.picture and not line.spec), Picture.id)
    kept = pairs(session, select(Picture.id, Picture.spec).where(*mine))
    return [line if line.spec else structs.replace(line, spec=kept.get(line.picture, "")) for line in lines]


def _line_values(line: JobLine) -> dict[str, Any]:
    values = structs.asdict(line)
    del values["picture"], values["subjects"]
    return values


def _join(session: Session, lines: list[JobLine]) -> None:
    """Lines with whom they depict, and with their pictures."""
    shown = [{"job_id": line.id, "subject_id": each} for line in lines for each in line.subjects]
    if shown:
        session.execute(insert(JobSubject), shown)
    made = [{"id": line.picture, "job_id": line.id} for line in lines if line.picture]
    there = set(session.scalars(select(Picture.id).where(*among((each["id"] for each in made), Picture.id))))
    if there:
        session.execute(update(Picture), [each for each in made if each["id"] in there])


def _unlist(session: Session, was: Listed) -> Done:
    over = Job.state.in_(CLOSED) if was.closed else Job.state == "queued"
    lines = before.take_off(session, over, *among(was.jobs))
    return Done(lines, len(lines.lines), (AT_WORK,) * (len(was.jobs) - len(lines.lines)))
