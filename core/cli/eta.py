"""How long the queue still takes: as its like took before, in the library and while it is worked off."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from core.events import Event, JobCancelled, JobFailed, JobFinished, JobStarted, QueuePaused
from core.pace import Pace

if TYPE_CHECKING:
    from core.library.job_rows import JobRow


class Eta:
    """Hears the worker's events; time in which the queue stood still does not count. What is queued meanwhile
    is not known here."""

    def __init__(self, rows: Iterable["JobRow"], clock: Callable[[], float] = time.monotonic) -> None:
        from core.library.before import OPEN

        listed = list(rows)
        self._pace = Pace.of(row for row in listed if row.state == "done")
        self._open = {row.id: row for row in listed if row.state in OPEN}
        self._clock = clock
        self._batch: set[int] = set()
        self._ended, self._begun = True, clock()

    def hear(self, event: Event) -> None:
        match event:
            case JobStarted(job):
                self._start(job)
            case JobFinished(job):
                self._finish(job)
            case JobCancelled(job) | JobFailed(job, _, False):
                self._open.pop(job, None)
                self._ended = True
            case JobFailed() | QueuePaused():  # it will be begun anew
                self._ended = True

    def left(self) -> float | None:
        """In seconds, None before anything was measured."""
        left = self._pace.left(self._open.values())
        return None if left is None else max(0.0, left - self._spent())

    def _spent(self) -> float:
        """What the pictures that are being made took so far, at most what they may take."""
        at_work = [row for row in map(self._open.get, self._batch) if row]
        expected = self._pace.left(at_work) or 0.0
        return min(self._clock() - self._begun, expected) if at_work and not self._ended else 0.0

    def _start(self, job: int) -> None:
        if self._ended:
            self._batch, self._ended, self._begun = set(), False, self._clock()
        self._batch.add(job)

    def _finish(self, job: int) -> None:
        """The pictures of a batch are finished together: each took its share."""
        self._ended = True
        if row := self._open.pop(job, None):
            self._pace.record(row, (self._clock() - self._begun) / max(1, len(self._batch)))
