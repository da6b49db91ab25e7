"""Which finished pictures are exported: some by number or file, or those of a person, a day, a rating."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.export.names import local
from core.library import gallery, subjects
from core.library.gallery import PictureRow
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
    empty; `rating`: at least so many stars; `person`: a handle or name; `best`: of each prompt the one with
    the most stars, then the likest faces. Raises KnownError for a picture or person that is not there."""
    uid = subjects.get(session, person).uid if person else None
    rows = gallery.rows(session, subject_uid=uid)[::-1]
    if pictures:
        rows = _named(rows, pictures)
    rows = [row for row in rows if row.rating >= rating]
    if since:
        rows = [row for row in rows if local(row.created_at) >= since.astimezone()]
    return _best(rows) if best else rows


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


def _named(rows: Sequence[PictureRow], pictures: Collection[str]) -> list[PictureRow]:
    by_id = {str(row.id): row for row in rows}
    by_path = {row.path: row for row in rows}
    found = []
    for name in dict.fromkeys(pictures):
        row = by_id.get(name) or by_path.get(str(Path(name).expanduser().absolute()))
        if row is None:
            raise KnownError(f"{name} is none of the pictures asked for: see “likeness pictures”.")
        found.append(row)
    return found


def _best(rows: Sequence[PictureRow]) -> list[PictureRow]:
    """One of each prompt, in the order in which the prompts came first."""
    from core import report  # with Pillow and numpy, which the window does without at its start

    best: dict[str, tuple[tuple[int, float], PictureRow]] = {}
    for row in rows:
        text, shown = report.shown(row)
        if text not in best or shown.goodness > best[text][0]:
            best[text] = (shown.goodness, row)
    return [row for _, row in best.values()]
