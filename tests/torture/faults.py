"""Every file and SQL operation fails once: for each operation of the program, each kind of fault and each n
the n-th call fails, or each call from the n-th on. Nothing may be lost, made twice, left dangling or half
written, no attempt may be counted, and whatever the user hears must be a sentence of ours that is true.

    python tests/torture faults                         faults raised in Python
    python tests/torture faults --preload               faults of the system calls, SQLite's own among them
    python tests/torture faults --operations queue,import --errors ENOSPC,short --for-ever
"""

import argparse
import contextlib
import json
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import _below
from _fault_points import KINDS, FaultPoints
from _operations import OPERATIONS, Faults, Operation, Told
from _small_world import World, quick

from core.errors import KnownError

MOST = 100_000
Isolated = Callable[[Callable[[], Any]], Any]


@dataclass
class Trial:
    """One run with a fault: where it struck ("" for nowhere), what was raised, what was wrong afterwards."""

    hit: str
    hits: int
    raised: str
    told: Told
    wrong: list[str] = field(default_factory=list)


@dataclass
class Figures:
    trials: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    points: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    paused: int = 0
    unknown: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def add(self, trial: Trial, kind: str, what: str) -> None:
        self.trials += 1
        self.injected[kind] += trial.hits
        self.refused += bool(trial.raised)
        self.paused += bool(trial.told.pauses)
        for each in trial.wrong:
            (self.unknown if each.startswith("raised") else self.violations).append(f"{what}: {each}")

    def as_json(self) -> dict[str, Any]:
        return {
            "trials": self.trials, "injected": dict(self.injected), "points": self.points,
            "refused": self.refused, "paused": self.paused, "unknown_exceptions": len(self.unknown),
            "violations": len(self.violations), "first": (self.unknown + self.violations)[:20],
        }  # fmt: skip


class Torturer:
    """One operation on one world, again and again; `isolated` may give each its own process."""

    def __init__(
        self, world: World, operation: Operation, faults: Faults, isolated: Isolated = lambda work: work()
    ) -> None:
        self.world, self.operation, self.faults = world, operation, faults
        self.isolated, self.separate = isolated, isolated is _below.in_a_process
        self.before = self._begin()
        self.isolated(self._act)
        self.after = world.facts()
        wrong = world.faults((), bool(operation.spared))
        assert not wrong, wrong

    def _begin(self) -> dict[str, Any]:
        self.world.reset()
        self.operation.prepare(self.world)
        return self.world.facts()

    def trial(self, kind: str, nth: int, for_ever: bool = False) -> Trial:
        self._begin()
        self.faults.arm(kind, nth, for_ever)
        try:
            told, raised, wrong = self.isolated(self._act)
        except ProcessLookupError as error:
            told, raised, wrong = Told(), "", [f"raised {error}"]
        finally:
            self.faults.disarm()
        trial = Trial(self.faults.hit, self.faults.hits, raised, told, wrong)
        if trial.hit:
            trial.wrong += [*self._wrong_at_once(trial, for_ever), *self._wrong_in_the_end(trial, for_ever)]
        return trial

    def _act(self) -> tuple[Told, str, list[str]]:
        """What the user was told, what was raised, and what of that is no sentence of ours."""
        told = Told()
        try:
            self.operation.act(self.world, told, self.faults)
        except KnownError as error:
            return told, f"{type(error).__name__}: {error}", []
        except Exception as error:
            raised = f"{type(error).__name__}: {error}".splitlines()[0]
            return told, raised, [f"raised {raised} in {_place(error)}"]
        return told, "", []

    def calls(self, kind: str) -> list[str]:
        """Every call that could fail so, in the order of a run without a fault."""
        self._begin()
        self.faults.arm(kind, nth=0)
        try:
            self.operation.act(self.world, Told(), self.faults)
        finally:
            self.faults.disarm()
        return list(self.faults.seen)

    def _wrong_at_once(self, trial: Trial, for_ever: bool) -> Iterable[str]:
        """Straight after the fault. While a disk refuses everything, temporary files cannot be removed."""
        if self.operation.half in trial.raised:
            return []
        spared = self.operation.spared if trial.raised else ()
        found = self.world.faults(spared, bool(self.operation.spared))
        found = [each for each in found if not (for_ever and each.startswith("left behind"))]
        found = [each for each in found if not _was_told(each, trial.told)]
        if self.operation.finds and (trial.raised or trial.told.skipped):
            found = [each for each in found if not each.startswith("a file without a row")]
        facts = self.world.facts()
        if not trial.raised and not trial.told.skipped and self.operation.patient and facts != self.after:
            found.append(f"not done, and nobody was told: {_difference(facts, self.after)}")
        if trial.raised and self.operation.atomic and (change := self._change(facts)):
            found.append(f"told {trial.raised!r}, but {change}")
        # What a disk never lets be read may well be damaged.
        if "DamagedLibrary" in trial.raised and not for_ever:
            found.append(f"a whole library was called damaged: {trial.raised}")
        return found + [
            f"paused without a reason: {reason!r}" for reason in trial.told.pauses if not _says(reason)
        ]

    def _change(self, facts: dict[str, Any]) -> str:
        """What is not as before; of a deletion only its rows, because files go first."""
        keys = self.world.tables().keys() if self.operation.spared else facts.keys()
        return _difference({key: facts[key] for key in keys}, {key: self.before.get(key) for key in keys})

    def _wrong_in_the_end(self, trial: Trial, for_ever: bool) -> Iterable[str]:
        """After the disk is well again and it was done again, where it was not done."""
        if for_ever or trial.raised or trial.told.skipped or not self.operation.patient:
            self.isolated(self._act)
        facts = self.world.facts()
        keys = self.world.tables().keys() if self.operation.spared else facts.keys()
        lost = _difference({key: facts[key] for key in keys}, {key: self.after.get(key) for key in keys})
        found = [*self.world.faults((), bool(self.operation.spared)), *([lost] if lost else [])]
        if for_ever and not self.separate:
            # Half-written files go when who wrote them is no more: here that is this process.
            found = [each for each in found if not each.startswith("left behind")]
        return [f"in the end {each}" for each in found if not _was_told(each, trial.told)]


