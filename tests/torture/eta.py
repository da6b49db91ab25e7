"""Whether the time left is right, by the clock: `python tests/torture eta --pictures 90 --step 0.05`.

A queue of several kinds is worked off by the real worker with the fake engine in a child process. Once five
pictures of every kind are made, each picture's end asks both who tell the time left (the command line by the
worker's events, the window by the library's rows), and the clock says later who was right.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from core.cli.eta import Eta
from core.engine.options import options_for
from core.engine.process import ProcessEngine
from core.events import Event, JobFinished, QueueResumed
from core.library import Library, jobs, open_library
from core.library.jobs import JobRow
from core.pace import Pace
from core.paths import Home
from core.runner import Runner
from core.settings import Settings
from core.spec import RenderSpec

MEASURED = 5
"""Pictures of each kind before anything is claimed."""
TOO_FEW = 5
"""With fewer left, one picture's chance decides."""
ALLOWED = 0.15
KINDS = ((64, 6), (256, 12), (512, 24))
"""Side in pixels and steps."""


@dataclass
class Claims:
    """What was said when, in seconds: moment, by the command line, by the window."""

    said: list[tuple[float, float | None, float | None]] = field(default_factory=list)
    pictures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ends: list[tuple[float, str]] = field(default_factory=list)
    began: float = 0.0


class Listener:
    """Hears the worker and writes down what is claimed after each picture."""

    def __init__(self, library: Library, rows: Sequence[JobRow]) -> None:
        self._library, self._eta, self.claims = library, Eta(rows), Claims()
        self._shapes = {row.id: row.shape for row in rows}
        self._made: Counter[str] = Counter()

    def __call__(self, event: Event) -> None:
        self._eta.hear(event)
        if isinstance(event, QueueResumed) and not self.claims.began:
            self.claims.began = time.monotonic()
        if isinstance(event, JobFinished):
            self._finished(time.monotonic(), self._shapes[event.job_id])

    def _finished(self, now: float, shape: str) -> None:
        self.claims.ends.append((now, shape))
        self._made[shape] += 1
        if len(self._made) < len(set(self._shapes.values())) or min(self._made.values()) < MEASURED:
            return
        with self._library.read() as session:
            rows = jobs.rows(session)
        pace = Pace.of(row for row in rows if row.state == "done")
        waiting = [row for row in rows if row.state in jobs.OPEN]
        self.claims.said.append((now, self._eta.left(), pace.left(waiting)))
        for row in {row.shape: row for row in waiting}.values():
            self.claims.pictures[row.shape].append(pace.picture(row) or 0.0)


def queue(pictures: int, blocks: bool, seed: int) -> list[RenderSpec]:
    """As many of each kind, mixed by chance or one kind after the other once five of each are made."""
    first = [kind for kind in KINDS for _ in range(MEASURED)]
    rest = [kind for kind in KINDS for _ in range(max(0, pictures // len(KINDS) - MEASURED))]
    if not blocks:
        random.Random(seed).shuffle(rest)
    return [
        RenderSpec(
            "a harbour at night", "mini", side, side, number, steps, 3.0, template="a harbour at night"
        )
        for number, (side, steps) in enumerate(first + rest)
    ]


def work_off(home: Home, specs: Sequence[RenderSpec], step: float) -> Claims:
    """The claims about a queue that was worked off whole."""
    library = open_library(home)
    with library.write() as session:
        jobs.enqueue(session, specs)
    with library.read() as session:
        listener = Listener(library, jobs.rows(session))
    options = options_for(home, Settings(device=f"fake:{step}"))
    Runner(library, lambda: ProcessEngine(options, "fake"), listener, home.pictures).run_until_idle()
    library.close()
    return listener.claims


def errors(claims: Claims) -> dict[str, float]:
    """The largest and the mean part by which each was wrong, of the true time."""
    end, count = claims.ends[-1][0], len(claims.ends)
    told = claims.said[: max(0, len(claims.said) - TOO_FEW)]
    off: dict[str, list[float]] = {"queue, command line": [], "queue, window": []}
    for moment, by_events, by_rows in told:
        true = end - moment
        off["queue, command line"].append(abs((by_events or 0.0) - true) / true)
        off["queue, window"].append(abs((by_rows or 0.0) - true) / true)
    off["picture"] = list(_pictures_off(claims))
    found = {f"{name}, {word}": round(fold(each), 3) for name, each in off.items() if each
             for word, fold in (("largest", max), ("mean", mean))}  # fmt: skip
    return found | {"pictures": count, "claims": len(told)}


def _pictures_off(claims: Claims) -> list[float]:
    """The first claim about a picture of each kind, beside the mean of those that were made afterwards."""
    took = defaultdict[str, list[float]](list)
    since = claims.said[0][0] if claims.said else float("inf")
    for (before, _), (moment, shape) in zip(claims.ends, claims.ends[1:], strict=False):
        if before >= since:
            took[shape].append(moment - before)
    return [
        abs(claims.pictures[shape][0] - mean(each)) / mean(each)
        for shape, each in took.items()
        if claims.pictures.get(shape)
    ]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests/torture eta", description=__doc__)
    parser.add_argument("--pictures", type=int, default=90)
    parser.add_argument("--step", type=float, default=0.05, help="seconds")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    report: dict[str, dict[str, float]] = {}
    for name, blocks in (("mixed", False), ("one kind after the other", True)):
        with tempfile.TemporaryDirectory(prefix="likeness-eta-") as temporary:
            claims = work_off(Home(Path(temporary)), queue(asked.pictures, blocks, asked.seed), asked.step)
        report[name] = errors(claims)
        print(name, report[name], file=sys.stderr)
    wrong = [
        value for each in report.values() for key, value in each.items() if "," in key and value > ALLOWED
    ]
    print(json.dumps({"allowed": ALLOWED, "violations": len(wrong)} | report))
    return int(bool(wrong))
