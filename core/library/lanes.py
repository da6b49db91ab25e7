"""Three lanes of the queue, told apart by where a job's position lies: what comes first, what waits its turn,
and what is made only when nothing else waits.

A position is all that decides the order, so moving a job among others puts it into their lane.
"""

from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.library.tables import Job

Lane = Literal["first", "normal", "background"]
WIDTH = 1e9
"""From one lane's first position to the next lane's: far more than a queue is long, and floats there are
still a ten-millionth apart."""
BEGINS: dict[Lane, float] = {"first": -WIDTH, "normal": 0.0, "background": WIDTH}


def of(position: float) -> Lane:
    if position < -WIDTH / 2:
        return "first"
    return "background" if position > WIDTH / 2 else "normal"


def within(lane: Lane) -> Any:
    """The condition that a job is in this lane."""
    return Job.position.between(BEGINS[lane] - WIDTH / 2, BEGINS[lane] + WIDTH / 2)


def last(session: Session, lane: Lane) -> float:
    """The position of the lane's last job, or where the lane begins."""
    found = session.scalar(select(func.max(Job.position)).where(within(lane)))
    return BEGINS[lane] if found is None else found


def put(session: Session, job_ids: list[int], lane: Lane) -> None:
    """Puts these at the end of a lane, in this order."""
    at = last(session, lane)
    places = [{"id": job_id, "position": at + number} for number, job_id in enumerate(job_ids, 1)]
    if places:
        session.execute(update(Job), places)


def renumber(session: Session) -> None:
    """Whole numbers for all, in their order and their lanes."""
    for lane, begin in BEGINS.items():
        ordered = session.scalars(select(Job.id).where(within(lane)).order_by(Job.position, Job.id)).all()
        if ordered:
            session.execute(
                update(Job), [{"id": id, "position": begin + at} for at, id in enumerate(ordered, 1)]
            )
