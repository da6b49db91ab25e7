"""Downloading a set: room is looked for first, a process of its own fetches and checks, and only a whole
model comes onto the list."""

import contextlib
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from core import models, ourselves, recorded
from core.downloads.catalogue import Set
from core.downloads.child import STAGE, Order
from core.downloads.report import Arrived, Moved, Refused, Report
from core.environment import ENVIRONMENT
from core.errors import Cancelled, KnownError
from core.models import ModelInfo
from core.paths import Home

MARGIN_BYTES = 500_000_000
"""Room that is left on the disk beside the files."""
ONLINE = {"HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1", "HF_HUB_DISABLE_XET": "1"}
"""For that one process: it may use the network, sends nobody's token, and asks in plain HTTP."""
WATCH_SECONDS = 0.1
KEPT = "What came whole or in part is kept: ask again, and it goes on from there."
Progress = Callable[[int, int, str], None]
"""Bytes here, of how many, the file."""


def folder_of(home: Home, wanted: Set) -> Path:
    """Where a set's model lies, or will."""
    return home.models / wanted.name


def left(home: Home, wanted: Set) -> int:
    """About how many bytes are still to come."""
    folder = folder_of(home, wanted)
    here = sum(part.bytes for part in wanted.files if _has(folder / part.place, part.bytes))
    stage = folder / STAGE
    begun = sum(_size(file) for file in stage.rglob("*") if file.is_file()) if stage.is_dir() else 0
    return max(0, wanted.bytes - here - begun)


def download(
    home: Home,
    wanted: Set,
    progress: Progress = lambda *_: None,
    stop: Callable[[], bool] = lambda: False,
) -> ModelInfo:
    """Brings a set onto this computer and onto the list of models. Goes on where an earlier try ended. Raises
    KnownError (no room, offline, damaged, no model) and Cancelled; what came is kept for the next try."""
    folder = folder_of(home, wanted)
    _reuse(home, wanted)
    _check_room(home, wanted)
    arrived = _fetch(wanted, folder, progress, stop)
    shutil.rmtree(folder / STAGE, ignore_errors=True)
    sums = {
        folder / part.place: (arrived[part.place].sha256, f"huggingface.co/{part.source}")
        for part in wanted.files
    }
    recorded.stated(home, sums)
    return models.add(home, folder, wanted.name)


def _reuse(home: Home, wanted: Set) -> None:
    """Files that another set brought are the same files: they take no second place on the disk."""
    known = {kept.sha256: Path(path) for path, kept in recorded.read(home).items() if kept.state == "stated"}
    for part in wanted.files:
        target = folder_of(home, wanted) / part.place
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if part.sha256 in known and not target.exists():
                target.hardlink_to(known[part.sha256])
        except FileNotFoundError:
            continue  # it is not there any more: it is fetched
        except OSError as error:
            if not target.parent.is_dir():
                raise KnownError(f"{target.parent} cannot be written: {error.strerror or error}.") from error


def _check_room(home: Home, wanted: Set) -> None:
    there = next(place for place in (home.models, *home.models.parents) if place.exists())
    free, needed = shutil.disk_usage(there).free, left(home, wanted) + MARGIN_BYTES
    if free < needed:
        raise KnownError(
            f"{wanted.title} needs {needed / 1e9:.1f} GB on the disk of {there}, and {free / 1e9:.1f} GB "
            "are free. Nothing was downloaded. Make room, or choose a smaller set."
        )


def _fetch(wanted: Set, folder: Path, progress: Progress, stop: Callable[[], bool]) -> dict[str, Arrived]:
    arrived: dict[str, Arrived] = {}
    with _child(Order(str(folder), wanted.files), stop) as answers:
        for report in _reports(answers):
            match report:
                case Refused(reason):
                    raise KnownError(f"{wanted.title} was not downloaded. {reason} {KEPT}")
                case Arrived(place):
                    arrived[place] = report
                    progress(_sum(arrived), wanted.bytes, place)
                case Moved(place, count):
                    progress(_sum(arrived) + count, wanted.bytes, place)
    if stop():
        raise Cancelled
    if len(arrived) < len(wanted.files):
        raise KnownError(f"{wanted.title} was not downloaded: the process that fetches it ended. {KEPT}")
    return arrived


def _sum(arrived: dict[str, Arrived]) -> int:
    return sum(each.bytes for each in arrived.values())


@contextlib.contextmanager
def _child(order: Order, stop: Callable[[], bool]) -> Iterator[BinaryIO]:
    """Ends with the block, however that ends, and as soon as `stop` says so."""
    process = subprocess.Popen(
        ourselves.command("core.downloads.child"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | ENVIRONMENT | ONLINE,
    )
    orders, answers = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
    threading.Thread(target=_watch, args=(process, stop), name="download-stop", daemon=True).start()
    try:
        with contextlib.suppress(OSError):  # dead already: the missing answer tells
            orders.write(msgspec.json.encode(order) + b"\n")
            orders.flush()
        yield answers
    finally:
        process.kill()
        process.wait()
        with contextlib.suppress(OSError):
            orders.close()
        answers.close()


def _watch(process: "subprocess.Popen[bytes]", stop: Callable[[], bool]) -> None:
    """A server that says nothing must not keep anybody from stopping."""
    while process.poll() is None:
        if stop():
            process.kill()
        time.sleep(WATCH_SECONDS)


def _reports(answers: BinaryIO) -> Iterator[Report]:
    for line in answers:
        yield msgspec.json.decode(line, type=Report)


def _has(file: Path, size: int) -> bool:
    return size > 0 and _size(file) == size


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
