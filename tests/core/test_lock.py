"""One program alone or several together, and what a killed one leaves."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.lock import Lock

HOLD = """
import sys, time
from pathlib import Path
from core.lock import Lock
lock = Lock(Path(sys.argv[1]))
print(getattr(lock, sys.argv[2])(), flush=True)
time.sleep(600)
"""


@pytest.fixture
def hold(tmp_path: Path):
    """Another program that holds the lock."""
    started: list[subprocess.Popen[str]] = []

    def start(how: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HOLD, str(tmp_path / "lock"), how]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout.readline() == "True\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_one_holds_it_alone(hold, tmp_path: Path) -> None:
    hold("alone")
    lock = Lock(tmp_path / "lock")
    assert not lock.alone()
    assert not lock.shared()


def test_several_share_it_and_none_has_it_alone(hold, tmp_path: Path) -> None:
    hold("shared")
    hold("shared")
    mine, other = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert mine.shared()
    assert not other.alone()
    mine.release()
    assert not other.alone()


def test_it_ends_with_its_program(hold, tmp_path: Path) -> None:
    killed = hold("alone")
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert Lock(tmp_path / "lock").alone()


def test_a_refused_try_leaves_the_others_theirs(hold, tmp_path: Path) -> None:
    mine = Lock(tmp_path / "lock")
    assert mine.shared()
    assert not Lock(tmp_path / "lock").alone()
    hold("shared")
    mine.release()
    assert not mine.alone()


def test_what_was_shared_can_be_had_alone_and_shared_again(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    for take in (lock.shared, lock.alone, lock.shared):
        assert take()
    assert Lock(tmp_path / "lock").shared()
    lock.release()


def test_its_file_is_its_owners(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    assert lock.alone()
    assert (tmp_path / "lock").stat().st_mode & 0o077 == 0
    lock.release()
    assert lock.alone()
    lock.release()
