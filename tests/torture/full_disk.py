"""A disk that is really full: small tmpfs disks hold home and pictures, a ballast file leaves only so many
bytes, and each operation is done; then the ballast goes. The queue pauses, says why, and goes on by itself;
everything else is done whole or refused with a sentence, and done when there is room.

    python tests/torture full_disk                      as root, or where user namespaces are allowed
    python tests/torture full_disk --step 4096          more amounts of room
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from _operations import OPERATIONS, Told
from _small_world import World, quick
from faults import Figures, Torturer

from core import room
from core.errors import KnownError
from core.library import backup, open_library, subjects

INSIDE = "LIKENESS_OWN_MOUNTS"
MEGABYTES = 24
ALONE = (
    "enqueue",
    "cancel",
    "import",
    "references",
    "delete",
    "backup",
    "restore",
    "settings",
    "report",
    "repeat",
)


def why_not() -> str:
    """Why no disk can be mounted here; empty where one can."""
    return (
        "" if _own_mounts() else "No tmpfs can be mounted here: neither root nor user namespaces (unshare)."
    )


def main(arguments: list[str]) -> int:
    options = _options().parse_args(arguments)
    if INSIDE not in os.environ:
        # Mounts of a process of its own are gone with it, whatever happens.
        if reason := why_not():
            print(reason, file=sys.stderr)
            return 0
        command = [*_own_mounts(), sys.executable, Path(__file__).parent, "full_disk", *arguments]
        return subprocess.run(command, env=os.environ | {INSIDE: "yes"}).returncode
    figures, began = Figures(), time.monotonic()
    with quick(), _small_disks():
        for name in options.operations:
            _queue(name, options, figures) if name.startswith("queue") else _one(name, options, figures)
            print(f"{name}: {figures.trials} trials, {time.monotonic() - began:.0f} s", file=sys.stderr)
        figures.violations += _deletion_in_an_open_library()
    seconds = round(time.monotonic() - began, 1)
    print(json.dumps({"operations": options.operations, "seconds": seconds} | figures.as_json()))
    return int(bool(figures.violations or figures.unknown))


@dataclass
class Ballast:
    """What fills a disk; as `_operations.Faults`, where n is the room it leaves, in bytes."""

    disk: Path
    count: int = 0
    hits: int = 0
    hit: str = ""

    def arm(self, kind: str, nth: int, for_ever: bool = False) -> None:
        status = os.statvfs(self.disk)
        left = status.f_bavail * status.f_frsize - nth
        self._file.write_bytes(bytes(max(0, left)))
        self.hits, self.hit = 1, f"{self.disk.name} with {nth} bytes left"

    def disarm(self) -> None:
        self._file.unlink(missing_ok=True)

    def end_after(self, more: int) -> None:
        """The user was told, and makes room."""
        self.disarm()

    @property
    def _file(self) -> Path:
        return self.disk / "ballast"


def _queue(name: str, options: argparse.Namespace, figures: Figures) -> None:
    """The whole queue; which of two disks runs full is said by the name."""
    with _disk("home") as home, _disk("pictures") as pictures:
        world = World(home, None if name == "queue" else pictures / "chosen").make()
        full = pictures if name == "queue-pictures" else home
        torturer = Torturer(world, OPERATIONS["queue"], Ballast(full))
        _leave(torturer, name, options, figures)


def _one(name: str, options: argparse.Namespace, figures: Figures) -> None:
    with _disk("home") as home:
        torturer = Torturer(World(home).make(), OPERATIONS[name], Ballast(home))
        _leave(torturer, name, options, figures)


def _leave(torturer: Torturer, name: str, options: argparse.Namespace, figures: Figures) -> None:
    for left in range(0, options.most, options.step):
        trial = torturer.trial("ENOSPC", left)
        what = f"{name}, {trial.hit}"
        figures.add(trial, "ENOSPC", what)
        for each in trial.wrong:
            print(f"{what}: {each}", file=sys.stderr)


def _deletion_in_an_open_library() -> list[str]:
    """With the library open and not a byte left, a person still goes, or the user hears what to do."""
    with _disk("home") as home:
        world = World(home).make()
        with closing(open_library(world.home)) as library:
            with library.read() as session:
                ada = subjects.get(session, "Ada").id
            ballast = Ballast(home)
            ballast.arm("ENOSPC", 0)
            try:
                subjects.delete(library, ada)
            except KnownError:
                ballast.disarm()
                subjects.delete(library, ada)
            ballast.disarm()
        OPERATIONS["delete"].act(world, Told(), ballast)
        return [f"delete, open: {each}" for each in world.faults((), maps_may_go=True)]


@contextlib.contextmanager
def _small_disks() -> Iterator[None]:
    """What counts as full is meant for disks of gigabytes."""
    kept = room.LOW_BYTES, room.ENOUGH_BYTES, backup.SPARE_BYTES
    room.LOW_BYTES, room.ENOUGH_BYTES, backup.SPARE_BYTES = 0, 2_000_000, 0
    try:
        yield
    finally:
        room.LOW_BYTES, room.ENOUGH_BYTES, backup.SPARE_BYTES = kept


@contextlib.contextmanager
def _disk(name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="likeness-disk-") as folder:
        place = Path(folder).resolve() / name
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "none", place], check=True)
        try:
            yield place
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)


def _own_mounts() -> list[str]:
    """The command before a command that may mount; empty where there is none."""
    ways = ["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]
    with tempfile.TemporaryDirectory() as folder:
        for way in ways if shutil.which("unshare") and shutil.which("mount") else ():
            tried = subprocess.run([*way, "mount", "-t", "tmpfs", "none", folder], capture_output=True)
            if not tried.returncode:
                return way
    return []


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python tests/torture full_disk", description=__doc__)
    every = ["queue", "queue-home", "queue-pictures", *ALONE]
    parser.add_argument("--operations", default=every, type=lambda text: text.split(","))
    parser.add_argument("--step", type=int, default=32_768, help="how much more room each time, in bytes")
    parser.add_argument("--most", type=int, default=700_000, help="the most room, in bytes")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
