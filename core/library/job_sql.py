"""Statements about jobs that several modules of the queue need."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec
from sqlalchemy import CursorResult, func, insert, select
from sqlalchemy.orm import Session

from core.library.tables import Job, JobSubject, Subject
from core.spec import RenderSpec


def among(job_ids: Iterable[int] | None, column: Any = Job.id) -> list[Any]:
    """The condition that a job is one of these; none for all. As one JSON value: a list of parameters would
    end at SQLite's limit of 32,766."""
    if job_ids is None:
        return []
    listed = func.json_each(msgspec.json.encode(list(job_ids)).decode()).table_valued("value")
    return [column.in_(select(listed.c.value))]


def changed(session: Session, statement: Any) -> int:
    """How many rows the statement changed."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount


def pairs(session: Session, statement: Any) -> dict[Any, Any]:
    return {key: value for key, value in session.execute(statement)}  # noqa: C416 (rows are not typed as pairs)


def depict(session: Session, job_ids: Sequence[int], specs: Sequence[RenderSpec]) -> None:
    """Notes whom each job depicts."""
    uids = {subject.uid for spec in specs for subject in spec.subjects}
    ids = pairs(session, select(Subject.uid, Subject.id).where(Subject.uid.in_(uids)))
    depicted = [
        {"job_id": job_id, "subject_id": ids[uid]}
        for job_id, spec in zip(job_ids, specs, strict=True)
        for uid in dict.fromkeys(subject.uid for subject in spec.subjects)
    ]
    if depicted:
        session.execute(insert(JobSubject), depicted)
