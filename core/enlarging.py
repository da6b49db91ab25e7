"""Enlarging pictures by a network of the user's own, in a process of its own: PyTorch is never imported where
a window is."""

import contextlib
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import msgspec
from msgspec import Struct

from core import ourselves, upscalers
from core.environment import ENVIRONMENT
from core.errors import Cancelled, KnownError

WATCH_SECONDS = 0.1
OnTile = Callable[[int, int], None]
"""Tiles done, of how many."""


class Order(Struct, frozen=True):
    """One picture: at least `width` × `height` pixels of it are wanted, in the PNG file `target`."""

    upscaler: str
    device: str
    picture: str
    target: str
    width: int
    height: int


class Opened(Struct, tag=True, frozen=True):
    scale: int


class Tile(Struct, tag=True, frozen=True):
    done: int
    total: int


class Done(Struct, tag=True, frozen=True): ...


class Failed(Struct, tag=True, frozen=True):
    reason: str


Answer = Opened | Tile | Done | Failed


def write(stream: BinaryIO, message: Struct) -> None:
    stream.write(msgspec.json.encode(message) + b"\n")
    stream.flush()


class Enlarger:
    """Call it with a picture's file, the size that is wanted, and what hears of tiles: it returns a PNG file
    of at least that size (or of as much as the network makes of it), which is there until the next call."""

    def __init__(self, process: "subprocess.Popen[bytes]", file: Path, device: str, target: Path) -> None:
        self._process, self._file, self._device, self._target = process, file, device, target
        self.stop: Callable[[], bool] = lambda: False

    def __call__(self, picture: Path, size: tuple[int, int], on_tile: OnTile = lambda *_: None) -> Path:
        """Raises KnownError with the reason, Cancelled when it was stopped."""
        order = Order(str(self._file), self._device, str(picture), str(self._target), *size)
        with contextlib.suppress(OSError):  # dead already: the missing answer tells
            write(cast(BinaryIO, self._process.stdin), order)
        for line in cast(BinaryIO, self._process.stdout):
            match msgspec.json.decode(line, type=Answer):
                case Tile(done, total):
                    on_tile(done, total)
                case Failed(reason):
                    raise KnownError(reason)
                case Done():
                    return self._target
        if self.stop():
            raise Cancelled
        raise KnownError(f"Enlarging with {self._file.stem} ended by itself, most often for want of memory.")


@contextlib.contextmanager
def opened(file: Path, device: str = "auto", stop: Callable[[], bool] = lambda: False) -> Iterator[Enlarger]:
    """A process that enlarges with the network in `file`; it ends with the block, or as soon as `stop` says
    so. Raises KnownError for a file that holds no network that is known."""
    upscalers.recognise(file)
    with tempfile.TemporaryDirectory(prefix="likeness-") as folder:
        process = subprocess.Popen(
            ourselves.command("core.diffusion.enlarger"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | ENVIRONMENT,
        )
        threading.Thread(target=_watch, args=(process, stop), name="enlarge-stop", daemon=True).start()
        try:
            made = Enlarger(process, file, device, Path(folder) / "enlarged.png")
            made.stop = stop
            yield made
        finally:
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            cast(BinaryIO, stream).close()


def _watch(process: "subprocess.Popen[bytes]", stop: Callable[[], bool]) -> None:
    while process.poll() is None:
        if stop():
            process.kill()
        time.sleep(WATCH_SECONDS)
