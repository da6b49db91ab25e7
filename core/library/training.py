"""Whether somebody's pictures may be learned from. Agreeing to be in pictures is not agreeing to that: it is
asked for by itself, and it never outlasts the other."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import people_undo
from core.library.agreed import consent_now, training_now
from core.library.job_sql import among
from core.library.subject_rows import now, row_of, utc
from core.library.tables import Subject

STRICTNESS = {"granted": 0, "unknown": 1, "withdrawn": 2}
GONE = "somebody who is not in this library (any more)"


def set_training(
    session: Session,
    subject_id: int,
    agreed: bool,
    when: datetime | None = None,
    until: datetime | None = None,
) -> None:
    """Records whether pictures of a person may be used to train, since when and until when (None: as long as
    their consent holds). Raises KnownError for an object, for somebody whose consent to be in pictures does
    not hold, and for an end before the beginning."""
    row = row_of(session, subject_id)
    if row.kind != "person":
        raise KnownError(f"{row.name} is an object: consent is for people.")
    if not agreed:
        withdraw(row, utc(when))
        people_undo.forget(session)  # undoing a merging must not bring the old answer back
        return
    if session.scalar(select(consent_now()).where(Subject.id == subject_id)) != "granted":
        raise KnownError(
            f"{row.name} has not agreed to be in pictures: record that first. Nothing was recorded."
        )
    began, ends = utc(when), utc(until) if until else None
    if ends and ends < began:
        raise KnownError("A consent cannot end before it was given. Nothing was recorded.")
    row.training, row.training_at, row.training_until = "granted", began, ends


def withdraw(row: Subject, when: datetime | None = None) -> None:
    """Who never agreed has nothing to withdraw."""
    if row.training == "granted":
        row.training, row.training_at, row.training_until = "withdrawn", when or now(), None


def stricter(into: Subject, others: Sequence[Subject]) -> None:
    """Gives `into` the strictest answer among them."""
    strictest = max((into, *others), key=_strictness)
    into.training, into.training_at = strictest.training, strictest.training_at
    into.training_until = strictest.training_until


def may_train(session: Session) -> dict[str, tuple[datetime | None, datetime | None]]:
    """The uids of everybody who agrees today: since when, and until when."""
    columns = select(Subject.uid, Subject.training_at, Subject.training_until)
    agreeing = columns.where(Subject.kind == "person", Subject.named, training_now() == "granted")
    return {uid: (began, ends) for uid, began, ends in session.execute(agreeing.order_by(Subject.id))}


def known(session: Session, uids: Iterable[str]) -> set[str]:
    """Those of them that are people of this library."""
    mine = select(Subject.uid).where(Subject.kind == "person", *among(uids, Subject.uid))
    return set(session.scalars(mine))


def training_refusals(session: Session, uids: Iterable[str]) -> list[str]:
    """Who of these people does not agree today, by name, each once; somebody who was deleted, or merged into
    somebody else, is not known any more and counts as not agreeing."""
    wanted = list(dict.fromkeys(uids))
    columns = select(Subject.uid, Subject.name, training_now().label("training"))
    rows = session.execute(columns.where(*among(wanted, Subject.uid)).order_by(Subject.id)).all()
    refused = [row.name for row in rows if row.training != "granted"]
    missing = len(wanted) > len(rows)
    return [*dict.fromkeys(refused), *([GONE] if missing else [])]


def _strictness(subject: Subject) -> tuple[int, float]:
    until = subject.training_until
    return STRICTNESS[subject.training], -until.timestamp() if until else float("-inf")
