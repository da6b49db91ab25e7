"""When an engine that says nothing counts as hung: on a clock of the test's own."""

import pytest

from core.engine.silence import Patience, Silences, Watchdog

PATIENCE = Patience(unknown=1000, floor=100, factor=20, look=10)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """A watchdog whose looks come every ten seconds of a simulated clock."""

    def __init__(self, silences: Silences) -> None:
        self.clock, self.ended = Clock(), 0
        self.dog = Watchdog(silences, "first", self.end, self.clock)

    def end(self) -> None:
        self.ended += 1

    def wait(self, seconds: float) -> bool:
        """Whether the engine was ended within so many more seconds."""
        for _ in range(int(seconds / PATIENCE.look)):
            self.clock.now += PATIENCE.look
            self.dog.look()
        return self.ended == 1


@pytest.fixture
def silences() -> Silences:
    return Silences(PATIENCE)


def test_where_nothing_was_measured_it_waits_long(silences: Silences) -> None:
    watched = Watched(silences)
    assert not watched.wait(1000)
    assert watched.wait(20)
    assert watched.dog.silent_for == pytest.approx(1010)


def test_the_limit_follows_the_measured_pace_and_has_a_floor(silences: Silences) -> None:
    silences.record("fast", 0.5)
    silences.record("slow", 30)
    silences.record("slow", 12)
    assert (silences.limit("fast"), silences.limit("slow"), silences.limit("new")) == (100, 600, 1000)


def test_each_sign_of_life_begins_a_new_silence(silences: Silences) -> None:
    watched = Watched(silences)
    for _ in range(30):
        assert not watched.wait(90)
        watched.dog.heard("step")
    assert silences.limit("step") == pytest.approx(20 * 90)
    assert watched.wait(20 * 90 + 20)


def test_a_wait_in_which_a_model_may_be_loaded_is_never_cut_short(silences: Silences) -> None:
    watched = Watched(silences)
    watched.dog.heard(None)
    for _ in range(60):
        watched.wait(10)
        watched.dog.heard(None)
    assert not watched.wait(1000)
    assert watched.wait(20)


def test_it_ends_the_engine_once(silences: Silences) -> None:
    watched = Watched(silences)
    watched.wait(5000)
    assert watched.ended == 1


def test_hours_in_which_the_computer_slept_are_no_silence(silences: Silences) -> None:
    watched = Watched(silences)
    watched.wait(500)
    watched.clock.now += 8 * 3600
    watched.dog.look()
    assert watched.ended == 0
    watched.dog.heard("step")
    assert silences.limit("first") < 20 * 600


def test_a_call_that_is_over_is_not_watched(silences: Silences) -> None:
    watched = Watched(silences)
    with watched.dog:
        pass
    assert not watched.wait(5000)
