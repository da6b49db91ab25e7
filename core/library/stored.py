"""All that is kept of somebody, for the person who asks: what deleting them takes away, and what it
leaves."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.library import backup, data_sets, leftovers
from core.library.cards import SubjectCard, card, faces, references
from core.library.depicted import Depiction, depiction
from core.library.tables import Face, Job, JobSubject
from core.paths import Home

if TYPE_CHECKING:
    from core.library.db import Library


def stored(library: "Library", subject_id: int) -> dict[str, Any]:
    """Everything a home holds about a subject, as plain data. Embeddings are told by their size, not shown;
    `files`: crops, masks, region masks, and what was derived from them; `backups`: copies of the library that
    hold them too, or that cannot be read to say so; `reports`: all there are, each may show them;
    `data_sets`: pictures, crops, masks and lists to train with that show or name them; `trained`: models that
    learned from them. Raises KnownError when the subject is gone."""
    with library.read() as session:
        me, theirs = card(session, subject_id), depiction(session, subject_id)
        return _rows(session, me, theirs) | _files(library.home, theirs)


def _rows(session: Session, me: SubjectCard, theirs: Depiction) -> dict[str, Any]:
    embeddings = select(func.count(), func.coalesce(func.sum(func.length(Face.embedding)), 0))
    found, size = session.execute(embeddings.where(Face.subject_id == me.id)).one()
    consent = {
        "status": me.consent,
        "scope": me.consent_scope,
        "date": me.consent_at.isoformat() if me.consent_at else None,
        "until": me.consent_until.isoformat() if me.consent_until else None,
        "note": me.consent_note,
    }
    training = {
        "status": me.training,
        "date": me.training_at.isoformat() if me.training_at else None,
        "until": me.training_until.isoformat() if me.training_until else None,
    }
    return {
        "name": me.name, "handle": me.handle, "uid": me.uid, "kind": me.kind, "noun": me.noun,
        "notes": me.notes, "consent": consent, "training": training,
        "faces": [{"photo": face.photo, "box": list(face.box), "state": face.state}
                  for face in faces(session, me.id)],
        "embeddings": {"count": found, "bytes": size},
        "references": [{"crop": each.crop, "mask": each.mask, "photo": each.photo, "weight": each.weight,
                        "enabled": each.enabled} for each in references(session, me.id)],
        "jobs": _jobs_by_state(session, me.id, theirs),
        "pictures": [path for _, path in theirs.pictures],
    }  # fmt: skip


def _files(home: Home, theirs: Depiction) -> dict[str, Any]:
    learning = data_sets.shown(home, theirs.uid, theirs.photos)
    shown: dict[str, Iterable[Path]] = {
        "files": leftovers.derived(home, theirs.files),
        "weight_maps": leftovers.maps(theirs),
        "reports": sorted(home.reports.glob("*.html")),
        "data_sets": learning.files,
        "backups": [file for file in backup.copies(home) if _may_hold(file, theirs.uid)],
    }
    listed = {what: [str(file) for file in files] for what, files in shown.items()}
    return listed | {"trained": list(learning.models), "data_sets_away": list(learning.away)}


def _jobs_by_state(session: Session, subject_id: int, theirs: Depiction) -> dict[str, int]:
    noted = select(JobSubject.job_id).where(JobSubject.subject_id == subject_id)
    mine = {*session.scalars(noted), *theirs.jobs}
    counted: dict[str, int] = {}
    for number, state in session.execute(select(Job.id, Job.state).order_by(Job.state)):
        if number in mine:
            counted[state] = counted.get(state, 0) + 1
    return counted


def _may_hold(copy: Path, uid: str) -> bool:
    """Whether a copy of the library holds the subject; one that cannot be read may."""
    try:
        with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?immutable=1", uri=True)) as raw:
            return raw.execute("SELECT 1 FROM subjects WHERE uid = ?", (uid,)).fetchone() is not None
    except sqlite3.Error:
        return True
