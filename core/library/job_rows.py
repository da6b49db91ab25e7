"""The queue as lists show it: columns and a few words of each spec, never entities."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import UNREADABLE
from core.library import lanes
from core.library.lanes import Lane
from core.library.tables import Job, Picture
from core.spec import Until

State = Literal["queued", "running", "done", "failed", "cancelled", "quarantined"]


@dataclass(frozen=True)
class JobRow:
    """One line of the queue. `text` is what the user wrote; `picture_id` is set once the picture is there;
    `until`: made several times, as long as nobody is alike enough."""

    id: int
    state: State
    text: str
    subjects: tuple[str, ...]
    method: str
    model: str
    seed: int
    steps: int
    width: int
    height: int
    shape: str
    attempts: int
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
    picture_id: int | None
    lane: Lane = "normal"
    until: Until | None = None


def rows(session: Session, states: Iterable[State] | None = None, limit: int | None = None) -> list[JobRow]:
    """The queue in its order."""
    columns = select(
        Job.id, Job.state, Job.spec, Job.shape, Job.attempts, Job.error, Job.position,
        Job.created_at, Job.started_at, Job.finished_at, Job.seconds, Picture.id.label("picture_id"),
    ).outerjoin(Picture, Picture.job_id == Job.id)  # fmt: skip
    chosen = columns if states is None else columns.where(Job.state.in_(tuple(states)))
    return [_row(found) for found in session.execute(chosen.order_by(Job.position, Job.id).limit(limit))]


class _Shown(msgspec.Struct):
    """What a line of the queue shows of a spec, even of one this version cannot render."""

    class _Named(msgspec.Struct):
        name: str = ""

    prompt: str = ""
    template: str = ""
    method: str = ""
    model: str = ""
    seed: int = 0
    steps: int = 0
    width: int = 0
    height: int = 0
    subjects: tuple[_Named, ...] = ()
    until: Until | None = None


def _row(row: Any) -> JobRow:
    try:
        shown = msgspec.json.decode(row.spec, type=_Shown)
    except UNREADABLE:
        shown = _Shown()
    names = tuple(subject.name for subject in shown.subjects)
    return JobRow(
        row.id, row.state, shown.template or shown.prompt, names, shown.method, shown.model, shown.seed,
        shown.steps, shown.width, shown.height, row.shape, row.attempts, row.error,
        row.created_at, row.started_at, row.finished_at, row.seconds, row.picture_id,
        lanes.of(row.position), shown.until,
    )  # fmt: skip
