"""Why the queue stands still, what would end that, and what it means for the picture being made: one fact of
the library, read by every process."""

from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy.orm import Session

from core.errors import UNREADABLE
from core.library import facts

Ends = Literal["user", "time", "room", "power", "fault"]
"""What ends it: the user alone; `at`; room on the disk; mains power; whatever was wrong being right again."""


class Hold(msgspec.Struct, frozen=True, omit_defaults=True):
    """`now`: the picture being made goes back to the queue after its current step. `free`: the engine's
    memory is given back meanwhile."""

    ends: Ends = "user"
    at: datetime | None = None
    now: bool = False
    free: bool = False


def pause(session: Session, reason: str, hold: Hold | None = None) -> None:
    """Stops the queue, in every process; `reason` is for the user. Without more words after the current
    picture, until the user resumes it."""
    facts.keep(session, "paused", reason)
    facts.keep(session, "hold", msgspec.json.encode(hold or Hold()).decode())


def resume(session: Session) -> None:
    facts.drop(session, "paused", "hold")


def paused(session: Session) -> str | None:
    """Why the queue stands still, or None while it runs."""
    return facts.read(session, "paused")


def hold(session: Session) -> Hold | None:
    """How the queue is held, or None while it runs. One kept by another version is the user's to end."""
    if paused(session) is None:
        return None
    kept = facts.read(session, "hold")
    try:
        return msgspec.json.decode(kept or "{}", type=Hold)
    except UNREADABLE:
        return Hold()
