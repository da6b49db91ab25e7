"""Groups of faces that are alike become people."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from sqlalchemy.orm import Session

from core.library import photos, subjects
from core.library.photos import Embedded

CLEAR = 0.6
"""Quality from which a face that is like no other is a person of its own: a portrait, not a passer-by. The
demo album's faces have 0.74 to 0.99."""


def assign(session: Session, seen: list[tuple[Embedded, int]]) -> int:
    """Gives every face to a person: `seen` holds each face with the label of its group, −1 for none. Of
    those with no group the clear ones become people too: somebody may be in a single photo."""
    groups: dict[int, list[Embedded]] = defaultdict(list)
    for face, label in seen:
        groups[label].append(face)
    loose = [face for face in groups.pop(-1, []) if not face.settled]
    owners: dict[int, int | None] = {face.id: None for face in loose}
    clear = [[face] for face in loose if face.quality >= CLEAR]
    free = subjects.suggestions(session)
    for group in _largest_first([*groups.values(), *clear]):
        theirs = _owners(session, group, free)
        free -= set(theirs.values())
        owners |= theirs
    photos.assign(session, owners)
    subjects.drop_empty_suggestions(session)
    settled = {face.subject_id for face, _ in seen if face.settled}
    return len((settled | set(owners.values())) - {None})


def _largest_first(groups: Iterable[list[Embedded]]) -> list[list[Embedded]]:
    return sorted(groups, key=lambda group: (-len(group), group[0].id))


def _owners(session: Session, group: list[Embedded], free: set[int | None]) -> dict[int, int | None]:
    """Whose each unsettled face of one group is: of the person settled there (the nearest, when there are
    several), else of the suggestion most of them belonged to, else of a new one."""
    settled = [face for face in group if face.settled and face.subject_id is not None]
    open_faces = [face for face in group if not face.settled]
    if not open_faces:
        return {}
    if settled:
        return {face.id: _nearest(face, settled).subject_id for face in open_faces}
    before = Counter(face.subject_id for face in open_faces if face.subject_id in free)
    owner = before.most_common(1)[0][0] if before else subjects.suggest(session)
    return {face.id: owner for face in open_faces}


def _nearest(face: Embedded, settled: list[Embedded]) -> Embedded:
    return max(settled, key=lambda other: similarity(face.embedding, other.embedding))


def similarity(a: bytes, b: bytes) -> float:
    """Cosine of two unit-length float32 vectors."""
    import numpy as np

    return float(np.frombuffer(a, np.float32) @ np.frombuffer(b, np.float32))
