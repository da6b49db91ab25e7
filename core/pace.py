"""How long the queue will take, from how long its like took here before."""

from collections import defaultdict, deque
from collections.abc import Iterable
from statistics import median
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


class Pace:
    """Seconds a picture for each shape of job; for a shape never seen, what its steps and pixels suggest."""

    def __init__(self) -> None:
        self._pictures: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=RECENT))
        self._megapixel_steps: deque[float] = deque(maxlen=RECENT)

    @classmethod
    def of(cls, done: Iterable[Timed]) -> Self:
        """The pace of finished jobs, in their order: the last counts most."""
        pace = cls()
        for job in done:
            if job.seconds is not None:
                pace.record(job, job.seconds)
        return pace

    def record(self, job: Timed, seconds: float) -> None:
        """One picture like `job` took `seconds`."""
        self._pictures[job.shape].append(seconds)
        self._megapixel_steps.append(seconds / _work(job))

    def picture(self, job: Timed) -> float | None:
        """Seconds a picture like this takes; None before anything was measured."""
        if job.shape in self._pictures:
            return median(self._pictures[job.shape])
        return median(self._megapixel_steps) * _work(job) if self._megapixel_steps else None

    def left(self, jobs: Iterable[Timed]) -> float | None:
        """Seconds until all of `jobs` are made; None before anything was measured."""
        each = [self.picture(job) for job in jobs]
        known = [seconds for seconds in each if seconds is not None]
        return sum(known) if len(known) == len(each) else None


def _work(job: Timed) -> float:
    return max(1, job.steps) * max(1, job.width * job.height) / 1e6
