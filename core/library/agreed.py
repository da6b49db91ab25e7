"""What somebody's consent is worth today: "granted" ends by itself on the day that was noted with it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_

from core.library.tables import Subject


def consent_now(who: Any = Subject) -> ColumnElement[str]:
    """A column: the consent as recorded, "expired" for one whose last day is over. Nothing is written when it
    ends, so it ends on time while the program is closed too."""
    over = and_(who.consent == "granted", who.consent_until.is_not(None), who.consent_until < _now())
    return case((over, "expired"), else_=who.consent)


def training_now(who: Any = Subject) -> ColumnElement[str]:
    """A column: whether pictures of them may be learned from, as recorded; "expired" when its last day is
    over, or when the consent to be in pictures at all does not hold any more."""
    over = and_(who.training_until.is_not(None), who.training_until < _now())
    ended = and_(who.training == "granted", or_(over, consent_now(who) != "granted"))
    return case((ended, "expired"), else_=who.training)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
