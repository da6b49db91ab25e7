"""Keeping a rendered picture: its file and its row belong together, and neither stays without the other."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import relevance_map
from core.disk import is_abandoned, remove_abandoned
from core.engine import Rendered
from core.errors import KnownError
from core.library import Library, begun, files, jobs, tries
from core.library.begun import Begun
from core.library.jobs import ClaimedJob, NewPicture
from core.library.tables import Picture
from core.metadata import png
from core.paths import Home


def keep(library: Library, folder: Path, job: ClaimedJob, rendered: Rendered) -> int | None:
    """Saves the picture and marks the job as done. None, and no file, when it was cancelled meanwhile.

    Raises KnownError when the disk or the library cannot take it; no file is left then.
    """
    saved = files.save_picture(folder, job.name, rendered, job.spec)
    picture_id = None
    try:
        scores = msgspec.json.encode(rendered.scores).decode()
        size = rendered.width, rendered.height
        picture = NewPicture(str(saved.path), saved.sha256, *size, scores, rendered.seconds)
        with library.write() as session:
            picture_id = jobs.finish(session, job.id, picture)
            if picture_id is not None:
                begun.done(session, folder, job.name)
                tries.go_on(session, job, scores)
    finally:
        if picture_id is None:
            files.remove_picture(saved.path)
    return picture_id


def remove_leftovers(session: Session, home: Home, output: Path) -> None:
    """Removes what a crash left: half-written files, and pictures that were begun and that no row knows; also
    weight maps whose picture somebody took away. A folder that is not there now is left for another time."""
    remove_abandoned(home.root, spared=output)
    left = begun.found(session)
    folders = {output, *(Path(each.folder) for each in left)}
    cleaned = [
        folder
        for folder in folders
        if _clean(session, folder, {each.name: each for each in left if each.folder == str(folder)})
    ]
    begun.forget(session, cleaned)


def _clean(session: Session, folder: Path, left: Mapping[str, Begun]) -> bool:
    """False where the disk did not let it: what was begun there must not be forgotten."""
    with contextlib.suppress(OSError):
        for file in folder.iterdir():
            one = left.get(file.stem) or left.get(file.stem.rpartition("-")[0])
            if one and not _has_row(session, file) and _shows(file, one):
                files.remove_picture(file)
            elif is_abandoned(file) or _lost_its_picture(file):
                file.unlink(missing_ok=True)
        return True
    return False


def _lost_its_picture(file: Path) -> bool:
    return (
        file.name.endswith(relevance_map.SUFFIX)
        and _is_gone(relevance_map.picture_of(file))
        and relevance_map.is_maps(file)
    )


def _is_gone(file: Path) -> bool:
    """Not when its disk only fails to say: that raises OSError, in every version of Python."""
    try:
        file.stat()
    except FileNotFoundError:
        return True
    return False


def _has_row(session: Session, file: Path) -> bool:
    return session.scalar(select(Picture.id).where(Picture.path == str(file))) is not None


def _shows(file: Path, one: Begun) -> bool:
    try:
        return begun.hash_of(png.read(file).spec) == one.settings
    except KnownError as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from error  # nobody knows yet what it shows
        return False
