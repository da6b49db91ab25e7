"""Memory over a long night: `python tests/torture memory --jobs 10000 [--window]`.

The real worker with the engine in its child process makes picture after picture, and what both processes hold
is looked at now and then; with `--window` all of it happens in the real window, offscreen, with its queue and
gallery open. After a warm-up the memory of each must stay flat, by a line through what was seen.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.engine import EngineOptions
from core.engine.growth import resident_bytes
from core.engine.options import options_for
from core.engine.process import ProcessEngine
from core.events import Event, JobFinished
from core.library import Library, jobs, open_library
from core.paths import Home
from core.runner import Runner
from core.settings import Settings
from core.spec import RenderSpec

SAMPLES = 200
WARM_UP = 0.3
"""This part of the pictures does not count: caches fill, the heap finds its size."""
ALLOWED = 3.0
"""Megabytes that 1,000 pictures may add to a process."""


@dataclass
class Watch:
    """What the processes hold, picture by picture. `more`: other figures of the moment, by name."""

    total: int
    more: Callable[[], dict[str, int]] = dict
    made: int = 0
    began: float = field(default_factory=time.monotonic)
    engines: set[int] = field(default_factory=set)
    seen: list[dict[str, float]] = field(default_factory=list)

    def picture(self, engine: ProcessEngine | None) -> None:
        """Says that one more was made."""
        self.made += 1
        pid = engine.pid if engine else None
        self.engines |= {pid} if pid else set()
        if self.made % max(1, self.total // SAMPLES) == 0:
            self._look(pid)

    def _look(self, pid: int | None) -> None:
        now = {"made": self.made, "seconds": time.monotonic() - self.began}
        now |= {
            "worker": resident_bytes(os.getpid()) / 1e6,
            "engine": resident_bytes(pid) / 1e6 if pid else 0,
        }
        self.seen.append(now | self.more())
        if len(self.seen) % 10 == 0:
            print({name: round(value, 1) for name, value in self.seen[-1].items()}, file=sys.stderr)

    def figures(self) -> dict[str, Any]:
        """Slopes in megabytes for 1,000 pictures, peaks in megabytes, seconds for 1,000 pictures at first and
        at last."""
        warm = [now for now in self.seen if now["made"] > WARM_UP * self.total and now["engine"]]
        first, last = self.seen[: len(self.seen) // 5 + 1], self.seen[-(len(self.seen) // 5 + 1) :]
        return {
            "pictures": self.made,
            "seconds": round(time.monotonic() - self.began, 1),
            "engines": len(self.engines),
            **{f"{who}_mb_per_1000": round(slope(warm, who), 2) for who in ("worker", "engine")},
            **{f"{who}_peak_mb": round(max(now[who] for now in self.seen)) for who in ("worker", "engine")},
            "first_1000_s": round(slope(first, "seconds"), 1),
            "last_1000_s": round(slope(last, "seconds"), 1),
            **self.more(),
        }


def megabytes(pid: int) -> float:
    return resident_bytes(pid) / 1e6


def slope(seen: Sequence[dict[str, float]], what: str) -> float:
    """How much `what` grows with 1,000 pictures, by least squares; 0 for fewer than two looks."""
    if len(seen) < 2:
        return 0.0
    made = [now["made"] for now in seen]
    return float(1000 * np.polyfit(made, [now[what] for now in seen], 1)[0])


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="likeness-memory-") as folder:
        home = Home(Path(folder) / "home")
        if asked.window:
            from _memory_window import in_the_window

            watch = in_the_window(home, asked.jobs, asked.engine)
        else:
            watch = without_a_window(home, asked.jobs, asked.engine, 60 * asked.minutes)
    found = watch.figures()
    bad = violations(found, asked.allowed)
    print(*bad, sep="\n", end="\n" if bad else "", file=sys.stderr)
    print(json.dumps(found | {"violations": len(bad)}))
    return int(bool(bad))


def violations(found: dict[str, Any], allowed: float = ALLOWED) -> list[str]:
    """What grew, by more than `allowed` at all. An engine that was replaced may have: that is how its growth
    is kept within bounds."""
    thousands = (1 - WARM_UP) * found["pictures"] / 1000
    most = allowed * max(1.0, 1 / thousands)
    grown = [who for who in ("worker", "engine") if found[f"{who}_mb_per_1000"] > most]
    return [
        f"the {who} grew by {found[f'{who}_mb_per_1000']} MB with 1,000 pictures"
        for who in grown
        if who == "worker" or found["engines"] == 1
    ]


def without_a_window(home: Home, count: int, engine: str, seconds: float = float("inf")) -> Watch:
    watch = Watch(count)
    with closing(open_library(home)) as library:
        enqueue(library, count, engine)
        child = made_engine(home, engine)
        runner: list[Runner] = []

        def hear(event: Event) -> None:
            if isinstance(event, JobFinished):
                watch.picture(child)
                if time.monotonic() - watch.began > seconds:
                    runner[0].pause("Time is up.")

        runner.append(Runner(library, lambda: child, hear, home.pictures))
        runner[0].run_until_idle()
        watch.total = watch.made
    return watch


def made_engine(home: Home, name: str) -> ProcessEngine:
    if name == "local":
        return ProcessEngine(options_for(home, Settings()))
    return ProcessEngine(EngineOptions(home.root, {}, home.root), "fake")


def enqueue(library: Library, count: int, engine: str) -> None:
    with library.write() as session:
        for first in range(0, count, 500):
            specs = [spec(seed, engine) for seed in range(first, min(count, first + 500))]
            jobs.enqueue(session, specs)


def spec(seed: int, engine: str) -> RenderSpec:
    """As small as the engine makes them usefully; each prompt is another, as a night's are."""
    words = f"{'LEAK ' if engine == 'leaky' else ''}a beach at {seed} o'clock"
    side, steps = (128, 1) if engine == "local" else (64, 6)
    return RenderSpec(words, "mini", side, side, seed, steps, 3.0, template=words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="memory")
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--engine", choices=("fake", "local", "leaky"), default="fake")
    parser.add_argument("--window", action="store_true", help="in the real window, offscreen")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stops then (without --window)")
    parser.add_argument("--allowed", type=float, default=ALLOWED, help="MB that 1,000 pictures may add")
    return parser
