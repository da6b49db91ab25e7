"""Single facts about the library that need no table of their own: a text under a key, in the same
transaction as what it tells about."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from core.library.tables import Setting


def read(session: Session, key: str) -> str | None:
    """None where nothing was kept."""
    return session.scalar(select(Setting.value).where(Setting.key == key))


def keep(session: Session, key: str, value: str) -> None:
    """In place of what was there."""
    kept = upsert(Setting).values(key=key, value=value)
    session.execute(kept.on_conflict_do_update(["key"], set_={"value": value}))


def drop(session: Session, *keys: str) -> None:
    session.execute(delete(Setting).where(Setting.key.in_(keys)))
