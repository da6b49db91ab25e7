"""How long the queue will take, from how long its like took here before."""

from collections.abc import Iterable
from typing import Protocol, Self

RECENT = 0.3
"""The weight of the newest measurement: machines warm up, and other programs come and go."""


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
        self._picture: dict[str, float] = {}
        self._megapixel_step: float | None = None

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
        self._picture[job.shape] = _blend(self._picture.get(job.shape), seconds)
        self._megapixel_step = _blend(self._megapixel_step, seconds / _work(job))

    def picture(self, job: Timed) -> float | None:
        """Seconds a picture like this takes; None before anything was measured."""
        if job.shape in self._picture:
            return self._picture[job.shape]
        return None if self._megapixel_step is None else self._megapixel_step * _work(job)

    def left(self, jobs: Iterable[Timed]) -> float | None:
        """Seconds until all of `jobs` are made; None before anything was measured."""
        each = [self.picture(job) for job in jobs]
        known = [seconds for seconds in each if seconds is not None]
        return sum(known) if len(known) == len(each) else None


def _work(job: Timed) -> float:
    return max(1, job.steps) * max(1, job.width * job.height) / 1e6


def _blend(old: float | None, new: float) -> float:
    return new if old is None else (1 - RECENT) * old + RECENT * new
