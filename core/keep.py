"""Keeping a rendered picture: its file and its row belong together, and neither stays without the other."""

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import relevance_map
from core.engine import Rendered
from core.errors import KnownError
from core.library import Library, files, jobs
from core.library.jobs import ClaimedJob, NewPicture
from core.library.tables import Picture
from core.metadata import png, portable

TEMPORARY = re.compile(r"\.[a-z0-9_]{8}\.part")
"""What `core.library.files` writes under before a picture gets its name."""


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
    finally:
        if picture_id is None:
            files.remove_picture(saved.path)
    return picture_id


def remove_leftovers(session: Session, folder: Path, begun: Iterable[ClaimedJob]) -> None:
    """Removes what a crash left: half-written files, and pictures of these jobs that no row knows; also
    weight maps whose picture somebody took away."""
    jobs_by_name = {job.name: job for job in begun}
    with contextlib.suppress(OSError):
        for file in folder.iterdir() if folder.is_dir() else ():
            job = jobs_by_name.get(file.stem) or jobs_by_name.get(file.stem.rpartition("-")[0])
            if job and not _has_row(session, file) and _shows(file, job):
                files.remove_picture(file)
            elif TEMPORARY.fullmatch(file.name) or _lost_its_picture(file):
                file.unlink(missing_ok=True)


def _lost_its_picture(file: Path) -> bool:
    return (
        file.name.endswith(relevance_map.SUFFIX)
        and not relevance_map.picture_of(file).exists()
        and relevance_map.is_maps(file)
    )


def _has_row(session: Session, file: Path) -> bool:
    return session.scalar(select(Picture.id).where(Picture.path == str(file))) is not None


def _shows(file: Path, job: ClaimedJob) -> bool:
    try:
        return png.read(file).spec == portable(job.spec)
    except KnownError:
        return False
