"""Statements about jobs that several modules of the queue need."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, insert
from sqlalchemy.orm import Session

from core.library.consent import listed
from core.library.one_of import one_of
from core.library.tables import Job, JobSubject
from core.spec import RenderSpec


def among(job_ids: Iterable[int | str] | None, column: Any = Job.id) -> list[Any]:
    """The condition that a job is one of these; none for all."""
    return [] if job_ids is None else [one_of(column, job_ids)]


def changed(session: Session, statement: Any) -> int:
    """How many rows the statement changed."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount


def pairs(session: Session, statement: Any) -> dict[Any, Any]:
    return {key: value for key, value in session.execute(statement)}  # noqa: C416 (rows are not typed as pairs)


def depict(session: Session, job_ids: Sequence[int], specs: Sequence[RenderSpec]) -> None:
    """Notes whom each job depicts: those who are `consent.listed`."""
    rows = listed(session, specs)
    depicted = [
        {"job_id": job_id, "subject_id": number}
        for job_id, spec in zip(job_ids, specs, strict=True)
        for number in dict.fromkeys(rows[subject.uid].id for subject in spec.subjects)
    ]
    if depicted:
        session.execute(insert(JobSubject), depicted)
