"""Finished pictures taken out of the gallery: row and files together, and the way back.

Files go before the commit, as everywhere in this house: after a power cut in between the picture is still
listed, without its file, and can be taken out again. The other way round nothing would know of the file.
"""

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from core import relevance_map
from core.disk import write_whole
from core.errors import KnownError
from core.library.one_of import one_of
from core.library.tables import Album, AlbumPicture, Job, Picture, Subject
from core.spec import RenderSpec

if TYPE_CHECKING:
    from core.library.db import Library

Away = Callable[[Path], Path | None]
"""Takes a file away; where it lies now, None when it is gone for good. Raises OSError."""
AT_ONCE = 20
"""Pictures of one transaction: a trash may be slow, and the worker must not wait for it."""
TAKEN = "Another picture has its place now."
NOBODY = "Somebody in it is no longer in the library."


@dataclass(frozen=True)
class Gone:
    """One picture that went: its row, the albums it was in, and where each of its files lies now."""

    row: dict[str, Any]
    albums: tuple[int, ...]
    files: tuple[tuple[Path, Path | None], ...]

    @property
    def can_return(self) -> bool:
        return all(now is not None for _, now in self.files)


@dataclass
class Outcome:
    """`gone`: what went; `left`: the file of each picture that is still there, and why."""

    gone: list[Gone] = field(default_factory=list)
    left: list[tuple[int, Path, str]] = field(default_factory=list)


@dataclass
class Returned:
    """`ids`: pictures that are back; `refused`: why others are not, their files stay where they are."""

    ids: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def remove(file: Path) -> None:
    """For good. Raises OSError."""
    file.unlink(missing_ok=True)


def discard(library: "Library", ids: Sequence[int], away: Away = remove) -> Outcome:
    """Takes these pictures out of the library, their files by `away`. One whose file does not let itself be
    taken away stays, whole; one whose file is gone already goes. Raises KnownError when the library cannot be
    written: then the files of those that are still listed are back."""
    outcome = Outcome()
    for start in range(0, len(ids), AT_ONCE):
        some = Outcome()
        try:
            with library.write() as session:
                _take_out(session, ids[start : start + AT_ONCE], away, some)
        except BaseException:
            for each in some.gone:
                _bring(each.files)
            raise
        outcome.gone += some.gone
        outcome.left += some.left
    return outcome


def put_back(library: "Library", gone: Sequence[Gone]) -> Returned:
    """Brings pictures back: files first, then rows with their stars and albums. Raises KnownError when the
    library cannot be written: then the files are where they were put away."""
    returned, moved = Returned(), list[tuple[Path, Path]]()
    try:
        with library.write() as session:
            for each in gone:
                reason = _refusal(session, each)
                here = [] if reason else _bring(each.files)
                moved += here
                if reason or len(here) < len(each.files):
                    returned.refused.append(reason or f"The file {Path(each.row['path']).name} did not move.")
                    continue
                returned.ids.append(_insert(session, each))
    except BaseException:
        for file, now in moved:
            _move(file, now)
        raise
    return returned


def _take_out(session: Session, ids: Sequence[int], away: Away, outcome: Outcome) -> None:
    rows = select(*Picture.__table__.columns).where(one_of(Picture.id, ids))
    for row in session.execute(rows).mappings().all():
        albums = select(AlbumPicture.album_id).where(AlbumPicture.picture_id == row["id"])
        mine = tuple(session.scalars(albums))
        try:
            files = _all_away(Path(row["path"]), away)
        except OSError as error:
            outcome.left.append((row["id"], Path(row["path"]), error.strerror or str(error)))
            continue
        outcome.gone.append(Gone(dict(row), mine, files))
        session.execute(delete(Picture).where(Picture.id == row["id"]))


def _all_away(picture: Path, away: Away) -> tuple[tuple[Path, Path | None], ...]:
    """A picture after what belongs to it; all of it or, when one of them stays, nothing."""
    taken: list[tuple[Path, Path | None]] = []
    try:
        for file in _belonging(picture):
            taken.append((file, away(file)))
    except OSError:
        _bring(taken)
        raise
    return tuple(taken)


def _belonging(picture: Path) -> Iterator[Path]:
    explained = picture.with_name(f"{picture.stem}{relevance_map.EXPLAINED}.png")
    for file in (relevance_map.path_of(picture), explained, picture):
        if file.exists():
            yield file


def _bring(files: Sequence[tuple[Path, Path | None]]) -> list[tuple[Path, Path]]:
    """Moves back what can be; what was."""
    return [(file, now) for file, now in files if now is not None and _move(now, file)]


def _move(source: Path, target: Path) -> bool:
    """Never over another file. A trash may lie on another disk: then the bytes are written anew."""
    with suppress(OSError):
        if target.exists():
            return False
        try:
            source.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            write_whole(target, source.read_bytes())
            source.unlink()
        return True
    return False


def _refusal(session: Session, each: Gone) -> str:
    """Why a picture cannot return, "" when it can."""
    path = Path(each.row["path"])
    if path.exists() or session.scalar(select(Picture.id).where(Picture.path == str(path))):
        return TAKEN
    if not each.can_return or not all(now and now.exists() for _, now in each.files):
        return f"The file {path.name} is not where it was put."
    return "" if _people(each.row["spec"]) <= set(session.scalars(select(Subject.uid))) else NOBODY


def _people(spec: str) -> set[str]:
    try:
        return {subject.uid for subject in RenderSpec.from_json(spec).subjects}
    except KnownError:  # another version's: nobody can say who is in it
        return set()


def _insert(session: Session, each: Gone) -> int:
    """With its own number where that is free."""
    row = dict(each.row)
    if session.get(Picture, row["id"]):
        del row["id"]
    if row["job_id"] is not None and not session.get(Job, row["job_id"]):
        row["job_id"] = None
    number = int(session.scalar(insert(Picture).values(row).returning(Picture.id)) or 0)
    there = set(session.scalars(select(Album.id).where(Album.id.in_(each.albums))))
    for album in sorted(there):
        session.execute(insert(AlbumPicture).values(album_id=album, picture_id=number))
    return number
