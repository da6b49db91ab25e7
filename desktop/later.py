"""Asking for the same thing many times, and having it done once."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

MOST_MS = 2000


class LaterCall(QObject):
    """Runs one call on the GUI thread after others have had their turn; many asks make one call."""

    def __init__(self, call: Callable[[], None], parent: QObject, wait_ms: int) -> None:
        super().__init__(parent)
        self._call, self._wait_ms = call, wait_ms
        self._timer = QTimer(self, singleShot=True, interval=wait_ms)
        self._timer.timeout.connect(self._run)

    def ask(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def restart(self) -> None:
        """Waits anew: for typing."""
        self._timer.start()

    def pace(self, took: float) -> None:
        """Says how many seconds the call and what it began took: four times as long is waited from now on,
        and at most two seconds."""
        self._timer.setInterval(max(self._wait_ms, min(MOST_MS, round(4000 * took))))

    @property
    def waiting(self) -> bool:
        return self._timer.isActive()

    def flush(self) -> None:
        """Does now what was to be done later."""
        if self._timer.isActive():
            self._timer.stop()
            self._call()

    @Slot()
    def _run(self) -> None:
        self._call()