def _place(error: BaseException) -> str:
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if "core" in Path(frame.filename).parts
    ]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "no place of ours"


def _was_told(wrong: str, told: Told) -> bool:
    """A deletion names the files that it could not delete."""
    return wrong.startswith("a crop or mask") and any(wrong.split()[-1] in each for each in told.skipped)


def _says(reason: str) -> bool:
    return len(reason.split()) > 3 and "unforeseen" not in reason and "Error" not in reason


def _difference(found: dict[str, Any], wanted: dict[str, Any]) -> str:
    """The first thing that differs, and how."""
    for key in sorted(wanted.keys() | found.keys()):
        is_now, should_be = _listed(found.get(key)), _listed(wanted.get(key))
        if is_now != should_be:
            more = [each for each in is_now if each not in should_be]
            less = [each for each in should_be if each not in is_now]
            return f"{key}: {str(more)[:200]} instead of {str(less)[:200]}"
    return ""


def _listed(value: Any) -> list[Any]:
    return sorted(value.items()) if isinstance(value, dict) else value if isinstance(value, list) else [value]


def torture(
    torturer: Torturer, name: str, kind: str, figures: Figures, for_ever: bool = False, every: int = 1
) -> None:
    """n counts up until a run has no fault left; with `every` only each so manieth n."""
    for nth in range(1, MOST, every):
        trial = torturer.trial(kind, nth, for_ever)
        if not trial.hit:
            figures.points[f"{name} {kind}"] = nth - 1
            return
        what = f"{name} {kind} {nth}{' for ever' if for_ever else ''} at {trial.hit}"
        figures.add(trial, kind, what)
        for each in trial.wrong:
            print(f"{what}: {each}", file=sys.stderr)


def main(arguments: list[str]) -> int:
    options = _options().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="likeness-faults-") as folder:
        if not options.preload:
            return _run(Path(folder).resolve(), options)
        if _below.is_started():
            return _run(Path(folder).resolve(), options, below=True)
        if why_not := _below.why_not():
            print(f"No faults below Python here: {why_not}", file=sys.stderr)
            return 0
        return _below.start(arguments, Path(folder))


def _run(folder: Path, options: argparse.Namespace, below: bool = False) -> int:
    figures, began = Figures(), time.monotonic()
    kinds = options.errors or list(_below.KINDS if below else KINDS)
    with quick(), contextlib.ExitStack() as stack:
        world = World(folder).make()
        faults: Faults = _below.FaultsBelow(world.root) if below else FaultPoints(world.root)
        if isinstance(faults, FaultPoints):
            stack.enter_context(faults.installed())
        for name in options.operations:
            own = {"isolated": _below.in_a_process} if below else {}
            torturer = Torturer(world, OPERATIONS[name], faults, **own)
            for kind in kinds:
                torture(torturer, name, kind, figures, options.for_ever, options.every)
                seconds = time.monotonic() - began
                print(f"{name} {kind}: {figures.trials} trials, {seconds:.0f} s", file=sys.stderr)
    seconds = round(time.monotonic() - began, 1)
    print(json.dumps({"operations": options.operations, "seconds": seconds} | figures.as_json()))
    return int(bool(figures.violations or figures.unknown))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python tests/torture faults", description=__doc__)
    listed = {"type": lambda text: text.split(",")}
    parser.add_argument("--operations", default=list(OPERATIONS), **listed)
    parser.add_argument("--errors", **listed)
    parser.add_argument(
        "--for-ever", action="store_true", help="each call from the n-th on, until told otherwise"
    )
    parser.add_argument("--preload", action="store_true", help="in the system calls, not in Python")
    parser.add_argument("--every", type=int, default=1, help="only each so manieth n")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
