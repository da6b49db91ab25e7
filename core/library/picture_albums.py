"""Albums of finished pictures: names the user gives to a choice, to look at it or export it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library.tables import Album, AlbumPicture


@dataclass(frozen=True)
class AlbumRow:
    id: int
    name: str
    pictures: int


def listed(session: Session) -> list[AlbumRow]:
    """Every album by name."""
    counted = (
        select(Album.id, Album.name, func.count(AlbumPicture.picture_id))
        .outerjoin(AlbumPicture, AlbumPicture.album_id == Album.id)
        .group_by(Album.id)
        .order_by(func.lower(Album.name))
    )
    return [AlbumRow(*row) for row in session.execute(counted)]


def find(session: Session, name: str) -> AlbumRow:
    """Raises KnownError when there is none of that name."""
    album = next((each for each in listed(session) if each.name.casefold() == name.strip().casefold()), None)
    if album is None:
        raise KnownError(f"There is no album called “{name}”.")
    return album


def create(session: Session, name: str) -> int:
    """Raises KnownError for a name that is empty or taken."""
    name = _named(session, name)
    album = insert(Album).values(name=name, created_at=datetime.now(UTC)).returning(Album.id)
    return int(session.scalar(album) or 0)


def rename(session: Session, album_id: int, name: str) -> None:
    """Raises KnownError for a name that is empty or taken."""
    session.execute(update(Album).where(Album.id == album_id).values(name=_named(session, name, album_id)))


def remove(session: Session, album_id: int) -> None:
    """The album goes, its pictures stay."""
    session.execute(delete(Album).where(Album.id == album_id))


def add(session: Session, album_id: int, ids: Sequence[int]) -> int:
    """Puts pictures into an album; how many were not there yet."""
    rows = [{"album_id": album_id, "picture_id": number} for number in ids]
    before = _count(session, album_id)
    if rows:
        session.execute(insert(AlbumPicture).on_conflict_do_nothing(), rows)
    return _count(session, album_id) - before


def missing(session: Session, album_id: int, ids: Sequence[int]) -> list[int]:
    """Those of `ids` that are not in the album yet."""
    mine = select(AlbumPicture.picture_id).where(AlbumPicture.album_id == album_id)
    there = set(session.scalars(mine))
    return [number for number in ids if number not in there]


def take_out(session: Session, album_id: int, ids: Sequence[int]) -> None:
    """Takes pictures out of an album; they stay in the gallery."""
    for number in ids:
        mine = (AlbumPicture.album_id == album_id, AlbumPicture.picture_id == number)
        session.execute(delete(AlbumPicture).where(*mine))


def _count(session: Session, album_id: int) -> int:
    counted = select(func.count()).select_from(AlbumPicture).where(AlbumPicture.album_id == album_id)
    return session.scalar(counted) or 0


def _named(session: Session, name: str, own: int | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise KnownError("An album needs a name.")
    if any(each.name.casefold() == name.casefold() and each.id != own for each in listed(session)):
        raise KnownError(f"There is an album called “{name}” already.")
    return name
