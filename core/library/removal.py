"""Deleting a person so that nothing of them can be found in the home's files any more.

Files go before the commit: after a power cut in between the person is still listed, and deleting again ends
it. The other way round nothing would know of their files. What the commit owes, the bytes in the database's
free pages, is noted in the same transaction and made good by the next program that opens the library.
"""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import presets
from core.errors import KnownError
from core.library import backup, data_sets, facts, leftovers, people_undo, undo
from core.library.depicted import Depiction, depiction, needed
from core.library.tables import Face, Job, JobSubject, Picture, Reference, Subject
from core.log import log
from core.paths import Home

if TYPE_CHECKING:
    from core.library.db import Library

NOT_WIPED = (
    " Old pages of the database could not be wiped yet (another program reads them, or the disk is full): "
    "the next start of Likeness does it."
)
NOT_DELETED = (
    "They are still listed: the deletion could not be ended, and some of their files may be gone already. "
    "Delete them again."
)
NAMED = "Why is not kept: it named somebody who was deleted."
"""In place of a reason that names them."""


@dataclass(frozen=True)
class Receipt:
    """What went, and what stayed. `jobs`: lines of the queue, done ones too; `pictures`: finished pictures
    that were to go as well. `left` names files that could not be deleted; `wiped` is false while another
    program still reads old pages of the database. `backups`: how many older copies of the library went;
    `backed_up`: whether a new one could be made. `lines`: pictures of data sets to train with, which went;
    `models`: what learned from them, which stays."""

    name: str
    faces: int
    references: int
    jobs: int
    photos_kept: int
    pictures_kept: int
    pictures: int = 0
    files: int = 0
    left: tuple[str, ...] = ()
    wiped: bool = True
    backups: int = 0
    backed_up: bool = False
    lines: int = 0
    models: tuple[str, ...] = ()

    def __str__(self) -> str:
        gone = (
            f"Deleted {self.name}: {self.faces} faces with their embeddings, {self.references} references, "
            f"{self.jobs} jobs of the queue and {self.files} files (crops, masks, encodings, thumbnails, "
            f"weight maps, reports{', finished pictures' if self.pictures else ''}). Kept: {self._kept()}."
        )
        locked = f" These files could not be deleted: {', '.join(self.left)}." if self.left else ""
        waiting = "" if self.wiped else NOT_WIPED
        return gone + self._training() + self._copies() + locked + waiting

    def _kept(self) -> str:
        kept = f"{self.photos_kept} photos and {self.pictures_kept} finished pictures"
        return f"{kept}, whose own metadata names them" if self.pictures_kept else kept

    def _training(self) -> str:
        went = f" {self.lines} pictures of data sets to train with went too." if self.lines else ""
        if not self.models:
            return went
        return (
            f"{went} What a model learned cannot be taken out of it: these learned from their pictures and "
            f"stay until you delete them or train them anew: {', '.join(self.models)}."
        )

    def _copies(self) -> str:
        if not self.backups:
            return ""
        new = "a new one was made" if self.backed_up else "a new one could not be made yet"
        return f" {self.backups} older backups of the library were deleted with all they held; {new}."


def delete(library: "Library", subject_id: int, with_pictures: bool = False) -> Receipt:
    """Removes a subject in one transaction: references, faces with their embeddings, jobs, the files nobody
    else needs, and every older copy of the library; then the bytes the database would keep in free pages.
    Photos stay, and finished pictures too unless they are to go `with_pictures`. Raises KnownError when the
    subject is gone; also when the disk fails, and then they are still listed and it can be done again."""
    try:
        receipt = _delete(library, subject_id, with_pictures)
    except (OSError, KnownError) as error:
        if isinstance(error, KnownError) and error.__cause__ is None:
            raise
        raise KnownError(f"{NOT_DELETED} {error}") from error
    receipt = replace(receipt, wiped=library.wipe())
    return replace(receipt, backed_up=bool(receipt.backups) and _back_up(library.home))


def _delete(library: "Library", subject_id: int, with_pictures: bool) -> Receipt:
    home = library.home
    # Nobody may begin a backup before the commit, or it would hold the person for good.
    with backup.held(home), library.write() as session:
        theirs = depiction(session, subject_id)
        named = session.execute(
            select(Subject.handle, Subject.name).where(Subject.id == subject_id)
        ).one_or_none()
        receipt = _remove_rows(session, subject_id, theirs)
        gone = leftovers.remove(leftovers.pictures(home, theirs) if with_pictures else [])
        receipt = _forget_pictures(session, receipt, theirs, gone) if with_pictures else receipt
        files = leftovers.remove(leftovers.of(home, theirs, needed(session)))
        learned = data_sets.forget(home, theirs.uid, theirs.photos, _uids(session))
        copies = leftovers.remove(backup.copies(home))
        if named:
            presets.forget(home, *named)
        library.owe_wiping(session)
    left = (*gone.left, *files.left, *learned.left, *copies.left)
    count = gone.count + files.count + learned.count
    return replace(
        receipt, files=count, left=left, backups=copies.count, lines=learned.lines, models=learned.models
    )


def _uids(session: Session) -> set[str]:
    return set(session.scalars(select(Subject.uid)))


def _back_up(home: Home) -> bool:
    """A disk too full must not look as if nothing was deleted."""
    try:
        return bool(backup.make(home, "deletion"))
    except KnownError:
        log("removal").warning("no backup was made after a deletion")
        return False


def _remove_rows(session: Session, subject_id: int, theirs: Depiction) -> Receipt:
    row = session.get(Subject, subject_id)
    if row is None:
        raise KnownError("That person or object is no longer in the library.")
    photos = select(func.count(Face.photo_id.distinct())).where(Face.subject_id == subject_id)
    noted = set(session.scalars(select(JobSubject.job_id).where(JobSubject.subject_id == subject_id)))
    receipt = Receipt(
        name=row.name,
        photos_kept=session.scalar(photos) or 0,
        pictures_kept=len(theirs.pictures),
        jobs=sum(_count(session, delete_rows(Job).where(Job.id == job)) for job in noted | {*theirs.jobs}),
        references=_count(session, delete_rows(Reference).where(Reference.subject_id == subject_id)),
        faces=_count(session, delete_rows(Face).where(Face.subject_id == subject_id)),
    )
    _unname(session, (row.name, f"@{row.handle}"))
    session.delete(row)
    session.flush()
    # It names people, in lines that were cleared and settings that were changed.
    undo.forget(session)
    people_undo.forget(session)
    return receipt


def _unname(session: Session, names: tuple[str, ...]) -> None:
    """Reasons that others' jobs failed for may name a person: “… shows Ada, without whose consent …”."""
    named = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names))
    for job, reason in session.execute(select(Job.id, Job.error).where(Job.error.is_not(None))).all():
        if reason and named.search(reason):
            session.execute(update(Job).where(Job.id == job).values(error=NAMED))
    paused = facts.read(session, "paused")
    if paused and named.search(paused):
        facts.keep(session, "paused", NAMED)


def _count(session: Session, statement: object) -> int:
    return int(session.execute(statement, execution_options={"synchronize_session": False}).rowcount)  # type: ignore


def _forget_pictures(
    session: Session, receipt: Receipt, theirs: Depiction, gone: leftovers.Removed
) -> Receipt:
    """A picture whose file is still there keeps its row, so that somebody can find it."""
    rows = [number for number, path in theirs.pictures if path not in gone.left]
    for number in rows:
        session.execute(delete_rows(Picture).where(Picture.id == number))
    return replace(receipt, pictures=len(rows), pictures_kept=len(theirs.pictures) - len(rows))
