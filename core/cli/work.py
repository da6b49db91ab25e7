"""What the commands share: the library, an engine, progress on the terminal."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.cli.eta import Eta
from core.cli.show import console, duration, say
from core.events import (
    ChoreFailed,
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    KeptAwake,
    QueueEnded,
    QueuePaused,
    QueueResumed,
)
from core.log import close_log, log_start, open_log
from core.paths import Home

if TYPE_CHECKING:
    from core.engine import Engine
    from core.library import Library

MAY_SLEEP = (
    "The system does not let Likeness keep this computer awake; switch its own sleep off for the night."
)


@contextmanager
def opened(home: Home) -> Iterator["Library"]:
    """The library of this home, backed up if that is due and closed at the end; what happens goes to its
    log."""
    from core import backups
    from core.library import open_library

    library = open_library(home)
    open_log(home.log)
    log_start("command line")
    try:
        backups.daily(home)
        yield library
    finally:
        library.close()
        close_log()


@contextmanager
def engine(home: Home) -> Iterator["Engine"]:
    """An engine for one command; it loads a model only when one is needed."""
    made = make_engine(home)
    try:
        yield made
    finally:
        made.close()


def make_engine(home: Home) -> "Engine":
    """In a process of its own, as in the window: when it crashes or hangs, this one goes on."""
    from core import settings
    from core.engine.options import options_for
    from core.engine.process import ProcessEngine

    return ProcessEngine(options_for(home, settings.load(home)))


def encoder_size(home: Home) -> int:
    """The input side of the chosen model's image encoder, in pixels: references are prepared for it."""
    from core import models, settings

    own = settings.load(home)
    return models.find(own, own.model).encoder_size


@contextmanager
def until_told() -> "Iterator[Callable[[], bool]]":
    """Ctrl-C ends the work in order, after what it is at; what is given says whether it came."""
    told = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: told.set())
    try:
        yield told.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def stop_when_told() -> None:
    """Ended by the system, the command stops as by Ctrl-C: the running picture goes back to the queue."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@contextmanager
def bars(with_time: bool = True) -> Iterator[Progress]:
    """Progress bars that leave nothing behind; drawn on a terminal alone. `with_time`: they say how long it
    still takes, by their own speed."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        *([TimeRemainingColumn()] if with_time else []),
        TextColumn("{task.fields[detail]}", style="dim"),
    )
    screen = console()
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        yield progress


class ChoreBar:
    """Progress of one piece of work: `core.runner.Progress` on a bar."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=None, detail="")

    def __call__(self, done: int, total: int, detail: str) -> None:
        self._progress.update(self._task, completed=done, total=total, detail=detail[-60:])


class QueueBar:
    """The queue on the terminal: a bar that moves with every step, or a line for every picture in a file.
    `eta` knows how long it still takes."""

    def __init__(self, progress: Progress, total: int, silent: bool = False, eta: Eta | None = None) -> None:
        self._progress = progress
        self._total = total
        self._silent = silent
        self._eta = eta
        self._part: dict[int, float] = {}
        self._task = progress.add_task("Pictures", total=total, detail="")
        self.made, self.failed, self.paused = 0, 0, ""
        self.ended: QueueEnded | None = None

    def __call__(self, event: Event) -> None:
        if self._eta:
            self._eta.hear(event)
        match event:
            case JobProgress(job, step, steps):
                self._part[job] = min(step / steps, 0.99)
                self._move(f"step {step} of {steps}{self._left()}")
            case JobFinished(job):
                self.made += 1
                self._end(job, f"picture {event.picture_id} is ready")
            case JobFailed(job, reason, will_retry):
                self.failed += not will_retry
                self._end(
                    job, f"job {job}: {reason}{' It is tried once more.' if will_retry else ''}", will_retry
                )
            case JobCancelled(job):
                self._end(job, f"job {job} was cancelled")
            case QueuePaused(reason):
                self.paused = reason
                self._tell(f"The queue stands still: {reason}")
            case QueueResumed():
                self.paused = ""
                self._tell("The queue goes on.")
            case ChoreFailed(chore, reason):
                self._tell(f"{chore}: {reason}")
            case KeptAwake(awake=True):
                self._tell("This computer is kept awake until the pictures are made.")
            case KeptAwake(refused=True):
                self._tell(MAY_SLEEP)
            case QueueEnded():
                self.ended = event

    def _tell(self, sentence: str) -> None:
        if not self._silent:
            self._progress.console.print(sentence, markup=False, highlight=False, soft_wrap=True)

    def _end(self, job: int, sentence: str, again: bool = False) -> None:
        self._part[job] = 0.0 if again else 1.0
        self._move("")
        if self._silent:
            return
        if self._progress.disable:
            say(f"{self._whole()} of {self._total} · {sentence}{self._left()}")
        elif "ready" not in sentence:
            self._progress.console.print(sentence, markup=False)

    def _move(self, detail: str) -> None:
        self._progress.update(self._task, completed=sum(self._part.values()), detail=detail)

    def _whole(self) -> int:
        return sum(part == 1.0 for part in self._part.values())

    def _left(self) -> str:
        left = self._eta.left() if self._eta else self._at_this_speed()
        return f" · about {duration(left)} left" if left else ""

    def _at_this_speed(self) -> float | None:
        elapsed, done = self._progress.tasks[self._task].elapsed, sum(self._part.values())
        return elapsed / done * (self._total - done) if elapsed and done else None
