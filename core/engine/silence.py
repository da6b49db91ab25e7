"""How long an engine may say nothing before it counts as hung: by its own measured pace, with a generous
floor.

Time in which this computer slept is no silence: between two looks at most a few counts.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Self

RECENT = 50


@dataclass(frozen=True)
class Patience:
    """In seconds. `unknown`: where nothing like it was measured yet, or where a model may have to be loaded
    first, which depends on the disk more than on what was measured. Otherwise `factor` times the longest
    silence heard before, and `floor` at least. `look`: how often it is looked at."""

    unknown: float = 1800.0
    floor: float = 300.0
    factor: float = 20.0
    look: float = 1.0


class Silences:
    """What was heard so far: for each kind of wait, its last silences."""

    def __init__(self, patience: Patience | None = None) -> None:
        self.patience = patience or Patience()
        self._heard: defaultdict[Hashable, deque[float]] = defaultdict(lambda: deque(maxlen=RECENT))

    def record(self, kind: Hashable, seconds: float) -> None:
        self._heard[kind].append(seconds)

    def limit(self, kind: Hashable | None) -> float:
        """Seconds after which a silence of this kind means that nothing more will come."""
        if kind is None or kind not in self._heard:
            return self.patience.unknown
        return max(self.patience.floor, self.patience.factor * max(self._heard[kind]))


class Watchdog(AbstractContextManager["Watchdog"]):
    """Watches one call. `end` is called once, on a thread of its own, when the silence grows too long.

    `kind` says what is waited for, None what cannot be compared with anything; `heard(kind)` that a sign of
    life came, and what is waited for next.
    """

    def __init__(
        self,
        silences: Silences,
        kind: Hashable | None,
        end: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._silences, self._kind, self._end, self._clock = silences, kind, end, clock
        self._silent, self._looked_at = 0.0, clock()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.silent_for: float | None = None
        """How long the engine had said nothing when it was ended; None while it lives."""

    def __enter__(self) -> Self:
        threading.Thread(target=self._watch, name="engine-watchdog", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def heard(self, kind: Hashable | None) -> None:
        with self._lock:
            self._look()
            if self._kind is not None:
                self._silences.record(self._kind, self._silent)
            self._kind, self._silent = kind, 0.0

    def look(self) -> None:
        """One look: ends the engine when it has been silent for too long."""
        with self._lock:
            self._look()
            if self._silent <= self._silences.limit(self._kind) or self._over.is_set():
                return
            self.silent_for = self._silent
            self._over.set()
        self._end()

    def _watch(self) -> None:
        while not self._over.wait(self._silences.patience.look):
            self.look()

    def _look(self) -> None:
        now = self._clock()
        self._silent += min(now - self._looked_at, 3 * self._silences.patience.look)
        self._looked_at = now
