"""The n-th fault, in short: each operation of the program with one fault at each kind of call it makes (of
many alike the last), the kinds of fault taking turns. The long form takes every n with every kind."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import _below
import full_disk
import pytest
from _fault_points import FaultPoints
from _operations import OPERATIONS
from _small_world import World, quick
from faults import Torturer

TURNS = ("ENOSPC", "EIO", "EACCES", "busy", "locked", "cut")
MOST = 10


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with quick():
        yield World(tmp_path_factory.mktemp("faults")).make()


@pytest.fixture
def faults(world: World) -> Iterator[FaultPoints]:
    points = FaultPoints(world.root)
    with points.installed():
        yield points


def chosen(torturer: Torturer, most: int) -> list[tuple[str, int]]:
    """A kind and an n for each sort of call, but `most` of them, spread over the run."""
    found = []
    for turn, kind in enumerate(TURNS):
        last = {call: nth for nth, call in enumerate(torturer.calls(kind), 1)}
        found += [
            (kind, nth) for number, nth in enumerate(sorted(last.values())) if number % len(TURNS) == turn
        ]
    found.sort(key=lambda each: each[1])
    return found[:: max(1, -(-len(found) // most))]


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_fault_at_any_moment_loses_nothing(world: World, faults: FaultPoints, name: str) -> None:
    torturer = Torturer(world, OPERATIONS[name], faults)
    struck = 0
    for kind, nth in chosen(torturer, MOST):
        trial = torturer.trial(kind, nth)
        struck += trial.hits
        assert trial.wrong == [], f"{kind} at call {nth}, {trial.hit}"
    assert struck > 2


@pytest.mark.parametrize("kind", ["ENOSPC", "EIO", "busy"])
def test_a_disk_that_stays_bad_is_waited_for(world: World, faults: FaultPoints, kind: str) -> None:
    """Each call from the n-th on fails until the user was told why the queue paused; it goes on by itself."""
    torturer = Torturer(world, OPERATIONS["queue"], faults)
    calls = torturer.calls(kind)
    for nth in (len(calls) // 3, len(calls) // 2, len(calls) - 20):
        trial = torturer.trial(kind, nth, for_ever=True)
        assert trial.wrong == [], f"{kind} from call {nth} on, {trial.hit}"
        assert trial.told.pauses or trial.raised
        assert trial.hits > 3


def test_faults_below_python_lose_nothing() -> None:
    """In the system calls themselves, SQLite's and Pillow's too."""
    if reason := _below.why_not():
        pytest.skip(reason)
    command = [
        sys.executable,
        Path(__file__).parent,
        "faults",
        "--preload",
        "--operations",
        "enqueue,settings",
    ]
    done = subprocess.run(
        [*command, "--errors", "EIO,ENOSPC,cut", "--every", "29"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["injected"]["EIO"] > 3


def test_a_full_disk_pauses_the_queue_until_there_is_room() -> None:
    """A tmpfs runs full while the queue works, and gets room again; also while somebody is deleted."""
    if reason := full_disk.why_not():
        pytest.skip(reason)
    chosen = ["--operations", "queue,queue-pictures,delete", "--step", "110000", "--most", "400000"]
    command = [sys.executable, Path(__file__).parent, "full_disk", *chosen]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["paused"] > 2
