"""Forged and damaged files by the thousand: photos, metadata, models, weights, libraries, each tried in a
child process with hard limits of memory, time and file size, while everything it runs, opens or writes is
listened to.

The promise: a value of the promised kind, or a KnownError in the user's words. A crash, a hang, any other
exception, a program that is run, a socket, a file elsewhere: each is a violation. A mutant is named by its
kind and seed, and made again from them: `--only images:4711`.
"""

import argparse
import json
import os
import queue
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from _fuzz_kinds import KINDS

HERE = Path(__file__).resolve().parent
MUTANT_CPU_SECONDS = 10.0
"""Of the processor, not of the clock: other programs may want it too."""
MUTANT_SECONDS = 120.0
"""By the clock: a mutant that waits for something uses no processor."""
LOOK_SECONDS = 0.25
BATCH, HEAVY_BATCH = 500, 40
NOW = struct.Struct("<QQ")
Batch = tuple[str, int, int]


@dataclass
class Figures:
    """What came of it. `violations`: name of each mutant and what was wrong."""

    mutants: Counter[str] = field(default_factory=Counter)
    values: int = 0
    refused: int = 0
    crashes: int = 0
    hangs: int = 0
    violations: list[dict[str, str]] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    largest: tuple[int, str] = (0, "")
    lock: threading.Lock = field(default_factory=threading.Lock)

    def line(self) -> str:
        return json.dumps(
            {
                "mutants": self.mutants.total(),
                "values": self.values,
                "refused": self.refused,
                "crashes": self.crashes,
                "hangs": self.hangs,
                "violations": len(self.violations),
                "slowest": f"{self.slowest[0]:.1f} s {self.slowest[1]}",
                "most_memory": f"{self.largest[0] / 1e6:.0f} MB {self.largest[1]}",
                "kinds": dict(self.mutants),
            }
        )


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    batches = _named(asked.only) if asked.only else planned(asked.mutants, asked.seed, asked.kinds)
    figures = run(batches, asked.processes, asked.keep, told=True)
    for each in figures.violations:
        print(f"{each['wrong']}  {each['kept']}\n{each['why']}\n", file=sys.stderr)
    print(figures.line())
    return 1 if figures.violations else 0


def run(
    batches: Sequence[Batch], processes: int = 2, keep: Path | None = None, told: bool = False
) -> Figures:
    """Tries every mutant, in `processes` children at once. Violations' files go into `keep`."""
    figures, work = Figures(), queue.SimpleQueue[Batch]()
    lighter = sorted(batches, key=lambda each: not KINDS[each[0]].heavy)
    for batch in lighter:
        work.put(batch)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        workers = [_Worker(Path(folder, str(n)), work, figures, keep) for n in range(processes)]
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers):
            workers[0].join(2)
            for worker in workers[1:]:
                worker.join(0.1)
            if told:
                print(
                    f"{figures.mutants.total():,} tried, {len(figures.violations)} violations",
                    file=sys.stderr,
                )
        faults = [worker.fault for worker in workers if worker.fault]
        if faults:
            raise faults[0]
    return figures


def planned(mutants: int, seed: int, kinds: Sequence[str] = ()) -> list[Batch]:
    """Batches of all kinds, or of some, each by its share; `seed` is where each kind begins to count."""
    chosen = kinds or list(KINDS)
    shares = sum(KINDS[kind].share for kind in chosen)
    return [
        batch
        for kind in chosen
        for batch in _split(kind, seed * 10_000_000, max(1, round(mutants * KINDS[kind].share / shares)))
    ]


def _split(kind: str, first: int, count: int) -> Iterator[Batch]:
    size = HEAVY_BATCH if KINDS[kind].heavy else BATCH
    for start in range(0, count, size):
        yield kind, first + start, min(size, count - start)


def _named(only: Sequence[str]) -> list[Batch]:
    return [(kind, int(seed), 1) for kind, _, seed in (each.partition(":") for each in only)]


