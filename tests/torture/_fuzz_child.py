"""The process in which mutants are tried. Its parent gives it work line by line ("images 300 50": kind, first
seed, how many), and hears of what was wrong, one JSON text a line; which mutant is at work stands in a
shared page, so that a crash or a hang has a name."""

import faulthandler
import json
import mmap
import os
import resource
import shutil
import struct
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
sys.path[:0] = [
    str(HERE),
    *(str(HERE.parent / part) for part in ("core", "core/diffusion", "core/faces", "core/library")),
]
sys.path.insert(0, str(HERE.parents[1]))

import _fuzz_kinds  # noqa: E402
from _promise import Broken, tally  # noqa: E402
from _watched import Watch  # noqa: E402

from core.environment import set_environment  # noqa: E402

MEMORY = 2**30
"""So much may be used above what the process had at the start of a batch."""
LARGEST_FILE = 256 * 2**20
CPU_SECONDS = 3600
NOW = struct.Struct("<QQ")
REPORT = os.dup(1)  # what libraries print goes to the error output
os.dup2(2, 1)


def main() -> None:
    scratch, page = Path(sys.argv[1]), Path(sys.argv[2])
    _prepare(scratch)
    with page.open("r+b") as file, mmap.mmap(file.fileno(), NOW.size) as now:
        child = _Child(scratch, now)
        for line in sys.stdin:
            name, first, count = line.split()
            child.batch(name, int(first), int(count))
            sys.stderr.flush()
    os._exit(0)  # the libraries' own endings take seconds


def _prepare(scratch: Path) -> None:
    faulthandler.enable()
    set_environment()
    os.environ.update(
        {"QT_QPA_PLATFORM": "offscreen", "LIKENESS_HOME": str(scratch / "home"), "HOME": str(scratch)}
    )
    tempfile.tempdir = os.environ["TMPDIR"] = str(scratch)
    warnings.simplefilter("ignore")  # a mutant's warnings are no fault, and there are thousands
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class _Child:
    def __init__(self, scratch: Path, now: mmap.mmap) -> None:
        self.scratch, self.now, self.number = scratch, now, 0
        self.watch = Watch(scratch)
        self.tries: dict[str, Callable[[Random, Path], None]] = {}
        self.slowest: list[tuple[float, str]] = [(0.0, "")]
        self.largest: list[tuple[int, str]] = [(0, "")]

    def batch(self, name: str, first: int, count: int) -> None:
        if name not in self.tries:
            sources = self.scratch / f"sources-{name}"
            sources.mkdir()
            self.tries[name] = _fuzz_kinds.KINDS[name].open(sources)
        _limit_memory()
        for seed in range(first, first + count):
            self._one(name, seed)
        _say(
            {
                "end": name,
                "count": count,
                **tally.taken(),
                "slowest": max(self.slowest),
                "largest": max(self.largest),
            }
        )
        self.slowest, self.largest = [(0.0, "")], [(0, "")]

    def _one(self, name: str, seed: int) -> None:
        self.number += 1
        self.now[:] = NOW.pack(seed, self.number)
        folder = self.scratch / "mutant"
        folder.mkdir()
        before, began = _reset_peak(), time.process_time()
        try:
            with self.watch.listening():
                self.tries[name](Random(f"{name}:{seed}"), folder)
            wrong = ""
        except Broken as error:
            wrong = str(error)
        except Exception:
            wrong = traceback.format_exc(limit=-14)
        self.slowest.append((time.process_time() - began, f"{name}:{seed}"))
        self.largest.append((_peak() - before, f"{name}:{seed}"))
        if did := "; ".join(dict.fromkeys(self.watch.seen)):
            wrong += f"\nIt did: {did}"
        if wrong:
            _say({"wrong": f"{name}:{seed}", "why": wrong.strip(), "kept": self._kept(name, seed, folder)})
        _remove(folder)

    def _kept(self, name: str, seed: int, folder: Path) -> str:
        """The mutant's files, put aside for a look."""
        target = self.scratch / "kept" / f"{name}-{seed}"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder, target, symlinks=True, dirs_exist_ok=True)
        return str(target)


def _remove(folder: Path) -> None:
    for file in folder.iterdir():
        if file.is_dir() and not file.is_symlink():
            shutil.rmtree(file)
        else:
            file.unlink()
    folder.rmdir()


def _limit_memory() -> None:
    """Private memory, not addresses: libraries reserve gigabytes of those and use none of them."""
    resource.setrlimit(resource.RLIMIT_DATA, (_status("VmData") + MEMORY, resource.RLIM_INFINITY))


def _reset_peak() -> int:
    """Lets the kernel count the peak anew; returns what is used now, in bytes."""
    with open("/proc/self/clear_refs", "w") as file:  # noqa: PTH123
        file.write("5")
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _status(key: str) -> int:
    with open("/proc/self/status") as file:  # noqa: PTH123
        for line in file:
            if line.startswith(f"{key}:"):
                return int(line.split()[1]) * 1024
    raise LookupError(key)


def _say(told: dict[str, object]) -> None:
    os.write(REPORT, json.dumps(told).encode() + b"\n")


if __name__ == "__main__":
    main()
