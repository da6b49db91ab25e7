"""Recording what a person agreed to, and what stays of two answers when two people turn out to be one."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import people_undo, training
from core.library.cards import Consent
from core.library.subject_rows import now, row_of, utc
from core.library.tables import Job, JobSubject, Subject

STRICTNESS: dict[str, int] = {"granted": 0, "unknown": 1, "denied": 2, "withdrawn": 2}


def set_consent(
    session: Session,
    subject_id: int,
    status: Consent,
    scope: str = "",
    when: datetime | None = None,
    until: datetime | None = None,
    note: str | None = None,
) -> int:
    """Records what a person agreed to, and until when it holds (None: until it is withdrawn); a `note` of
    None leaves the note that is there. When it is not granted, or ended already, their waiting jobs are
    cancelled, and a consent to train goes with it; returns how many jobs. Raises KnownError for an object,
    for a status that does not exist, and for an end before the beginning."""
    row = row_of(session, subject_id)
    if row.kind != "person":
        raise KnownError(f"{row.name} is an object: consent is for people.")
    if status not in STRICTNESS:
        raise KnownError(f"“{status}” is no consent status. Use one of: {', '.join(STRICTNESS)}.")
    began, ends = None if status == "unknown" else utc(when), utc(until) if until else None
    if began and ends and ends < began:
        raise KnownError("A consent cannot end before it was given. Nothing was recorded.")
    row.consent, row.consent_scope = status, " ".join(scope.split())
    row.consent_at, row.consent_until = began, ends if status == "granted" else None
    row.consent_note = row.consent_note if note is None else note.strip()
    if status == "granted" and (ends is None or ends >= now()):
        return 0
    training.withdraw(row)
    people_undo.forget(session)  # undoing a merging must not bring the old answer back
    return _cancel_waiting(session, row)


def stricter_consent(into: Subject, others: list[Subject]) -> str:
    """Gives `into` the strictest answer among them; says so in words, or nothing where all agree."""
    strictest = max((into, *others), key=_strictness)
    answers = {(each.consent, each.consent_scope, each.consent_until) for each in (into, *others)}
    if len(answers) == 1 or into.kind != "person":
        return ""
    if _strictness(strictest) == _strictness(into):
        return f"The consent of {into.name} stays as it was: {_said(into)}."
    into.consent, into.consent_scope = strictest.consent, strictest.consent_scope
    into.consent_at, into.consent_until = strictest.consent_at, strictest.consent_until
    into.consent_note = "\n".join(dict.fromkeys(s.consent_note for s in (into, strictest) if s.consent_note))
    return f"The consent of {into.name} is now as strict as {strictest.name}'s was: {_said(strictest)}."


def _strictness(subject: Subject) -> tuple[int, float]:
    """A consent that ends is stricter than one that does not, and an earlier end than a later one."""
    until = subject.consent_until
    return STRICTNESS[subject.consent], -until.timestamp() if until else float("-inf")


def _said(subject: Subject) -> str:
    return f"{subject.consent}, for {subject.consent_scope}" if subject.consent_scope else subject.consent


def _cancel_waiting(session: Session, person: Subject) -> int:
    theirs = select(JobSubject.job_id).where(JobSubject.subject_id == person.id)
    waiting = update(Job).where(Job.id.in_(theirs), Job.state.in_(("queued", "running")))
    reason = f"There is no consent from {person.name} any more."
    cancelled = waiting.values(state="cancelled", error=reason, finished_at=now()).returning(Job.id)
    return len(session.scalars(cancelled).all())
