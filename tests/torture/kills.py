"""Thousands of kills: `python tests/torture kills --count 10000`.

Nights are spent on several processors; each forks its workers from a process that has everything imported.
After each kill the home is looked at, after each restart what was left must be gone, and in the end nothing
is lost, nothing is there twice and nothing dangles.
"""

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from _kill_night import Figures, Night, spend
from _kill_points import ENGINE_TURNS, EVERY, TURNS

KILLS_A_NIGHT = 1000
BAD = (
    "lost",
    "twice",
    "dangling rows",
    "dangling files",
    "leftovers",
    "orphans",
    "wrong pictures",
    "unwanted",
    "damaged",
)


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    with tempfile.TemporaryDirectory(prefix="likeness-kills-") as temporary:
        root = Path(asked.home or temporary)
        until = time.monotonic() + 60 * asked.minutes if asked.minutes else float("inf")
        began, figures = time.monotonic(), Figures()
        planned = nights(root, asked.seed, asked.count, asked.jobs, asked.processes, until)
        for done in spent(planned, asked.processes):
            figures.add(done)
            for violation in done.violations[:20]:
                print(violation, file=sys.stderr)
            _tell(figures, time.monotonic() - began)
    report = reported(figures) | {"seed": asked.seed, "seconds": round(time.monotonic() - began, 1)}
    print(json.dumps(report))
    return int(bool(figures.violations))


def nights(
    root: Path, seed: int, count: int, jobs: int, processes: int, until: float = float("inf")
) -> list[Night]:
    """Together they kill about `count` times; the first two begin with every named point."""
    chance, found, most = random.Random(seed), [], min(KILLS_A_NIGHT, -(-count // processes))
    while count > 0:
        kills, count = min(most, count), count - most
        turns = (TURNS + ENGINE_TURNS, TURNS)[len(found)] if len(found) < 2 else ()
        found.append(Night(root, chance.randrange(2**31), kills, jobs, turns=turns, until=until))
    return found


def spent(planned: list[Night], processes: int) -> Iterator[Figures]:
    """Each night in a process that was started for nights alone: it has no threads, so it may fork."""
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        waiting: list[Future[Figures]] = [pool.submit(spend, night) for night in planned]
        for done in as_completed(waiting):
            yield done.result()


def reported(figures: Figures) -> dict[str, object]:
    """The figures as one JSON value."""
    met = {name.split(": ", 1)[1] for name in figures.kills}
    return {
        "kills": sum(figures.kills.values()),
        **{name.replace(" ", "_"): figures.count[name] for name in BAD},
        "violations": len(figures.violations),
        **{name.replace(" ", "_"): count for name, count in sorted(figures.count.items()) if name not in BAD},
        "by_target": _by(figures, 0),
        "by_point": _by(figures, 1),
        "points_never_met": sorted(EVERY.keys() - met),
        "state_after": dict(figures.phases.most_common()),
        "user": dict(sorted(figures.user.items())),
    }


def _by(figures: Figures, part: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, count in sorted(figures.kills.items()):
        key = name.split(": ", 1)[part]
        found[key] = found.get(key, 0) + count
    return found


def _tell(figures: Figures, seconds: float) -> None:
    kills = sum(figures.kills.values())
    rate, found = kills / seconds, len(figures.violations)
    print(f"{kills} kills in {seconds:.0f} s ({rate:.1f} a second), {found} violations", file=sys.stderr)


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python tests/torture kills", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="how many kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--home", default="", help="where the homes are made; otherwise in a temporary folder"
    )
    parser.add_argument("--processes", type=int, default=2, help="nights at a time; each waits a lot")
    parser.add_argument(
        "--jobs", type=int, default=2000, help="how many pictures a night's queue begins with"
    )
    parser.add_argument("--minutes", type=float, default=0, help="at most so long")
    return parser.parse_args(arguments)
