"""Short work without a GPU, off the GUI thread.

The "library" lane is one thread, so a read that follows a write sees it. The "pictures" lane decodes. What
may take minutes has a lane of its own.

Python runs one thread at a time. So that none takes the window's turn, work begins only when the GUI thread
is done with what asked for it (a painting asks for many pictures), and gives way soon.
"""

import gc
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

LANES = {"library": 1, "pictures": 2, "export": 1, "models": 1}
GIVES_WAY_SECONDS = 0.001
"""Python's own 5 ms, waited several times over in one painting, are seen."""
Then = Callable[[Any], None] | None
Failed = Callable[[Exception], None]


class Background(QObject):
    """Runs work in a lane and hands what it returned to `then`, what it raised to `failed`, on the GUI
    thread."""

    _delivered = Signal(object)

    def __init__(self, failed: Callable[[Exception], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fail = failed
        self._lanes = {name: ThreadPoolExecutor(count, f"likeness-{name}") for name, count in LANES.items()}
        self._unsent: list[tuple[str, Callable[[], Any], Then, Failed]] = []
        self._waiting = 0
        self._closed = False
        self._delivered.connect(self._deliver)
        self._turn_over = QTimer(self, singleShot=True, interval=0)
        self._turn_over.timeout.connect(self._send)
        sys.setswitchinterval(GIVES_WAY_SECONDS)

    def run(
        self,
        work: Callable[[], Any],
        then: Then = None,
        failed: Failed | None = None,
        lane: str = "library",
    ) -> None:
        """On the GUI thread alone."""
        if self._closed:
            return
        self._waiting += 1
        self._unsent.append((lane, work, then, failed or self.fail))
        if not self._turn_over.isActive():
            self._turn_over.start()

    @property
    def busy(self) -> bool:
        """Whether something is still to be delivered."""
        return self._waiting > 0

    @property
    def closed(self) -> bool:
        """Whether the window goes: what takes long ends as soon as it can. May be asked from any thread."""
        return self._closed

    def close(self) -> None:
        """Does what waits for the library, forgets all else; nothing is taken on or delivered any more."""
        self._closed = True
        self._send()
        for name, lane in self._lanes.items():
            lane.shutdown(wait=True, cancel_futures=name != "library")

    @Slot()
    def _send(self) -> None:
        unsent, self._unsent = self._unsent, []
        for lane, work, then, failed in unsent:
            self._lanes[lane].submit(self._work, work, then, failed)

    def _work(self, work: Callable[[], Any], then: Then, failed: Failed) -> None:
        try:
            result = work()
        except Exception as error:
            self._delivered.emit((failed, error))
        else:
            self._delivered.emit((then, result))

    @Slot(object)
    def _deliver(self, delivery: tuple[Then, Any]) -> None:
        receive, value = delivery
        self._waiting -= 1
        if receive and not self._closed and not _is_gone(receive):
            receive(value)


def _is_gone(receive: Callable[[Any], None]) -> bool:
    """Whether who asked was closed and deleted before the answer came."""
    owner = getattr(getattr(receive, "func", receive), "__self__", None)  # a partial has its method as `func`
    return isinstance(owner, QObject) and not isValid(owner)


class GuiCollector(QObject):
    """Collects garbage on the GUI thread alone: Python may otherwise destroy a QObject on a worker thread."""

    def __init__(self, parent: QObject, every_ms: int = 5000) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)
        self._timer.start(every_ms)

    @Slot()
    def _collect(self) -> None:
        oldest = max(
            (
                g
                for g, (n, limit) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
                if n > limit
            ),
            default=None,
        )
        if oldest is not None:
            gc.collect(oldest)
