"""When an engine's process has grown so much that a fresh one should take its place.

Libraries keep some memory with every picture; over a night it adds up. What the process held after its first
picture, with the model loaded, is what it is measured by.
"""

from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Limits:
    """A process is replaced after `pictures` at the earliest, and once its resident memory exceeds `factor`
    times its first size plus `bytes`."""

    pictures: int = 50
    factor: float = 1.3
    bytes: int = 500_000_000


class Growth:
    """The memory of one process, looked at between two batches."""

    def __init__(self, pid: int, limits: Limits | None = None) -> None:
        self._pid, self._limits = pid, limits or Limits()
        self._pictures, self._first = 0, 0

    def made(self, pictures: int) -> bool:
        """Says that so many more were made. True when the process has grown too much."""
        self._pictures += pictures
        now = resident_bytes(self._pid)
        self._first = self._first or now
        limit = self._limits.factor * self._first + self._limits.bytes
        return self._pictures >= self._limits.pictures and now > limit


def resident_bytes(pid: int) -> int:
    """What the process holds in memory; 0 where that cannot be told."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
