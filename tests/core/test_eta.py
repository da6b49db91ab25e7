"""The time left that the command line tells, on a simulated clock."""

from datetime import UTC, datetime, timedelta

import pytest

from core.cli.eta import Eta
from core.events import JobCancelled, JobFailed, JobFinished, JobStarted, QueuePaused
from core.library.job_rows import JobRow, State

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def row(id: int, state: State = "queued", shape: str = "a", took: float | None = None) -> JobRow:
    begun = NOW + timedelta(minutes=id)
    ended = begun + timedelta(seconds=took) if took else None
    return JobRow(
        id,
        state,
        "a beach",
        (),
        "text",
        "mini",
        id,
        20,
        512,
        512,
        shape,
        0,
        None,
        NOW,
        begun,
        ended,
        took,
        None,
    )


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make(eta: Eta, clock: Clock, seconds: float, *jobs: int) -> None:
    """A batch."""
    for job in jobs:
        eta.hear(JobStarted(job, 20))
    clock.now += seconds
    for job in jobs:
        eta.hear(JobFinished(job, job))


def test_before_anything_was_measured_nothing_is_claimed(clock: Clock) -> None:
    assert Eta([row(1), row(2)], clock).left() is None


def test_what_the_library_knows_counts_from_the_first_picture(clock: Clock) -> None:
    eta = Eta([row(1, "done", took=10.0), row(2), row(3)], clock)
    assert eta.left() == pytest.approx(20.0)
    eta.hear(JobStarted(2, 20))
    clock.now += 4
    assert eta.left() == pytest.approx(16.0)
    clock.now += 60  # slower than expected: never less than what waits
    assert eta.left() == pytest.approx(10.0)


def test_after_five_pictures_it_is_right_within_15_percent_also_in_batches(clock: Clock) -> None:
    eta = Eta([row(id) for id in range(40)], clock)
    make(eta, clock, 60.0, *range(4))  # with loading
    make(eta, clock, 21.0, *range(4, 8))
    make(eta, clock, 20.0, *range(8, 12))
    assert eta.left() == pytest.approx(28 * 5.0, rel=0.15)


def test_hours_of_waiting_do_not_count(clock: Clock) -> None:
    eta = Eta([row(id) for id in range(10)], clock)
    eta.hear(QueuePaused("Starts at 23:00."))
    clock.now += 3600 * 5
    for job in range(5):
        make(eta, clock, 10.0, job)
        clock.now += 1000
    assert eta.left() == pytest.approx(50.0)


def test_a_picture_that_is_begun_anew_is_timed_anew(clock: Clock) -> None:
    eta = Eta([row(1), row(2)], clock)
    eta.hear(JobStarted(1, 20))
    clock.now += 500
    eta.hear(JobFailed(1, "died", will_retry=True))
    make(eta, clock, 10.0, 1)
    assert eta.left() == pytest.approx(10.0)


def test_what_is_cancelled_or_fails_takes_no_more_time(clock: Clock) -> None:
    eta = Eta([row(1, "done", took=10.0), row(2), row(3), row(4), row(5)], clock)
    eta.hear(JobCancelled(2))
    eta.hear(JobStarted(3, 20))
    eta.hear(JobFailed(3, "no"))
    eta.hear(JobStarted(4, 20))
    eta.hear(JobFailed(4, "died", will_retry=True))
    assert eta.left() == pytest.approx(20.0)
