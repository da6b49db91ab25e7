"""What keeps the queue from running and when that is over: simulated clocks, disks and batteries."""

import errno
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import holding, room
from core.errors import KnownError
from core.holding import Holding
from core.library.holds import Hold
from core.power import LeftAlone

Usage = namedtuple("Usage", "total used free")
EVENING = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)


class Laptop(LeftAlone):
    unplugged = False

    def on_battery(self) -> bool:
        return self.unplugged


class World:
    """A disk, a battery and two clocks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.free, self.seconds, self.now = 10**12, 0.0, EVENING
        self.laptop = Laptop()
        monkeypatch.setattr(room.shutil, "disk_usage", lambda _: Usage(10**12, 0, self.free))
        self.holding = Holding((folder,), self.laptop, clock=lambda: self.seconds, now=lambda: self.now)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    return World(monkeypatch, tmp_path)


def held(found: holding.Hindrance | None) -> Hold:
    assert found
    return found[1]


def test_nothing_hinders_a_healthy_computer(world: World) -> None:
    assert world.holding.hindrance() is None
    assert world.holding.over(None)


def test_an_almost_full_disk_holds_the_queue_before_anything_fails(world: World, tmp_path: Path) -> None:
    world.free = room.LOW_BYTES - 1
    reason, hold = world.holding.hindrance() or ("", Hold())
    assert (str(tmp_path) in reason, hold.ends) == (True, "room")
    world.free = room.ENOUGH_BYTES - 1
    assert not world.holding.over(hold)
    world.free = room.ENOUGH_BYTES
    assert world.holding.over(hold)


def test_the_battery_holds_the_queue_until_there_is_mains_power(world: World) -> None:
    world.laptop.unplugged = True
    hold = held(world.holding.hindrance())
    assert (hold.ends, world.holding.over(hold)) == ("power", False)
    world.laptop.unplugged = False
    assert world.holding.over(hold)
    assert world.holding.hindrance() is None


def test_who_resumes_on_battery_means_it_until_it_was_plugged_in_again(world: World) -> None:
    world.laptop.unplugged = True
    world.holding.over(held(world.holding.hindrance()))
    assert world.holding.over(None)
    assert world.holding.hindrance() is None
    world.laptop.unplugged = False
    assert world.holding.hindrance() is None
    world.laptop.unplugged = True
    assert held(world.holding.hindrance()).ends == "power"


def test_mains_power_that_comes_back_is_no_wish_to_use_the_battery(world: World) -> None:
    world.laptop.unplugged = True
    hold = held(world.holding.hindrance())
    world.holding.over(hold)
    world.laptop.unplugged = False
    assert world.holding.over(hold)
    world.holding.over(None)
    world.laptop.unplugged = True
    assert held(world.holding.hindrance()).ends == "power"


def test_a_time_to_start_at(world: World) -> None:
    hold = Hold("time", at=EVENING + timedelta(hours=1))
    assert not world.holding.over(hold)
    world.now = EVENING + timedelta(hours=1)
    assert world.holding.over(hold)


def test_what_the_user_paused_is_the_users_to_resume(world: World) -> None:
    world.now += timedelta(days=9)
    assert not world.holding.over(Hold())


FULL = KnownError("full")
FULL.__cause__ = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("error", "ends"),
    [(FULL, "room"), (OSError(errno.EIO, "I/O error"), "fault"), (KnownError("locked"), "fault")],
)
def test_a_fault_says_what_would_end_it(world: World, error: Exception, ends: str) -> None:
    assert world.holding.fault(error).ends == ends


def test_after_a_fault_it_is_tried_again_less_and_less_often(world: World) -> None:
    waits = []
    for _ in range(9):
        hold = world.holding.fault(OSError(errno.EIO, "I/O error"))
        before = world.seconds
        while not world.holding.over(hold):
            world.seconds += 1
        waits.append(world.seconds - before)
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    world.holding.went_well()
    hold = world.holding.fault(OSError(errno.EIO, "I/O error"))
    world.seconds += 5
    assert world.holding.over(hold)


def test_faults_at_the_same_time_count_once(world: World) -> None:
    for _ in range(50):
        hold = world.holding.fault(KnownError("locked"))
    world.seconds += holding.FIRST_TRY
    assert world.holding.over(hold)


def test_nothing_is_rendered_for_a_folder_that_still_cannot_be_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = world.holding.fault(OSError(errno.EACCES, "Permission denied"))
    with monkeypatch.context() as patch:
        patch.setattr(room.tempfile, "TemporaryFile", denied)
        for _ in range(1000):
            world.seconds += 10
            assert not world.holding.over(hold)
    world.seconds += holding.LAST_TRY
    assert world.holding.over(hold)


def denied(**_: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied")


def test_a_folder_that_is_a_file_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert room.writable([tmp_path / "new" / "folder"])
    assert not room.writable([tmp_path / "file" / "pictures"])
