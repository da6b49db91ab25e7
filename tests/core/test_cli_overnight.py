"""“queue run” for the night: when it starts, what it waits for, what the computer does afterwards."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from core import overnight, power
from core.cli.app import app
from core.engine.fake import FakeEngine
from core.library import jobs, open_library
from core.paths import Home
from core.power import LeftAlone

Likeness = Callable[..., str]


class Computer(LeftAlone):
    """Writes down what it was made to do."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.use_battery, self.unplugged = False, 0

    def made(self, use_battery: bool = False) -> "Computer":
        self.use_battery = use_battery
        return self

    def on_battery(self) -> bool:
        self.unplugged = max(0, self.unplugged - 1)
        return bool(self.unplugged) and not self.use_battery

    def stay_awake(self) -> bool:
        self.done.append("awake")
        return True

    def sleep(self) -> None:
        self.done.append("sleep")

    def shut_down(self) -> None:
        self.done.append("shut down")


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch) -> Computer:
    made = Computer()
    monkeypatch.setattr(power, "this_computer", made.made)
    monkeypatch.setattr("core.runner.LOOK_SECONDS", 0.01)
    return made


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that a countdown would have waited."""
    waited: list[float] = []
    count_down = overnight.count_down
    monkeypatch.setattr(overnight, "count_down", lambda n, tell: count_down(n, tell, waited.append))
    return waited


@pytest.fixture
def likeness(home: Home, computer: Computer, monkeypatch: pytest.MonkeyPatch) -> Likeness:
    engine = FakeEngine()
    monkeypatch.setattr("core.cli.work.make_engine", lambda home: engine)

    def run(*arguments: object, fails: int = 0) -> str:
        result = CliRunner().invoke(app, ["--home", str(home.root), *map(str, arguments)])
        assert result.exit_code == fails, f"{result.output}\n{result.exception!r}"
        return result.output

    return run


def test_the_computer_is_kept_awake_and_it_is_said(likeness: Likeness, computer: Computer) -> None:
    likeness("queue", "add", "a beach")
    assert "kept awake" in likeness("queue", "run")
    assert computer.done == ["awake"]


@pytest.mark.parametrize(("then", "done"), [("sleep", "sleep"), ("shutdown", "shut down")])
def test_afterwards_it_sleeps_or_is_shut_down_once_the_countdown_is_over(
    likeness: Likeness, computer: Computer, seconds: list[float], then: str, done: str
) -> None:
    likeness("queue", "add", "a beach")
    assert "in 20 s. Ctrl-C cancels" in likeness("queue", "run", "--then", then, "--countdown", 20)
    assert computer.done[-1] == done
    assert seconds == [1.0] * 20


def test_the_countdown_can_be_cancelled(
    likeness: Likeness, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(count: int, tell: Callable[[int], None]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(overnight, "count_down", interrupted)
    likeness("queue", "add", "a beach")
    told = likeness("queue", "run", "--then", "shutdown")
    assert "1 picture is ready" in told
    assert "stays on" in told
    assert computer.done == ["awake"]


def test_failed_pictures_do_not_keep_it_up_all_night(
    likeness: Likeness, computer: Computer, seconds: list[float]
) -> None:
    likeness("queue", "add", "FAIL")
    assert "1 failed" in likeness("queue", "run", "--then", "sleep", fails=1)
    assert computer.done[-1] == "sleep"


def test_a_pause_is_waited_out_and_what_was_chosen_still_happens(
    likeness: Likeness, computer: Computer, seconds: list[float], home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paused by another program in the middle of the first of two pictures, and resumed a little later."""

    def change(what: Callable[..., None], *arguments: object) -> None:
        library = open_library(home)
        with library.write() as session:
            what(session, *arguments)
        library.close()

    def pause(specs: Any) -> None:
        if not later.is_alive() and later.ident is None:
            change(jobs.pause, "Paused by you.", jobs.Hold(now=True, free=True))
            later.start()

    later = threading.Timer(0.3, change, (jobs.resume,))
    monkeypatch.setattr(
        "core.cli.work.make_engine", lambda home: FakeEngine(trouble=pause, step_seconds=0.01)
    )
    likeness("queue", "add", "a beach", "--count", 2)
    told = likeness("queue", "run", "--then", "shutdown")
    later.join()
    assert (
        told.index("stands still: Paused by you.")
        < told.index("goes on")
        < told.index("2 pictures are ready")
    )
    assert computer.done[-1] == "shut down"


def test_a_fault_of_its_own_ends_it_and_nothing_is_shut_down(
    likeness: Likeness, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    likeness("queue", "add", "a beach")
    monkeypatch.setattr(jobs, "claim", broken)
    assert "stopped: Something unforeseen" in likeness("queue", "run", "--then", "shutdown", fails=1)
    assert computer.done == ["awake"]


def test_it_waits_for_its_time(
    likeness: Likeness, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overnight, "next_time", lambda text, now: now + timedelta(seconds=0.5))
    likeness("queue", "add", "a beach")
    asked = datetime.now(UTC)
    told = likeness("queue", "run", "--at", "23:00")
    assert datetime.now(UTC) - asked > timedelta(seconds=0.5)
    assert told.index("kept awake") < told.index("stands still: Starts") < told.index("1 picture is ready")


def test_it_waits_for_mains_power_or_is_told_not_to(likeness: Likeness, computer: Computer) -> None:
    likeness("queue", "add", "a beach")
    computer.unplugged = 4
    assert "battery" in likeness("queue", "run")
    likeness("queue", "add", "a beach", "--seed", 5)
    computer.unplugged = 4
    assert "battery" not in likeness("queue", "run", "--on-battery")
    states = [row["state"] for row in json.loads(likeness("queue", "list", "--json"))]
    assert states == ["done", "done"]


def test_a_wrong_time_is_told_before_anything_changes(likeness: Likeness, home: Home) -> None:
    likeness("queue", "add", "a beach")
    likeness("queue", "pause")
    assert "write it like 23:00" in likeness("queue", "run", "--at", "late", fails=1)
    assert "paused" in likeness("queue", "list")
