"""Several processes at one queue: `python tests/torture claims --count 200000 --processes 4`.

Real processes claim jobs and end them as a worker does (made, given back, failed, its engine died) while
another one adds, edits, moves, cancels, retries, clears and lists. No job may be held by two at once, none
may be lost, and no process may starve: have less than half of its fair share, or wait for the library longer
than it allows.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from core.library import Library, jobs, open_library
from core.library.db import BUSY_MS
from core.library.tables import Job, Picture, Setting
from core.paths import Home

ROOT = Path(__file__).resolve().parents[2]
DEPTH = 2000


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="claims")
    parser.add_argument("--count", type=int, default=200_000, help="jobs to claim, all processes together")
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--depth", type=int, default=DEPTH, help="how many jobs wait all the while")
    parser.add_argument(
        "--home", type=Path, help="a folder for the library, which decides how fast its disk is"
    )
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended, it ends the others too
    with tempfile.TemporaryDirectory(prefix="likeness-claims-", dir=asked.home) as folder:
        found = claim(Path(folder), asked.count, asked.processes, asked.depth)
    bad = found["violations"] + found["starved"]
    for each in bad[:20]:
        print(each, file=sys.stderr)
    print(json.dumps(found | {"violations": len(found["violations"]), "starved": len(found["starved"])}))
    return int(bool(bad))


def claim(folder: Path, count: int, processes: int, depth: int = DEPTH) -> dict[str, Any]:
    """Runs it in `folder` and gives the figures; in words `violations`, and `starved`, which a computer that
    is busy with other things may cause."""
    home = Home(folder / "home")
    with closing(open_library(home)) as library, library.write() as session:
        session.execute(insert(Setting), [{"key": key, "value": "0"} for key in ("claims", "transactions")])
    began = time.monotonic()
    files = [folder / f"{number}.log" for number in range(processes + 1)]
    started = [_start("user", home, files[0], count, processes, depth)]
    started += [
        _start("claimer", home, file, count, processes, number) for number, file in enumerate(files[1:], 1)
    ]
    _wait(started, files[1:], began)
    seconds = time.monotonic() - began
    with closing(open_library(home)) as library:
        return _judged(library, files, seconds)


def _start(what: str, home: Home, file: Path, *numbers: int) -> "subprocess.Popen[bytes]":
    script = str(Path(__file__).with_name("_claimers.py"))
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    said = [what, str(home.root), str(file), *map(str, numbers)]
    return subprocess.Popen([sys.executable, script, *said], env=env)


def _wait(started: "list[subprocess.Popen[bytes]]", files: list[Path], began: float) -> None:
    try:
        while any(process.poll() is None for process in started):
            time.sleep(0.2)
            if round(time.monotonic() - began, 1) % 30 < 0.2:
                size = sum(file.stat().st_size for file in files if file.exists())
                print(f"{time.monotonic() - began:.0f} s, {size / 1e6:.1f} MB written down", file=sys.stderr)
    finally:
        for process in started:
            process.kill()
            process.wait()


@dataclass
class Story:
    """What one process wrote down."""

    lines: list[dict[str, Any]]

    @property
    def claims(self) -> int:
        return sum(len(line.get("claimed", ())) for line in self.lines)


def _judged(library: Library, files: list[Path], seconds: float) -> dict[str, Any]:
    stories = [Story([json.loads(line) for line in file.read_text().splitlines()]) for file in files]
    events = sorted(
        (
            (line["at"], who, line)
            for who, story in enumerate(stories)
            for line in story.lines
            if "at" in line
        ),
        key=lambda event: event[0],
    )
    ledger = Ledger()
    for _, who, line in events:
        ledger.enter(who, line)
    claims = [story.claims for story in stories[1:]]
    waits = sorted(line["wait"] for story in stories for line in story.lines)
    return {
        "claims": sum(claims),
        "transactions": len(events),
        "seconds": round(seconds, 1),
        "claims_a_second": round(sum(claims) / seconds, 1),
        "held_by_two": ledger.doubles,
        "pictures": ledger.made,
        "shares": [round(each / max(1, sum(claims)), 4) for each in claims],
        "refused": sum("refused" in line for story in stories for line in story.lines),
        "longest_wait_s": [round(max(line["wait"] for line in story.lines), 3) for story in stories],
        "p50_wait_s": waits[len(waits) // 2],
        "p99_wait_s": waits[len(waits) * 99 // 100],
        "starved": list(_starved(stories)),
        "violations": [*ledger.violations, *_lost(library, ledger)],
    }


@dataclass
class Ledger:
    """Who holds what, transaction by transaction."""

    holders: dict[int, int] = field(default_factory=dict)
    added: set[int] = field(default_factory=set)
    cleared: set[int] = field(default_factory=set)
    pictures: Counter[int] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    doubles: int = 0

    @property
    def made(self) -> int:
        return sum(self.pictures.values())

    def enter(self, who: int, line: dict[str, Any]) -> None:
        self.added.update(line.get("added", ()))
        self.cleared.update(line.get("cleared", ()))
        for job in line.get("stopped", ()):
            self.holders.pop(job, None)
        for job in line.get("claimed", ()):
            if job in self.holders:
                self.doubles += 1
                self.violations.append(f"{who} claimed job {job}, which {self.holders[job]} held")
            self.holders[job] = who
        if "ended" in line:
            self._end(who, line["ended"], line["made"])

    def _end(self, who: int, job: int, made: bool) -> None:
        holder = self.holders.get(job)
        if made and holder != who:
            self.violations.append(f"{who} finished job {job}, which {holder} held")
        if holder == who:
            del self.holders[job]
        self.pictures[job] += made


def _lost(library: Library, ledger: Ledger) -> Iterator[str]:
    with library.read() as session:
        there = {row.id: row.state for row in session.execute(select(Job.id, Job.state))}
        pictures = Counter(int(Path(path).stem) for path in session.scalars(select(Picture.path)))
        counted = jobs.counts(session)
    if gone := ledger.added - set(there) - ledger.cleared:
        yield f"{len(gone)} jobs are gone: {sorted(gone)[:5]}"
    if strange := set(there) - ledger.added:
        yield f"{len(strange)} jobs were never added: {sorted(strange)[:5]}"
    if pictures != +ledger.pictures or any(count > 1 for count in pictures.values()):
        yield f"{sum(pictures.values())} pictures are there, {ledger.made} were made"
    if counted["running"] or ledger.holders:
        yield f"{counted['running']} jobs still run, {len(ledger.holders)} are held: nobody works any more"
    done = {job for job, state in there.items() if state == "done"}
    if odd := done ^ (set(+ledger.pictures) & set(there)):
        yield f"{len(odd)} jobs are done without a picture, or have one and are not: {sorted(odd)[:5]}"


def _starved(stories: Iterable[Story]) -> Iterator[str]:
    workers = list(stories)[1:]
    fair = sum(story.claims for story in workers) / len(workers)
    for number, story in enumerate(workers, 1):
        if story.claims < fair / 2:
            yield f"process {number} claimed {story.claims}, half of its share is {fair / 2:.0f}"
        if (longest := max(line["wait"] for line in story.lines)) > BUSY_MS / 1000:
            yield f"process {number} waited {longest:.1f} s for the library"
