"""What the worker did, for the log: numbers, states, durations, memory and kinds of fault; never whom a
picture shows."""

import re
import time
from collections.abc import Callable

from core.discreet import plain
from core.events import (
    ChoreFailed,
    ChoreFinished,
    ChoreProgress,
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobStarted,
    KeptAwake,
    QueueEnded,
    QueueIdle,
    QueuePaused,
    QueueResumed,
    WorkedElsewhere,
)
from core.log import log


class Diary:
    """Hears every event of one worker, and writes those that say something."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: dict[int, float] = {}
        self._chores: dict[str, float] = {}

    def hear(self, event: Event) -> None:
        if isinstance(event, JobStarted):
            self._began[event.job_id] = self._clock()
        elif isinstance(event, ChoreProgress):
            self._chores.setdefault(event.chore, self._clock())
        line = self._line(event)
        if line:
            log("worker").info("%s", line)

    def _line(self, event: Event) -> str:
        match event:
            case JobStarted(job, steps):
                return f"job {job} is begun, {steps} steps"
            case JobFinished(job, picture):
                return f"job {job} is done{self._took(job)}: picture {picture}, {_memory()}"
            case JobFailed(job, reason, will_retry):
                then = "tried again" if will_retry else "given up"
                return f"job {job} failed{self._took(job)}, {then}: {plain(reason)}"
            case JobCancelled(job):
                return f"job {job} is cancelled{self._took(job)}"
            case ChoreFinished(chore, summary, skipped):
                counts = ", ".join(re.findall(r"\b\d+\b", summary)) or "no counts"
                return f"{chore} is done{self._worked(chore)}: {counts}{_skipped(skipped)}"
            case ChoreFailed(chore, reason):
                return f"{chore} failed{self._worked(chore)}: {plain(reason)}"
            case _:
                return _state(event)

    def _took(self, job: int) -> str:
        began = self._began.pop(job, None)
        return "" if began is None else f" after {self._clock() - began:.1f} s"

    def _worked(self, chore: str) -> str:
        began = self._chores.pop(chore, None)
        return "" if began is None else f" after {self._clock() - began:.1f} s"


def _state(event: Event) -> str:
    match event:
        case QueuePaused(reason):
            return f"the queue stands still: {plain(reason)}"
        case QueueResumed():
            return "the queue goes on"
        case QueueIdle():
            return "nothing is queued"
        case QueueEnded(made=made, failed=failed, seconds=seconds):
            return f"the queue is done: {made} made, {failed} failed, {seconds:.0f} s"
        case KeptAwake(refused=True):
            return "the system does not let us keep the computer awake"
        case KeptAwake(awake):
            return "the computer is kept awake" if awake else "the computer may sleep"
        case WorkedElsewhere(elsewhere):
            return "another program's worker has this home" if elsewhere else "this worker has the home"
        case _:
            return ""


def _skipped(skipped: tuple[tuple[str, str], ...]) -> str:
    """How many, and the first few reasons."""
    if not skipped:
        return ""
    reasons = list(dict.fromkeys(plain(reason) for _, reason in skipped))[:5]
    return f", {len(skipped)} left out: {' | '.join(reasons)}"


def _memory() -> str:
    """What this process and the engine's hold now, and what is free."""
    import psutil

    held = 0
    for process in (me := psutil.Process(), *me.children(recursive=True)):
        try:
            held += process.memory_info().rss
        except psutil.Error:  # it ended just now
            continue
    return f"{held >> 20} MB held, {psutil.virtual_memory().available >> 20} MB free"
