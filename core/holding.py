"""What keeps the queue from running, and whether it is over: time, room on the disk, mains power, a fault
that may have passed."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from core import room
from core.library.holds import Hold
from core.power import Power

FIRST_TRY, LAST_TRY = 5.0, 300.0
"""After a fault it is tried again so many seconds later, then after twice as many, up to the last."""

Hindrance = tuple[str, Hold]
"""The reason in the user's words, and what ends it."""


class Holding:
    """Asked before every batch, and while the queue is held."""

    def __init__(
        self,
        folders: Sequence[Path],
        power: Power,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._folders, self._power, self._clock, self._now = folders, power, clock, now
        self._wait, self._next_try = FIRST_TRY, 0.0
        self._despite_battery = False
        self._held: Hold | None = None

    def hindrance(self) -> Hindrance | None:
        """Why no batch should be begun now."""
        if full := room.almost_full(self._folders):
            return f"The disk with {full} is almost full. The queue goes on when there is room.", Hold("room")
        if not self._power.on_battery():
            self._despite_battery = False
        elif not self._despite_battery:
            return "This computer runs on its battery. The queue goes on with mains power.", Hold("power")
        return None

    def fault(self, error: BaseException) -> Hold:
        """How a fault of the world holds the queue."""
        if room.is_full(error):
            return Hold("room")
        # Several at once (a locked library fails every write) are one.
        if self._clock() >= self._next_try:
            self._try_later()
        return Hold("fault")

    def went_well(self) -> None:
        self._wait = FIRST_TRY

    def over(self, hold: Hold | None) -> bool:
        """Whether the queue may go on by itself. None: it is not held any more; when that was the user's
        doing while the battery was why, the battery does not count until there was mains power again."""
        before, self._held = self._held, hold
        if hold is None:
            self._despite_battery |= before is not None and before.ends == "power"
            return True
        over = self._is_over(hold)
        if over:
            self._held = None
        return over

    def _is_over(self, hold: Hold) -> bool:
        match hold.ends:
            case "time":
                return hold.at is None or self._now() >= hold.at
            case "room":
                return room.has_room(self._folders)
            case "power":
                return not self._power.on_battery()
            case "fault":
                return self._fault_is_over()
            case _:
                return False

    def _fault_is_over(self) -> bool:
        if self._clock() < self._next_try:
            return False
        # Asked first, or each try would cost a picture that cannot be saved.
        if room.writable(self._folders):
            return True
        self._try_later()
        return False

    def _try_later(self) -> None:
        self._next_try = self._clock() + self._wait
        self._wait = min(2 * self._wait, LAST_TRY)
