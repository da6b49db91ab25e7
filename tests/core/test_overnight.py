"""Times of day, in the zone of whoever asks."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from core import overnight
from core.errors import KnownError

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="no time zones to choose")


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        time.tzset()
        yield
    time.tzset()


EVENING = datetime(2026, 1, 10, 21, 30, tzinfo=UTC)  # 22:30 there


@pytest.mark.parametrize(
    ("text", "hours"), [("23:00", 0.5), ("22:31", 1 / 60), ("22:30", 24), ("6:00", 7.5), ("00.00", 1.5)]
)
def test_the_next_time_it_is_that_late(berlin: None, text: str, hours: float) -> None:
    assert overnight.next_time(text, EVENING) - EVENING == pytest.approx(
        timedelta(hours=hours), abs=timedelta(seconds=1)
    )


def test_in_the_night_the_clock_is_changed_the_wall_counts(berlin: None) -> None:
    before = datetime(2026, 3, 28, 21, 0, tzinfo=UTC)  # 22:00; at 2:00 it becomes 3:00
    assert overnight.next_time("6:00", before) - before == timedelta(hours=7)


@pytest.mark.parametrize("text", ["", "late", "24:00", "12:60", "12", "1:2"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(KnownError, match="write it like 23:00"):
        overnight.next_time(text, EVENING)


def test_the_reason_is_in_words(berlin: None) -> None:
    today, hold = overnight.start_at(EVENING + timedelta(minutes=30), EVENING)
    tomorrow, _ = overnight.start_at(EVENING + timedelta(hours=8), EVENING)
    assert (today, tomorrow) == ("Starts at 23:00.", "Starts tomorrow at 06:30.")
    assert (hold.ends, hold.at) == ("time", EVENING + timedelta(minutes=30))


def test_a_countdown_tells_every_second_and_can_be_cancelled() -> None:
    told: list[int] = []
    overnight.count_down(3, told.append, lambda _: None)
    assert told == [3, 2, 1]

    def cancel(left: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        overnight.count_down(3, cancel, lambda _: None)
