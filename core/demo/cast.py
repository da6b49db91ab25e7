"""Who plays in the demo: the album's people by their true names, and its objects."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from core.album import add_object, group_faces, import_photos, make_references
from core.demo.truth import ALBUM, FoundFace, Truth, faces_of, quality
from core.demo.wishes import MODEL
from core.engine import Engine
from core.errors import KnownError
from core.library import Library, subjects
from core.library.subjects import SubjectCard

if TYPE_CHECKING:
    from core.demo import Screen, Watch

CONSENT = "demo: nobody in this album exists"
REFERENCES = 4


def gather(
    library: Library, engine: Engine, truth: Truth, screen: "Screen", watch: "Watch"
) -> dict[str, str]:
    """Imports, groups, names and prepares everybody; returns the handle of each by true name."""
    with watch("import"), screen.work("Importing the demo album") as progress:
        report = import_photos(library, engine, [ALBUM], progress)
    if report.scanned or _has_loose_faces(library, truth):
        with watch("group"), screen.work("Grouping faces into people") as progress:
            group_faces(library, engine, progress)
    screen.say(f"Album: {report}")
    with library.write() as session:
        _name_groups(session, truth)
    with watch("references"), screen.work("Preparing references") as progress:
        _prepare(library, engine, truth, progress)
    return _handles(library, truth)


def measure(library: Library, engine: Engine, truth: Truth) -> dict[str, Any]:
    """How well the faces were found and grouped, measured by grouping them anew, before any name helps."""
    with library.read() as session:
        found = faces_of(session, truth)
    return quality(truth, found, engine.group([face.embedding for face in found]))


def _has_loose_faces(library: Library, truth: Truth) -> bool:
    """Whether an earlier run was stopped before grouping."""
    with library.read() as session:
        return any(face.subject_id is None for face in faces_of(session, truth))


def _name_groups(session: Session, truth: Truth) -> None:
    """Each group gets the name of most of its faces; groups of one person are merged, as a user would.
    Consent is recorded with its reason, unless somebody decided about it already."""
    faces = faces_of(session, truth)
    for name, groups in _groups_by_name(session, truth, faces).items():
        target, *others = groups
        if others:
            subjects.merge(session, target.id, [other.id for other in others])
        if not target.named:
            subjects.rename(session, target.id, name, truth.nouns[name])
        if target.consent == "unknown":
            subjects.set_consent(session, target.id, "granted", CONSENT)


def _groups_by_name(session: Session, truth: Truth, faces: list[FoundFace]) -> dict[str, list[SubjectCard]]:
    """The groups of each name, the one with most faces of that name first; a group whose faces are mostly
    from other photos than the album's is the user's own and left alone."""
    votes: dict[int, Counter[str | None]] = {}
    for face in faces:
        if face.subject_id is not None:
            votes.setdefault(face.subject_id, Counter())[truth.name_of(face)] += 1
    groups: dict[str, list[tuple[int, SubjectCard]]] = {}
    for card in subjects.cards(session, "person"):
        name, number = votes.get(card.id, Counter()).most_common(1)[0] if card.id in votes else (None, 0)
        if name and number * 2 > card.faces:
            groups.setdefault(name, []).append((number, card))
    return {
        name: [card for _, card in sorted(found, key=lambda each: (not each[1].named, -each[0], each[1].id))]
        for name, found in groups.items()
    }


def _prepare(library: Library, engine: Engine, truth: Truth, progress: Any) -> None:
    size = _encoder_size(library)
    with library.read() as session:
        people = [cards[0] for cards in _groups_by_name(session, truth, faces_of(session, truth)).values()]
        known = {card.name for card in subjects.cards(session, "object") if card.references}
    waiting = [card for card in people if not card.references]
    missing = [name for name in truth.objects if name not in known]
    for number, card in enumerate(waiting):
        progress(number, len(waiting) + len(missing), card.name)
        make_references(library, engine, card.id, size, REFERENCES)
    for number, name in enumerate(missing, len(waiting)):
        progress(number, len(waiting) + len(missing), name)
        add_object(library, engine, name, name, truth.objects[name], size)


def _encoder_size(library: Library) -> int:
    from core import models, settings

    return models.find(settings.load(library.home), MODEL).encoder_size


def _handles(library: Library, truth: Truth) -> dict[str, str]:
    with library.read() as session:
        people = _groups_by_name(session, truth, faces_of(session, truth))
        things = {card.name: card.handle for card in subjects.cards(session, "object")}
    absent = [name for name in truth.nouns if name not in people]
    if absent:
        raise KnownError(f"Nobody in the album was recognised as {', '.join(absent)}: the demo cannot go on.")
    return {name: cards[0].handle for name, cards in people.items()} | {n: things[n] for n in truth.objects}
