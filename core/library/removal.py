"""Deleting a person so that nothing of them can be found in the home's files any more."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import backup
from core.library.gallery import maps_of
from core.library.tables import Face, Job, JobSubject, Photo, Picture, Reference, Subject
from core.log import log
from core.paths import Home

if TYPE_CHECKING:
    from core.library.db import Library

NOT_WIPED = (
    " Old pages of the database could not be wiped yet (another program reads them, or the disk is full): "
    "they go when every program using the library is closed."
)


@dataclass(frozen=True)
class Receipt:
    """What went, and what stayed. `left` names files that could not be deleted; `wiped` is false while
    another program still reads old pages of the database. `backups`: how many older copies of the library
    went; `backed_up`: whether a new one could be made."""

    name: str
    faces: int
    references: int
    jobs: int
    photos_kept: int
    pictures_kept: int
    files: int = 0
    left: tuple[str, ...] = ()
    wiped: bool = True
    backups: int = 0
    backed_up: bool = False

    def __str__(self) -> str:
        gone = (
            f"Deleted {self.name}: {self.faces} faces with their embeddings, {self.references} references, "
            f"{self.jobs} unfinished jobs and {self.files} files (crops, masks, encodings, thumbnails, "
            f"weight maps, reports). Kept: {self.photos_kept} photos and {self.pictures_kept} finished "
            "pictures."
        )
        locked = f" These files could not be deleted: {', '.join(self.left)}." if self.left else ""
        waiting = "" if self.wiped else NOT_WIPED
        return gone + self._copies() + locked + waiting

    def _copies(self) -> str:
        if not self.backups:
            return ""
        new = "a new one was made" if self.backed_up else "a new one could not be made yet"
        return f" {self.backups} older backups of the library were deleted with all they held; {new}."


def delete(library: "Library", subject_id: int) -> Receipt:
    """Removes a subject in one transaction: references, faces with their embeddings, jobs that are not
    done, the files nobody else uses, and every older copy of the library; then the bytes the database would
    keep in free pages. Photos and finished pictures stay. Raises KnownError when the subject is gone."""
    # Nobody may begin a backup before the commit, or it would hold the person for good.
    with backup.held(library.home), library.write() as session:
        crops = _unshared(session, subject_id)
        photos = _photos(session, subject_id)
        maps = _maps(session, subject_id)
        receipt = _remove_rows(session, subject_id)
        # Before the commit: after a power cut here the person is still listed, and deleting again ends it.
        # The other way round, nothing would know of their files any more.
        removed, left = _remove_files(library.home, crops, photos, maps)
        copies, kept = _unlink(backup.copies(library.home))
    receipt = replace(receipt, files=removed, left=(*left, *kept), backups=copies, wiped=_wipe(library))
    return replace(receipt, backed_up=bool(copies) and _back_up(library.home))


def _wipe(library: "Library") -> bool:
    """The rows are gone already: a disk too full to rewrite the file must not look as if nothing was
    deleted."""
    try:
        return library.vacuum()
    except KnownError:
        return False


def _back_up(home: Home) -> bool:
    """Like `_wipe`: a disk too full must not look as if nothing was deleted."""
    try:
        return bool(backup.make(home, "deletion"))
    except KnownError:
        log("removal").warning("no backup was made after a deletion")
        return False


def _remove_rows(session: Session, subject_id: int) -> Receipt:
    row = session.get(Subject, subject_id)
    if row is None:
        raise KnownError("That person or object is no longer in the library.")
    theirs = select(JobSubject.job_id).where(JobSubject.subject_id == subject_id)
    photos = select(func.count(Face.photo_id.distinct())).where(Face.subject_id == subject_id)
    pictures = select(func.count()).where(func.instr(Picture.spec, f'"uid":"{row.uid}"') > 0)
    receipt = Receipt(
        name=row.name,
        photos_kept=session.scalar(photos) or 0,
        pictures_kept=session.scalar(pictures) or 0,
        jobs=_count(session, delete_rows(Job).where(Job.id.in_(theirs), Job.state != "done")),
        references=_count(session, delete_rows(Reference).where(Reference.subject_id == subject_id)),
        faces=_count(session, delete_rows(Face).where(Face.subject_id == subject_id)),
    )
    session.delete(row)
    return receipt


def _count(session: Session, statement: object) -> int:
    return int(session.execute(statement, execution_options={"synchronize_session": False}).rowcount)  # type: ignore


def _unshared(session: Session, subject_id: int) -> set[str]:
    """Hashes of crops and masks that no other subject's reference names."""
    rows = session.execute(select(Reference.subject_id, Reference.crop, Reference.mask)).all()
    hashes = {True: set[str](), False: set[str]()}
    for owner, *files in rows:
        hashes[owner == subject_id].update(filter(None, files))
    return hashes[True] - hashes[False]


def _photos(session: Session, subject_id: int) -> set[str]:
    """Hashes and paths of the photos the subject's faces are in: thumbnails are named by them."""
    mine = select(Photo.sha256).join(Face, Face.photo_id == Photo.id).where(Face.subject_id == subject_id)
    return set(session.scalars(mine))


def _maps(session: Session, subject_id: int) -> list[Path]:
    """Weight maps beside pictures of the subject: they name everybody in the picture, so the whole file
    goes."""
    uid = session.scalar(select(Subject.uid).where(Subject.id == subject_id))
    return maps_of(session, uid) if uid else []


def _remove_files(
    home: Home, crops: Iterable[str], photos: Iterable[str], maps: Iterable[Path]
) -> tuple[int, list[str]]:
    named = {*crops}
    doomed = [home.reference(sha256) for sha256 in named if home.reference(sha256).exists()]
    doomed += maps
    # Each may name and show the person.
    doomed += home.reports.glob("*.html")
    for folder, hashes in ((home.encodings, named), (home.thumbnails, named | {*photos})):
        doomed += [file for file in folder.rglob("*") if any(sha256 in file.name for sha256 in hashes)]
    return _unlink(doomed)


def _unlink(files: list[Path]) -> tuple[int, list[str]]:
    """How many went, and the names of those that did not."""
    left = []
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError:
            left.append(str(file))
    return len(files) - len(left), left
