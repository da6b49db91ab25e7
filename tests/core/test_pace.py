"""How long the queue will take."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from core.pace import Pace


@dataclass(frozen=True)
class Line:
    shape: str = "a"
    steps: int = 20
    width: int = 1000
    height: int = 1000
    seconds: float | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


def test_nothing_is_claimed_before_anything_was_measured() -> None:
    assert Pace.of([Line(), Line()]).left([Line()]) is None
    assert Pace().picture(Line()) is None


def test_an_empty_queue_takes_no_time() -> None:
    assert Pace().left([]) == 0


def test_like_jobs_take_like_time() -> None:
    pace = Pace.of([Line(seconds=10.0), Line("b", seconds=2.0)])
    assert pace.left([Line(), Line(), Line("b")]) == 22.0


def test_a_new_shape_is_judged_by_its_steps_and_pixels() -> None:
    pace = Pace.of([Line(seconds=10.0)])
    assert pace.picture(Line("new", steps=40)) == pytest.approx(20.0)
    assert pace.picture(Line("new", width=500)) == pytest.approx(5.0)


def test_a_steady_pace_stays_and_a_change_is_followed() -> None:
    steady = Pace.of([Line(seconds=10.0)] * 5)
    assert steady.picture(Line()) == pytest.approx(10.0)
    faster = Pace.of([Line(seconds=10.0)] * 20 + [Line(seconds=2.0)] * 5)
    assert faster.picture(Line()) == pytest.approx(2.0)


def test_the_first_picture_with_its_loading_does_not_count_for_long() -> None:
    assert Pace.of([Line(seconds=60.0)] + [Line(seconds=2.0)] * 2).picture(Line()) == pytest.approx(2.0)


@dataclass(frozen=True)
class Kind:
    """Pictures of one shape: what each takes by the clock, and what its first takes more."""

    shape: str
    each: float
    warm_up: float = 0.0
    batch: int = 1
    steps: int = 20


class Worker:
    """Makes pictures on a clock of its own: with noise, and loading whenever another model is needed."""

    def __init__(self, seed: int, noise: float = 0.08) -> None:
        self.now, self.chance, self.noise = datetime(2026, 1, 1, tzinfo=UTC), random.Random(seed), noise
        self.loaded, self.done = "", list[Line]()

    def make(self, kind: Kind) -> float:
        """One batch; how long it took."""
        begun = self.now
        loading = kind.warm_up if self.loaded != kind.shape else 0.0
        self.loaded = kind.shape
        each = kind.each * self.chance.uniform(1 - self.noise, 1 + self.noise)
        took = loading + each * kind.batch
        for at in range(kind.batch):
            end = begun + timedelta(seconds=took + 0.01 * at)
            self.done.append(
                Line(kind.shape, kind.steps, seconds=0.8 * each, started_at=begun, finished_at=end)
            )
        self.now = begun + timedelta(seconds=took + 0.01 * kind.batch)
        return (self.now - begun).total_seconds()


SLOW = Kind("sdxl", each=55.0, warm_up=90.0, steps=30)
FAST = Kind("mini", each=1.2, warm_up=4.0)
BATCHED = Kind("sd15", each=6.0, warm_up=25.0, batch=4)


def off_by(expected: float | None, true: float) -> float:
    assert expected is not None
    return abs(expected - true) / true


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("kind", [SLOW, FAST, BATCHED], ids=lambda kind: kind.shape)
def test_after_five_pictures_of_a_kind_picture_and_queue_are_right_within_15_percent(
    kind: Kind, seed: int
) -> None:
    worker = Worker(seed)
    while len(worker.done) < 5:
        worker.make(kind)
    pace, waiting = Pace.of(worker.done), Line(kind.shape, kind.steps)
    assert off_by(pace.picture(waiting), kind.each) < 0.15
    left = pace.left([waiting] * 40)
    assert off_by(left, sum(worker.make(kind) for _ in range(40 // kind.batch))) < 0.15


@pytest.mark.parametrize("seed", range(20))
def test_a_queue_of_several_kinds_is_right_within_15_percent(seed: int) -> None:
    """One kind after the other, as a queue of several prompts comes."""
    worker = Worker(seed)
    for kind in (FAST, SLOW, BATCHED):
        while sum(line.shape == kind.shape for line in worker.done) < 5:
            worker.make(kind)
    waiting = [Line(kind.shape) for kind in (SLOW, BATCHED, FAST) for _ in range(20)]
    expected = Pace.of(reversed(worker.done)).left(waiting)
    true = sum(worker.make(kind) for kind in (SLOW, BATCHED, FAST) for _ in range(20 // kind.batch))
    assert off_by(expected, true) < 0.15


@pytest.mark.parametrize("seed", range(20))
def test_where_models_take_turns_their_loading_counts(seed: int) -> None:
    worker = Worker(seed)
    for _ in range(5):
        worker.make(SLOW)
        worker.make(FAST)
    expected = Pace.of(worker.done).left([Line("sdxl"), Line("mini")] * 20)
    assert off_by(expected, sum(worker.make(kind) for kind in (SLOW, FAST) * 20)) < 0.15


def test_another_program_that_came_to_stay_is_noticed_after_five_pictures() -> None:
    worker = Worker(1)
    for kind in [FAST] * 30 + [Kind("mini", each=3.0)] * 5:
        worker.make(kind)
    assert off_by(Pace.of(worker.done).picture(Line("mini")), 3.0) < 0.15


def test_a_night_the_computer_slept_through_does_not_count() -> None:
    worker = Worker(2)
    for night in (False, False, True, False, False):
        worker.make(FAST)
        if night:
            slept = worker.done.pop()
            ended = slept.finished_at + timedelta(hours=8)
            worker.done.append(replace(slept, finished_at=ended))
            worker.now = ended
    assert off_by(Pace.of(worker.done).picture(Line("mini")), FAST.each) < 0.15


def test_a_clock_that_was_set_back_is_not_believed() -> None:
    worker = Worker(3)
    worker.make(FAST)
    (line,) = worker.done
    back = replace(line, finished_at=line.started_at - timedelta(hours=1))
    assert Pace.of([back]).picture(Line("mini")) == line.seconds
