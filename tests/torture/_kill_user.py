"""What a user does to the queue between kills and while a worker lives, from another process, and what must
be true ever after: the model that every look at the home is held against."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.library import jobs, open_library, subjects, undo
from core.library.tables import Job, Picture
from core.paths import Home
from core.spec import Reference, RenderSpec, SubjectSpec

WAITING = 60
"""With fewer the user queues more."""
PAUSED = "The user paused it."


@dataclass
class Expected:
    """`specs`: what was last asked for, by job. `cancelled` must stay so, and have no picture; `cleared` were
    finished when they were taken off the list. `touched`: jobs that the user began anew since the last look.
    `frozen`: while it is paused, no other job may run or be done."""

    specs: dict[int, RenderSpec] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)
    cleared: set[int] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)
    positions: dict[int, float] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    frozen: set[int] | None = None


class User:
    """Every call is one short visit to the library; it is closed again before anybody is forked."""

    def __init__(self, home: Home, chance: random.Random, side: int) -> None:
        self.home, self.chance, self.side = home, chance, side
        self.expected = Expected()
        self.done: dict[str, int] = {}
        self._seed = 0
        self._like: RenderSpec | None = None

    def begin(self, count: int) -> None:
        """Somebody to depict, and the first pictures."""
        with _visit(self.home) as session:
            number = subjects.create(session, "object", "Guitar", "guitar")
            uid = subjects.card(session, number).uid
            guitar = SubjectSpec(uid, "Guitar", "object", "guitar", (Reference("a" * 64),), ((2, 8),))
            self._like = RenderSpec(
                "a guitar", "mini", self.side, self.side, 0, 3, 3.0, subjects=(guitar,), maps=True
            )
            self._enqueue(session, count)

    def act(self) -> None:
        """One of the things users do; more pictures when few wait."""
        with _visit(self.home) as session:
            waiting = jobs.counts(session)["queued"]
            if self.expected.frozen is not None and self.chance.random() < 0.7:
                self._resume(session)
            elif waiting < WAITING:
                self._enqueue(session, 3 * WAITING)
            else:
                self.chance.choice(ACTIONS)(self, session)

    def retry_quarantined(self) -> int:
        with _visit(self.home) as session:
            return self._retry_quarantined(session)

    def resume(self) -> None:
        """Whatever holds it: the user, or a fault."""
        with _visit(self.home) as session:
            self._resume(session)

    # What users do

    def _enqueue(self, session: Session, count: int) -> None:
        specs = [self._spec() for _ in range(count)]
        for number, spec in zip(jobs.enqueue(session, specs), specs, strict=True):
            self.expected.specs[number] = spec
        self._said("enqueued", count)
        self._places(session)

    def _more(self, session: Session) -> None:
        self._enqueue(session, self.chance.randint(1, 8))

    def _cancel(self, session: Session) -> None:
        self._cancel_these(
            session, self._some(session, ("queued",), 2) + self._some(session, ("running",), 1)
        )

    def _cancel_running(self, session: Session) -> None:
        self._cancel_these(session, self._some(session, ("running",), 4))

    def _cancel_and_clear(self, session: Session) -> None:
        self._cancel_running(session)
        self._clear(session)

    def _change_of_mind(self, session: Session) -> None:
        """Cancelled, wanted again after all, and with other settings."""
        chosen = self._some(session, ("running",), 4)
        self._cancel_these(session, chosen)
        self._retry_these(session, chosen)
        for number in chosen:
            self._edit_this(session, number)

    def _retry(self, session: Session) -> None:
        self._retry_these(session, self._some(session, ("cancelled",), 2))

    def _retry_quarantined(self, session: Session) -> int:
        self.expected.touched |= set(_ids(session, "quarantined", "failed"))
        count = jobs.retry(session)
        self._said("quarantined, retried", count)
        return count

    def _edit(self, session: Session) -> None:
        for number in self._some(session, ("queued",), 1):
            self._edit_this(session, number)

    def _move(self, session: Session) -> None:
        chosen = self._some(session, ("queued",), 2)
        if len(chosen) == 2:
            jobs.move(session, chosen[0], self.chance.choice((chosen[1], None)))
            self._said("moved", 1)
        self._places(session)

    def _lane(self, session: Session) -> None:
        lane = self.chance.choice(("first", "normal", "background"))
        self._said("put in a lane", jobs.set_lane(session, self._some(session, ("queued",), 3), lane))
        self._places(session)

    def _clear(self, session: Session) -> None:
        self._retry_quarantined(session)
        before = dict(session.execute(select(Job.id, Job.state)).all())
        jobs.clear(session)
        gone = before.keys() - set(session.scalars(select(Job.id)))
        self.expected.cleared |= {number for number in gone if before[number] == "done"}
        self.expected.dropped |= {number for number in gone if before[number] == "cancelled"}
        self._said("cleared", len(gone))

    def _pause(self, session: Session) -> None:
        jobs.pause(session, PAUSED, self.chance.choice((None, jobs.Hold(now=True), jobs.Hold(free=True))))
        self.expected.frozen = set(_ids(session, "running", "done"))
        self._said("paused", 1)

    def _resume(self, session: Session) -> None:
        jobs.resume(session)
        self.expected.frozen = None
        self._said("resumed", 1)

    def _undo(self, session: Session) -> None:
        if undo.undo(session):
            self._said("undone", 1)
            self._reads_anew(session)

    def _redo(self, session: Session) -> None:
        if undo.redo(session):
            self._said("done again", 1)
            self._reads_anew(session)

    # The parts of it

    def _reads_anew(self, session: Session) -> None:
        """What undoing made of the queue is another test's matter: here it is what must stay so."""
        expected = self.expected
        listed = {row.id: row for row in session.execute(select(Job.id, Job.spec, Job.state))}
        made = set(session.scalars(select(Picture.seed)))
        expected.specs |= {number: RenderSpec.from_json(row.spec) for number, row in listed.items()}
        off = expected.specs.keys() - listed.keys()
        expected.cleared = {number for number in off if expected.specs[number].seed in made}
        expected.dropped = off - expected.cleared
        expected.cancelled = expected.dropped | set(_ids(session, "cancelled"))
        expected.touched |= listed.keys()
        if expected.frozen is not None:
            expected.frozen |= set(_ids(session, "running", "done"))
        self._places(session)

    def _cancel_these(self, session: Session, chosen: list[int]) -> None:
        jobs.cancel(session, chosen)
        self.expected.cancelled |= set(chosen) & set(_ids(session, "cancelled"))
        self._said("cancelled", len(chosen))

    def _retry_these(self, session: Session, chosen: list[int]) -> None:
        jobs.retry(session, chosen)
        self.expected.cancelled -= set(chosen)
        self.expected.touched |= set(chosen)
        self._said("retried", len(chosen))

    def _edit_this(self, session: Session, number: int) -> None:
        spec = (
            self._spec()
            if self.chance.random() < 0.7
            else structs.replace(self.expected.specs[number], steps=4)
        )
        jobs.edit(session, number, spec)
        self.expected.specs[number] = spec
        self.expected.touched.add(number)
        self._said("edited", 1)

    def _spec(self) -> RenderSpec:
        """No two are alike: a picture tells by its seed which job it is of."""
        assert self._like is not None
        self._seed += 1
        return structs.replace(self._like, seed=self._seed)

    def _some(self, session: Session, states: tuple[str, ...], most: int) -> list[int]:
        """The front of the queue among them: what the worker is at, or will be at next."""
        there = _ids(session, *states)
        if not there:
            return []
        near = there[: self.chance.choice((4, 20, len(there)))]
        return self.chance.sample(near, min(len(near), self.chance.randint(1, most)))

    def _places(self, session: Session) -> None:
        self.expected.positions = dict(session.execute(select(Job.id, Job.position)).all())

    def _said(self, what: str, count: int) -> None:
        self.done[what] = self.done.get(what, 0) + count


Action = Callable[[User, Session], object]
ACTIONS: tuple[Action, ...] = (
    User._more,
    User._cancel,
    User._cancel_running,
    User._cancel_and_clear,
    User._change_of_mind,
    User._retry,
    User._retry_quarantined,
    User._edit,
    User._move,
    User._lane,
    User._pause,
    User._clear,
    User._undo,
    User._undo,
    User._redo,
)


class _visit:
    """A library opened, one transaction, the library closed."""

    def __init__(self, home: Home) -> None:
        self._library = open_library(home)
        self._writing = self._library.write()

    def __enter__(self) -> Session:
        return self._writing.__enter__()

    def __exit__(self, *error: object) -> None:
        try:
            self._writing.__exit__(*error)
        finally:
            self._library.close()


def _ids(session: Session, *states: str) -> list[int]:
    """In the order in which they are made."""
    return list(session.scalars(select(Job.id).where(Job.state.in_(states)).order_by(Job.position, Job.id)))
