"""How long the queue will take."""

from dataclasses import dataclass

import pytest

from core.pace import Pace


@dataclass(frozen=True)
class Line:
    shape: str = "a"
    steps: int = 20
    width: int = 1000
    height: int = 1000
    seconds: float | None = None


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
