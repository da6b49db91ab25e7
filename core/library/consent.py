"""Nobody is put into a picture without having agreed: asked when it is queued, and again when it is made. Who
is seen on the photo that a picture starts from is in it too."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.library.agreed import consent_now
from core.library.depicted import merged
from core.library.tables import Face, Photo, Subject
from core.spec import RenderSpec

NOT_ASKED = "There is no consent from {names}. Record it on the People page before making pictures."


def refusals(session: Session, specs: Sequence[RenderSpec]) -> list[str | None]:
    """For each spec why it must not be rendered, or None: every person in it has given consent."""
    known = listed(session, specs)
    starts = {spec.start.sha256 for spec in specs if spec.start}
    seen = {sha256: start_refusal(session, sha256) for sha256 in starts}
    return [_refusal(spec, known) or (seen[spec.start.sha256] if spec.start else None) for spec in specs]


def listed(session: Session, specs: Iterable[RenderSpec]) -> dict[str, Any]:
    """The rows (id, uid, kind, name, consent) of those in these specs, by the uid there: who was merged into
    another is that other now, and has agreed to what that other has. Who was deleted is missing."""
    crops = {each.uid: [one.crop for one in each.references] for spec in specs for each in spec.subjects}
    agreed = consent_now().label("consent")
    columns = select(Subject.id, Subject.uid, Subject.kind, Subject.name, agreed)
    known = {row.uid: row for row in session.execute(columns.where(Subject.uid.in_(crops)))} if crops else {}
    owners = merged(session, {uid: crops[uid] for uid in crops.keys() - known.keys()})
    if owners:
        rows = {row.id: row for row in session.execute(columns.where(Subject.id.in_(owners.values())))}
        known |= {uid: rows[owner] for uid, owner in owners.items()}
    return known


def start_refusal(session: Session, sha256: str) -> str | None:
    """Why no picture may start from the photo of these bytes, or None: nobody whom the user named and who has
    not agreed is known to be on it."""
    shown = (
        select(Subject.name)
        .join(Face, Face.subject_id == Subject.id)
        .join(Photo, Photo.id == Face.photo_id)
        .where(Photo.sha256 == sha256, Face.state != "ignored", Subject.named, consent_now() != "granted")
        .order_by(Subject.id)
    )
    names = list(session.scalars(shown))
    if names:
        return f"The photo to start from shows {_and(names)}, without whose consent no picture is made."
    return None


def _refusal(spec: RenderSpec, known: dict[str, Any]) -> str | None:
    gone = [subject.name for subject in spec.subjects if subject.uid not in known]
    if gone:
        return f"{_and(gone)} {_is(gone)} no longer in the library."
    rows = [known[subject.uid] for subject in spec.subjects]
    asked = [row.name for row in rows if row.kind == "person" and row.consent != "granted"]
    if asked:
        return NOT_ASKED.format(names=_and(asked))
    return None


def _and(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _is(names: Sequence[str]) -> str:
    return "is" if len(set(names)) == 1 else "are"
