"""A queue for the night: when it starts, and what the computer does when it is done."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from core.errors import KnownError
from core.library.holds import Hold
from core.power import Power

Then = Literal["nothing", "quit", "sleep", "shutdown"]
STARTS = "Starts"


def next_time(text: str, now: datetime) -> datetime:
    """ "23:00" → the next time it is that late where we are. `now` with its time zone. Raises KnownError."""
    match = re.fullmatch(r"([01]?\d|2[0-3])[:.]([0-5]\d)", text.strip())
    if not match:
        raise KnownError(f"“{text}” is no time of day: write it like 23:00.")
    local = now.astimezone().replace(tzinfo=None)
    at = local.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
    if at <= local:
        at += timedelta(days=1)
    return at.astimezone()  # by the clock on the wall, also in the night it is changed


def start_at(at: datetime, now: datetime) -> tuple[str, Hold]:
    """The reason and the hold of a queue that waits for its time."""
    local = at.astimezone()
    day = "" if local.date() == now.astimezone().date() else "tomorrow "
    return f"{STARTS} {day}at {local:%H:%M}.", Hold("time", at=at)


def count_down(seconds: int, tell: Callable[[int], None], wait: Callable[[float], None] = time.sleep) -> None:
    """Tells every second how many are left. What `tell` or `wait` raises cancels it."""
    for left in range(seconds, 0, -1):
        tell(left)
        wait(1.0)


def leave(then: Then, power: Power) -> None:
    """What the computer does when all is done. Raises KnownError when the system refuses."""
    if then == "sleep":
        power.sleep()
    elif then == "shutdown":
        power.shut_down()