class _Worker(threading.Thread):
    """One child after the other: a new one goes on after the mutant that ended the last."""

    def __init__(
        self, folder: Path, work: "queue.SimpleQueue[Batch]", figures: Figures, keep: Path | None
    ) -> None:
        super().__init__(name="fuzz")
        self.folder, self.work, self.figures, self.keep = folder, work, figures, keep
        self.fault: BaseException | None = None
        self.child: _Child | None = None

    def run(self) -> None:
        try:
            while True:
                self._do(self.work.get_nowait())
        except queue.Empty:
            pass
        except BaseException as error:
            self.fault = error
        finally:
            if self.child:
                self.child.end()

    def _do(self, batch: Batch) -> None:
        kind, first, count = batch
        while count:
            self.child = self.child or _Child(self.folder)
            self.child.ask(f"{kind} {first} {count}\n")
            ended = self._until_done(kind)
            if ended is None:
                return
            with self.figures.lock:
                self.figures.mutants[kind] += ended + 1 - first
            first, count = ended + 1, first + count - ended - 1

    def _until_done(self, kind: str) -> int | None:
        """Listens to the child; the seed of the mutant that ended it, None when the batch was done."""
        assert self.child
        for told in self.child.words():
            if "wrong" in told:
                self._violation(told["wrong"], told["why"], Path(told["kept"]))
            elif "end" in told:
                self._count(told)
                return None
        child, self.child = self.child, None
        (seed, number), why = child.now(), child.end()
        if not number:
            raise RuntimeError(f"The child did not come to try a mutant of {kind}. {why}")
        with self.figures.lock:
            self.figures.hangs += child.hung
            self.figures.crashes += not child.hung
        self._violation(f"{kind}:{seed}", why, child.folder / "scratch" / "mutant")
        return seed

    def _violation(self, name: str, why: str, files: Path) -> None:
        kept = ""
        if self.keep and files.exists():
            target = self.keep / name.replace(":", "-")
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(files, target, symlinks=True)
            kept = str(target)
        with self.figures.lock:
            self.figures.violations.append({"wrong": name, "why": why, "kept": kept})

    def _count(self, told: dict[str, Any]) -> None:
        figures = self.figures
        with figures.lock:
            figures.mutants[told["end"]] += told["count"]
            figures.values += told["values"]
            figures.refused += told["refused"]
            figures.slowest = max(figures.slowest, tuple(told["slowest"]))
            figures.largest = max(figures.largest, tuple(told["largest"]))


class _Child:
    """One process, its folder, and the page that says which mutant it is at."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.hung, self._why = folder, False, ""
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "scratch" / "kept").mkdir(parents=True)
        self._page, self._errors = folder / "now", (folder / "errors").open("w+b")
        self._page.write_bytes(bytes(NOW.size))
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(HERE / "_fuzz_child.py"), str(folder / "scratch"), str(self._page)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=False,
            bufsize=0,
        )

    def ask(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line.encode())

    def now(self) -> tuple[int, int]:
        seed, number = NOW.unpack(self._page.read_bytes())
        return seed, number

    def words(self) -> Iterator[dict[str, Any]]:
        """What it says, until it ends; a hanging one is ended."""
        assert self.process.stdout
        pipe, rest = self.process.stdout.fileno(), b""
        mutant, since, cpu = self.now(), time.monotonic(), self._cpu()
        while True:
            if select.select([pipe], [], [], LOOK_SECONDS)[0]:
                data = os.read(pipe, 65536)
                if not data:
                    return
                *lines, rest = (rest + data).split(b"\n")
                yield from map(json.loads, lines)
            if self.now() != mutant or not mutant[1]:
                mutant, since, cpu = self.now(), time.monotonic(), self._cpu()
            elif self._cpu() - cpu > MUTANT_CPU_SECONDS or time.monotonic() - since > MUTANT_SECONDS:
                self.hung = True
                self.process.kill()

    def _cpu(self) -> float:
        try:
            times = psutil.Process(self.process.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return times.user + times.system

    def end(self) -> str:
        """What it said last, and how it ended."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        try:
            code = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._errors.seek(0)
        last = self._errors.read()[-3000:].decode(errors="replace")
        self._errors.close()
        return f"{'It hung' if self.hung else f'It ended with {code}'}.\n{last}"


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--mutants", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0, help="other seeds, other mutants")
    parser.add_argument("--kinds", type=_kinds, default=[], help=f"some of {','.join(KINDS)}")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=[], metavar="KIND:SEED", help="these mutants alone")
    parser.add_argument("--keep", type=Path, help="a folder for the files of violations")
    return parser.parse_args(arguments)


def _kinds(text: str) -> list[str]:
    chosen = text.split(",")
    if unknown := set(chosen) - KINDS.keys():
        raise argparse.ArgumentTypeError(f"no kind: {', '.join(unknown)}")
    return chosen
