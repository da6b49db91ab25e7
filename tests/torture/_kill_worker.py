"""The worker that is killed: the real Runner in a forked process, with an engine in it or in a process of its
own.

A fork starts in milliseconds, an interpreter does not: thousands of kills need the former. Nothing of SQLite
may be open when it is made.
"""

import hashlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import _kill_points
from PIL import Image

from core import batches, holding, references, report, runner, settings
from core.engine import Engine, EngineOptions, process
from core.engine.fake import FakeEngine
from core.engine.prepared import keep
from core.engine.process import ProcessEngine
from core.library import Library, open_library
from core.log import open_log
from core.paths import Home
from core.runner import ChoreResult, Progress, Runner
from core.spec import Reference

MARK = "LIKENESS_KILLS"
"""In the environment of every engine that a worker starts: an orphan is found by it."""
STEP_SECONDS = 0.002


@dataclass(frozen=True)
class Plan:
    """How one worker is to work, and to die. `point` "": from outside, at random. `target`: worker, engine,
    both. `chore`: which one it does first, 0 none. `patient`: it waits when it is paused, and may be killed
    then. `wait`: seconds it is given to come to its point; what it met instead is a kill at random."""

    output: Path
    point: str = ""
    target: str = "worker"
    times: int = 1
    again: int = 0
    batch: int = 2
    child: bool = False
    chore: int = 0
    patient: bool = True
    wait: float = 0.0


def fork(home: Home, plan: Plan, mark: str) -> tuple[int, int]:
    """Starts a worker. Its process id, and the pipe on which it tells how far it is: open while it lives."""
    heard, told = os.pipe()
    pid = os.fork()
    if pid:
        os.close(told)
        return pid, heard
    code = 3
    try:
        os.close(heard)
        os.environ[MARK] = mark
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _work(home, plan, lambda line: os.write(told, f"{line}\n".encode()) and None)
        code = 0
    except BaseException:
        os.write(told, f"failed {traceback.format_exc()!r}\n".encode())
    finally:
        sys.stderr.flush()
        os._exit(code)


def _work(home: Home, plan: Plan, tell: Callable[[str], None]) -> None:
    open_log(home.log)
    runner.LOOK_SECONDS = 0.02
    batches.POLL_SECONDS = 0.0
    holding.FIRST_TRY = 0.02
    children: list[process._Child] = []
    _tell_the_stages(tell, children)
    if plan.point:
        death = _kill_points.Death(home, tell, plan.point, plan.target, plan.times, plan.again)
        death.engine_pid = lambda: _living(children)
        _kill_points.EVERY[plan.point](death)

    library = open_library(home)
    tell("opened")
    worker = Runner(library, lambda: _engine(home, plan), lambda event: None, plan.output)
    if plan.chore:
        worker.do("a chore", _chore(home, library, plan.chore))
    worker.run_until_idle(plan.patient)
    library.close()


def _engine(home: Home, plan: Plan) -> Engine:
    if plan.child:
        options = EngineOptions(home.root, {"mini": home.root}, home.root, device=f"fake:{STEP_SECONDS}")
        return ProcessEngine(options, "fake")
    return FakeEngine(step_seconds=STEP_SECONDS, batch=plan.batch)


def _living(children: list[process._Child]) -> int | None:
    """The engine's process, while there is one."""
    last = children[-1].process if children else None
    return last.pid if last and last.poll() is None else None


def _tell_the_stages(tell: Callable[[str], None], children: list[process._Child]) -> None:
    begin, child = Runner._begin, process._Child.__init__

    def beginning(self: Runner) -> None:
        begin(self)
        tell("begun")

    def starting(self: process._Child, *arguments: object) -> None:
        child(self, *arguments)
        children.append(self)
        tell(f"engine {self.process.pid}")

    Runner._begin, process._Child.__init__ = beginning, starting


def _chore(home: Home, library: Library, number: int) -> runner.Chore:
    """What else the program writes: crops and notes of them, reports, settings."""

    def chore(engine: Engine, progress: Progress) -> ChoreResult:
        wanted = hashlib.sha256(str(number).encode()).hexdigest()
        seed = int(wanted[:6], 16)
        crop = references.store(
            home.references, Image.effect_noise((48, 48), 1 + seed % 99).convert("RGB").rotate(seed % 360)
        )
        keep(home, wanted, Reference(crop))
        report.write(library, datetime.now(UTC))
        settings.save(home, settings.Settings(margin=1 + number % 100 / 50))
        return ChoreResult("done")

    return chore
