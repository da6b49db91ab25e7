"""The processes of `claims`: workers that claim and end jobs, and one user who changes the queue under their
hands.

Each writes what it did to a file of its own, one line of JSON a transaction. The number of a transaction is
counted by the library itself in the same transaction, so that all lines have one order, that of the commits.
"""

import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import Library, jobs, open_library
from core.library.jobs import ClaimedJob, NewPicture
from core.library.tables import Job
from core.library.undo import undo
from core.paths import Home
from core.spec import RenderSpec

BATCH = 4
SHAPES = 3
SHA = "0" * 64


class Scribe:
    """A library whose every transaction is numbered, timed and written down."""

    def __init__(self, library: Library, file: TextIO) -> None:
        self._library, self._file = library, file

    def write(self, change: Callable[[Session], dict[str, Any]]) -> dict[str, Any]:
        """What `change` gives, with `at` (which transaction it was) and `wait` (seconds until it began)."""
        asked = time.perf_counter()
        try:
            with self._library.write() as session:
                wait = time.perf_counter() - asked
                done = change(session) | {"at": _counted(session, "transactions", 1), "wait": round(wait, 6)}
        except KnownError as error:
            done = {"refused": str(error), "wait": round(time.perf_counter() - asked, 6)}
        self._file.write(json.dumps(done) + "\n")
        return done


def claimer(home: Home, file: Path, count: int, processes: int, seed: int) -> None:
    """Claims and ends jobs until all processes together have claimed `count`."""
    dice = random.Random(seed)
    with closing(open_library(home)) as library, file.open("w", buffering=1) as lines:
        scribe = Scribe(library, lines)
        _all_are_there(file.parent, processes)
        while True:
            held: list[ClaimedJob] = []
            done = scribe.write(lambda session, held=held: _claim(session, dice, held))
            for job in held:
                scribe.write(lambda session, job=job: _end(session, job, dice))
            if done.get("total", 0) >= count:
                return
            if not held:
                time.sleep(0.005)


def user(home: Home, file: Path, count: int, processes: int, depth: int) -> None:
    """Keeps about `depth` jobs waiting, and edits, moves, cancels, retries, clears and lists meanwhile."""
    dice = random.Random(0)
    with closing(open_library(home)) as library, file.open("w", buffering=1) as lines:
        scribe = Scribe(library, lines)
        _all_are_there(file.parent, processes)
        changes = (_edit, _move, _cancel, _cancel_and_undo, _lane, _retry)
        turn = 0
        while _claimed(library) < count:
            turn += 1
            while _waiting(library) < depth:
                scribe.write(
                    lambda session: {"added": jobs.enqueue(session, [_spec(dice) for _ in range(500)])}
                )
            scribe.write(lambda session: dice.choice(changes)(session, dice))
            if turn % 50 == 0:
                scribe.write(_clear)
            with library.read() as session:
                jobs.rows(session, limit=100)
            time.sleep(0.02)


def _all_are_there(folder: Path, processes: int) -> None:
    """A share is fair only among those who began together."""
    while len(list(folder.glob("*.log"))) <= processes:
        time.sleep(0.01)


def _claim(session: Session, dice: random.Random, held: list[ClaimedJob]) -> dict[str, Any]:
    claim = jobs.claim(session, lambda spec: dice.randint(1, BATCH))
    held += claim.jobs
    total = _counted(session, "claims", len(claim.jobs))
    return {"claimed": [job.id for job in claim.jobs], "total": total}


def _end(session: Session, job: ClaimedJob, dice: random.Random) -> dict[str, Any]:
    """As a worker ends one: made, given back, failed, or its engine died."""
    chance = dice.random()
    if chance < 0.85:
        made = jobs.finish(session, job.id, NewPicture(f"/{job.id}.png", SHA, 64, 64, "{}", 0.1))
        return {"ended": job.id, "made": made is not None}
    if chance < 0.93:
        jobs.release(session, [job.id])
    else:
        jobs.fail(session, job.id, "It failed.", retry=chance < 0.97)
    return {"ended": job.id, "made": False}


def _edit(session: Session, dice: random.Random) -> dict[str, Any]:
    for job_id in _some(session, dice, 1):
        jobs.edit(session, job_id, _spec(dice))
    return {}


def _move(session: Session, dice: random.Random) -> dict[str, Any]:
    if len(two := _some(session, dice, 2)) == 2:
        jobs.move(session, *two)
    return {}


def _lane(session: Session, dice: random.Random) -> dict[str, Any]:
    jobs.set_lane(session, _some(session, dice, 3), dice.choice(("first", "normal", "background")))
    return {}


def _cancel(session: Session, dice: random.Random) -> dict[str, Any]:
    """What waits, and what is being made: that one its worker must not finish any more."""
    running = list(session.scalars(select(Job.id).where(Job.state == "running").limit(1)))
    jobs.cancel(session, [*_some(session, dice, 3), *running])
    return {"stopped": running}


def _cancel_and_undo(session: Session, dice: random.Random) -> dict[str, Any]:
    jobs.cancel(session, _some(session, dice, 5))
    undo(session)
    return {}


def _retry(session: Session, dice: random.Random) -> dict[str, Any]:
    jobs.retry(session)
    return {}


def _clear(session: Session) -> dict[str, Any]:
    over = list(session.scalars(select(Job.id).where(Job.state.in_(jobs.CLOSED))))
    jobs.clear(session)
    return {"cleared": over}


def _some(session: Session, dice: random.Random, count: int) -> list[int]:
    """So many of those that wait, from the first hundred."""
    waiting = select(Job.id).where(Job.state == "queued").order_by(Job.position).limit(100)
    return dice.sample(found, min(count, len(found))) if (found := list(session.scalars(waiting))) else []


def _spec(dice: random.Random) -> RenderSpec:
    steps = 3 + dice.randrange(SHAPES)
    return RenderSpec("a beach", "mini", 64, 64, dice.randrange(2**31), steps, 3.0, template="a beach")


def _counted(session: Session, key: str, more: int) -> int:
    counted = text("UPDATE settings SET value = value + :more WHERE key = :key RETURNING value")
    return int(session.execute(counted, {"more": more, "key": key}).scalar_one())


def _claimed(library: Library) -> int:
    with library.read() as session:
        return int(session.execute(text("SELECT value FROM settings WHERE key = 'claims'")).scalar_one())


def _waiting(library: Library) -> int:
    with library.read() as session:
        return jobs.counts(session)["queued"]


if __name__ == "__main__":
    what, root, file, *numbers = sys.argv[1:]
    {"claimer": claimer, "user": user}[what](Home(Path(root)), Path(file), *map(int, numbers))
