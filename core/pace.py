"""How long the queue will take, from how long its like took here before."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from datetime import datetime
from statistics import median, median_low
from typing import Protocol, Self

RECENT = 9
"""The median of so many counts: a model's first picture, with its loading, does not; another program that
came to stay does."""


class Timed(Protocol):
    """A line of the queue, as far as time goes (core.library.jobs.JobRow)."""

    @property
    def shape(self) -> str: ...
    @property
    def steps(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def seconds(self) -> float | None: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def finished_at(self) -> datetime | None: ...


class Pace:
    """Seconds a picture for each shape of job; for a shape never seen, what its steps and pixels suggest.

    To what rendering takes comes what the clock adds to it: judging, saving, and loading the model, which
    counts where models take turns and not where one is loaded once.
    """

    def __init__(self) -> None:
        self._pictures: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=RECENT))
        self._added: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=RECENT))
        self._megapixel_steps: deque[float] = deque(maxlen=RECENT)

    @classmethod
    def of(cls, done: Iterable[Timed]) -> Self:
        """The pace of finished jobs, from first to last finished: the last counts most."""
        pace, finished = cls(), [job for job in done if job.seconds is not None]
        mates, ends = Counter(map(_batch, finished)), _ends(finished)
        for job in sorted(finished, key=lambda job: job.finished_at.timestamp() if job.finished_at else 0.0):
            seconds, each = job.seconds or 0.0, _took(job, ends) / mates[_batch(job)]
            # Less than rendering took: a clock that was set back.
            pace.record(job, seconds, max(0.0, each - seconds))
        return pace

    def record(self, job: Timed, seconds: float, added: float = 0.0) -> None:
        """One picture like `job` took `seconds`, and by the clock `added` more."""
        self._pictures[job.shape].append(seconds)
        self._added[job.shape].append(added)
        self._megapixel_steps.append(seconds / _work(job))

    def picture(self, job: Timed) -> float | None:
        """Seconds a picture like this takes; None before anything was measured."""
        if job.shape in self._pictures:
            return median(self._pictures[job.shape]) + median_low(self._added[job.shape])
        return median(self._megapixel_steps) * _work(job) if self._megapixel_steps else None

    def left(self, jobs: Iterable[Timed]) -> float | None:
        """Seconds until all of `jobs` are made; None before anything was measured."""
        each = [self.picture(job) for job in jobs]
        known = [seconds for seconds in each if seconds is not None]
        return sum(known) if len(known) == len(each) else None


Batch = datetime | None


def _batch(job: Timed) -> Batch:
    """Pictures of one batch were started at the same moment."""
    return job.started_at if job.finished_at else None


def _ends(jobs: Iterable[Timed]) -> dict[Batch, datetime]:
    """When the last picture of each batch was finished."""
    ends: dict[Batch, datetime] = {}
    for job in jobs:
        if job.finished_at:
            ends[_batch(job)] = max(job.finished_at, ends.get(_batch(job), job.finished_at))
    return ends


def _took(job: Timed, ends: dict[Batch, datetime]) -> float:
    begun = _batch(job)
    return (ends[begun] - begun).total_seconds() if begun else 0.0


def _work(job: Timed) -> float:
    return max(1, job.steps) * max(1, job.width * job.height) / 1e6
