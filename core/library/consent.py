"""Nobody is put into a picture without having agreed: asked when it is queued, and again when it is made."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.library.tables import Subject
from core.spec import RenderSpec


def refusals(session: Session, specs: Sequence[RenderSpec]) -> list[str | None]:
    """For each spec why it must not be rendered, or None: every person in it has given consent."""
    uids = {subject.uid for spec in specs for subject in spec.subjects}
    columns = select(Subject.uid, Subject.kind, Subject.name, Subject.consent).where(Subject.uid.in_(uids))
    known = {row.uid: row for row in session.execute(columns)} if uids else {}
    return [_refusal(spec, known) for spec in specs]


def _refusal(spec: RenderSpec, known: dict[str, Any]) -> str | None:
    gone = [subject.name for subject in spec.subjects if subject.uid not in known]
    if gone:
        return f"{_and(gone)} {_is(gone)} no longer in the library."
    rows = [known[subject.uid] for subject in spec.subjects]
    asked = [row.name for row in rows if row.kind == "person" and row.consent != "granted"]
    if asked:
        return f"There is no consent from {_and(asked)}. Record it on the People page before making pictures."
    return None


def _and(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _is(names: Sequence[str]) -> str:
    return "is" if len(set(names)) == 1 else "are"
