"""Random changes of the queue, taken back and done again: `python tests/torture changes --count 2000`.

Still: nobody works, and each step back must give exactly what was there, line for line, to the oldest step
kept, and forth again. Busy: a worker makes the pictures meanwhile; in the end every job that is done has one
picture, no picture lacks its row or its file, and nothing waits.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from core.edit import again
from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.library import Library, gallery, jobs, open_library, undo
from core.library.tables import Job, Picture
from core.paths import Home
from core.runner import Runner
from core.spec import RenderSpec

MOST_LINES = 40
Seen = list[tuple[Any, ...]]


@dataclass
class Figures:
    changes: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


def seen(session: Session) -> Seen:
    """All that makes up the queue, in its order."""
    columns = (Job.id, Job.state, Job.position, Job.spec, Job.shape, Job.error, Job.created_at, Picture.id)
    return [tuple(row) for row in session.query(*columns).outerjoin(Picture).order_by(Job.id)]


class User:
    """Does something to the queue, by chance."""

    def __init__(self, library: Library, chance: random.Random) -> None:
        self._library, self._chance = library, chance
        self._ways: dict[str, Callable[[Session, list[jobs.JobRow]], object]] = {
            "add": self._add, "cancel": self._cancel, "move": self._move, "lane": self._lane,
            "edit": self._edit, "retry": self._retry, "clear": lambda session, _: jobs.clear(session),
            "duplicate": self._duplicate,
        }  # fmt: skip

    def change(self) -> str:
        """What was done; "" when there was nothing to do it to."""
        name = self._chance.choice(list(self._ways))
        try:
            with self._library.write() as session:
                before = undo._steps(session).next
                self._ways[name](session, jobs.rows(session))
                return name if undo._steps(session).next > before else ""
        except KnownError:
            return ""

    def _some(self, rows: list[jobs.JobRow], *states: str) -> list[int]:
        found = [row.id for row in rows if not states or row.state in states]
        return self._chance.sample(found, self._chance.randint(1, min(5, len(found)))) if found else []

    def _add(self, session: Session, rows: list[jobs.JobRow]) -> None:
        if len(rows) < MOST_LINES:
            words = self._chance.choice(["a harbour", "a street", "FAIL a wall"])
            first = self._chance.randrange(10**6)
            specs = [RenderSpec(words, "mini", 64, 64, first + at, 2, 3.0, template=words) for at in range(4)]
            jobs.enqueue(session, specs)

    def _cancel(self, session: Session, rows: list[jobs.JobRow]) -> None:
        jobs.cancel(session, self._some(rows, "queued", "running"))

    def _move(self, session: Session, rows: list[jobs.JobRow]) -> None:
        waiting = self._some(rows, "queued")
        target = self._chance.choice([*waiting, None])
        jobs.rearrange(session, [(id, target) for id in waiting if id != target])

    def _lane(self, session: Session, rows: list[jobs.JobRow]) -> None:
        jobs.set_lane(
            session, self._some(rows, "queued"), self._chance.choice(["first", "normal", "background"])
        )

    def _edit(self, session: Session, rows: list[jobs.JobRow]) -> None:
        specs = {id: jobs.spec_of(session, id) for id in self._some(rows, "queued")}
        seeds = {id: again(spec, 1, self._chance.randrange(10**6))[0] for id, spec in specs.items()}
        if seeds:
            jobs.edit_all(session, seeds)

    def _retry(self, session: Session, rows: list[jobs.JobRow]) -> None:
        jobs.retry(session, self._some(rows, "failed", "cancelled"))

    def _duplicate(self, session: Session, rows: list[jobs.JobRow]) -> None:
        if len(rows) < MOST_LINES:
            jobs.enqueue(session, [again(jobs.spec_of(session, id), 1, 7)[0] for id in self._some(rows)])


def still(home: Home, count: int, seed: int) -> Figures:
    """Changes, and from time to time the way back to the oldest step, and forth again."""
    figures, chance = Figures(), random.Random(seed)
    with closing(open_library(home)) as library:
        user, states = User(library, chance), [_look(library)]
        for number in range(count):
            if done := user.change():
                figures.changes[done] += 1
                states.append(_look(library))
            if number % 50 == 49:
                _back_and_forth(library, states[-undo.MOST_STEPS - 1 :], figures)
                Runner(library, FakeEngine, lambda event: None, home.pictures).run_until_idle()
                with library.write() as session:
                    undo.forget(session)
                states = [_look(library)]
    return figures


def _look(library: Library) -> Seen:
    with library.read() as session:
        return seen(session)


def _back_and_forth(library: Library, states: list[Seen], figures: Figures) -> None:
    for way, expected in ((undo.undo, states[-2::-1]), (undo.redo, states[1:])):
        for at, was in enumerate(expected):
            with library.write() as session:
                told = way(session)
                figures.changes[way.__name__] += 1
                if told is None or seen(session) != was:
                    figures.violations.append(f"{way.__name__}, step {at}: {told}")
                    return


def busy(home: Home, count: int, seed: int) -> Figures:
    """Changes and steps back while a worker makes the pictures."""
    figures, chance = Figures(), random.Random(seed)
    with closing(open_library(home)) as library:
        engine = FakeEngine(step_seconds=0.001, batch=3)
        runner = Runner(library, lambda: engine, lambda event: None, home.pictures)
        runner.start()
        user = User(library, chance)
        for _ in range(count):
            figures.changes[user.change() or "nothing"] += 1
            if chance.random() < 0.4:
                with library.write() as session:
                    undo.undo(session) if chance.random() < 0.7 else undo.redo(session)
                figures.changes["step"] += 1
            runner.wake()
        runner.stop()
        runner.run_until_idle(patient=True)
        _check(library, home, figures)
    return figures


def _check(library: Library, home: Home, figures: Figures) -> None:
    with library.read() as session:
        rows, pictures, held = jobs.rows(session), gallery.rows(session), jobs.paused(session)
    if held is not None:
        figures.violations.append(f"held: {held}")
    files = {str(file) for file in home.pictures.glob("*.png")}
    by_job = Counter(picture.job_id for picture in pictures if picture.job_id is not None)
    for row in rows:
        if row.state in jobs.OPEN or (row.state == "done") != (by_job[row.id] == 1):
            figures.violations.append(f"job {row.id} is {row.state} with {by_job[row.id]} pictures")
    if {picture.path for picture in pictures} != files or len(pictures) != len(files):
        figures.violations.append(f"{len(pictures)} rows for {len(files)} files")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests/torture changes", description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    report: dict[str, Any] = {}
    violations: list[str] = []
    for form in (still, busy):
        with tempfile.TemporaryDirectory(prefix="likeness-changes-") as temporary:
            figures = form(Home(Path(temporary)), asked.count, asked.seed)
        report[form.__name__] = dict(sorted(figures.changes.items()))
        violations += figures.violations
        print(form.__name__, report[form.__name__], *figures.violations[:5], sep="\n", file=sys.stderr)
    print(json.dumps({"violations": len(violations), "seed": asked.seed} | report))
    return int(bool(violations))
