"""The last cancelling or reordering of the queue, kept so that it can be taken back: numbers alone, nothing
of what the pictures show."""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from core.library.tables import Job, Setting


class Change(msgspec.Struct, frozen=True):
    """`positions`: where each job stood before."""

    what: Literal["cancel", "move"]
    jobs: tuple[int, ...] = ()
    positions: dict[int, float] = {}


def cancelled(session: Session, job_ids: Iterable[int]) -> None:
    _keep(session, Change("cancel", tuple(job_ids)))


def moved(session: Session, positions: Mapping[int, float]) -> None:
    _keep(session, Change("move", positions=dict(positions)))


def undo(session: Session) -> str | None:
    """Takes the last change back; what was done, in words, or None when there is nothing to take back. What
    was cancelled waits again where it stood; a picture that was made meanwhile stays."""
    text = session.scalar(select(Setting.value).where(Setting.key == "undo"))
    session.execute(delete(Setting).where(Setting.key == "undo"))
    change = msgspec.json.decode(text, type=Change) if text else None
    if change is None:
        return None
    if change.what == "cancel":
        return _said(_uncancel(session, change.jobs), "waits again", "wait again")
    return _said(_put_back(session, change.positions), "is where it was", "are where they were")


def _uncancel(session: Session, job_ids: Iterable[int]) -> int:
    again = 0
    for job_id in job_ids:
        mine = update(Job).where(Job.id == job_id, Job.state == "cancelled")
        queued = mine.values(state="queued", error=None, started_at=None, finished_at=None)
        again += session.scalar(queued.returning(Job.id)) is not None
    return again


def _put_back(session: Session, positions: Mapping[int, float]) -> int:
    there = positions.keys() & set(session.scalars(select(Job.id).where(Job.state == "queued")))
    if there:
        session.execute(update(Job), [{"id": id, "position": positions[id]} for id in sorted(there)])
    return len(there)


def _said(count: int, one: str, more: str) -> str:
    return f"1 picture {one}." if count == 1 else f"{count} pictures {more}."


def _keep(session: Session, change: Change) -> None:
    text = msgspec.json.encode(change).decode()
    session.execute(
        upsert(Setting).values(key="undo", value=text).on_conflict_do_update(["key"], set_={"value": text})
    )
