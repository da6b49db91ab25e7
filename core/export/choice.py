"""Which finished pictures are exported: some by number or file, or those of a person, a day, a rating."""

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import gallery, search, subjects
from core.library.gallery import PictureRow
from core.library.search import Wanted
from core.library.tables import Picture
from core.paths import Home
from core.settings import Settings, pictures_folder


def chosen(
    session: Session,
    *,
    pictures: Collection[str] = (),
    rating: int = 0,
    person: str | None = None,
    since: datetime | None = None,
    best: bool = False,
) -> list[PictureRow]:
    """The pictures for which all of this holds, the oldest first. `pictures`: numbers or files, all when
    empty; `rating`: at least so many stars; `person`: a handle or name; `best`: of each prompt the best one,
    as the gallery has it (`core.library.search.best_first`). Raises KnownError for a picture or person that
    is not there."""
    named = _named(session, pictures)
    wanted = Wanted(
        people=(subjects.get(session, person).uid,) if person else (),
        rating=rating,
        since=since.astimezone(UTC) if since else None,
        among=tuple(named),
        sort="oldest",
    )
    found = [first for first, _ in search.stacks(session, wanted)] if best else search.ids(session, wanted)
    # What was named comes in the order in which it was named.
    return gallery.rows_of(session, [number for number in named if number in found] or found)


def files(session: Session) -> list[Path]:
    """Every picture's file: what an export never writes over."""
    return [Path(path) for path in session.scalars(select(Picture.path))]


def check_folder(home: Home, settings: Settings, folder: Path) -> None:
    """Raises KnownError for a folder that is no place for exported files: a file, or the library's own."""
    target = folder.resolve()
    for own in (home.root.resolve(), pictures_folder(home, settings).resolve()):
        if target == own or own in target.parents:
            raise KnownError(f"{folder} belongs to Likeness's own files. Choose another folder to export to.")
    if folder.exists() and not folder.is_dir():
        raise KnownError(f"{folder} is a file. Choose a folder to export to.")


def _named(session: Session, pictures: Collection[str]) -> list[int]:
    rows = session.execute(select(Picture.id, Picture.path)).all()
    by_id, by_path = {str(number): number for number, _ in rows}, {path: number for number, path in rows}
    found = []
    for name in dict.fromkeys(pictures):
        number = by_id.get(name) or by_path.get(str(Path(name).expanduser().absolute()))
        if number is None:
            raise KnownError(f"{name} is no picture of the library: see “likeness pictures”.")
        found.append(number)
    return list(dict.fromkeys(found))
