"""The demo album's people as an evaluation needs them: references for the engine, faces for the judge."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.demo import truth
from core.demo.truth import ALBUM, FoundFace, Truth
from core.engine import Engine
from core.errors import KnownError
from core.evaluation.identity import Vectors, vectors
from core.evaluation.specs import Member
from core.faces import Face, FaceBackend
from core.spec import Reference

REFERENCES = 4
"""Of each person, from photos that show nobody else; the judge compares with all faces of that person."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Cast:
    """`members`: everybody, women and men in turn. `faces`: all of each person's faces in the album, as the
    judge sees them."""

    members: tuple[Member, ...]
    faces: Mapping[str, Vectors]

    def rivals(self, name: str) -> dict[str, Vectors]:
        """Everybody of the same noun, the person included."""
        nouns = {member.name: member.noun for member in self.members}
        return {who: rows for who, rows in self.faces.items() if nouns[who] == nouns[name]}


def gather(engine: Engine, judge: FaceBackend, size: int, progress: Progress) -> Cast:
    """References are prepared for an encoder of `size` pixels from the true boxes, so that this measures
    methods and not face detection. Raises KnownError when the judge misses somebody altogether."""
    true = truth.read()
    files = {_sha256(file): file for file in sorted(ALBUM.glob("*.jpg"))}
    members = []
    for number, (name, noun) in enumerate(_in_turn(true)):
        progress(number, 2 * len(true.nouns), f"references of {name}")
        members.append(Member(name, "person", noun, _references(engine, true, files, name, size)))
    return Cast(tuple(members), _faces(judge, true, files, progress))


def _references(
    engine: Engine, true: Truth, files: Mapping[str, Path], name: str, size: int
) -> tuple[Reference, ...]:
    alone = [(photo, faces[0]) for photo, faces in true.faces.items() if [f.name for f in faces] == [name]]
    return tuple(
        engine.prepare(files[photo], _box(face.box), "person", size) for photo, face in alone[:REFERENCES]
    )


def _faces(
    judge: FaceBackend, true: Truth, files: Mapping[str, Path], progress: Progress
) -> dict[str, Vectors]:
    from core.images import open_photo

    found: dict[str, list[Face]] = {name: [] for name in true.nouns}
    shown = [photo for photo, faces in true.faces.items() if faces]
    for number, photo in enumerate(shown):
        progress(len(shown) + number, 2 * len(shown), "faces of the album")
        for face in judge.find(open_photo(files[photo]).image):
            name = true.name_of(FoundFace(0, photo, face.box, None, b""))
            if name:
                found[name].append(face)
    if missed := [name for name, faces in found.items() if not faces]:
        raise KnownError(f"The face models find no face of {', '.join(missed)} in the demo album.")
    return {name: vectors(faces) for name, faces in found.items()}


def _in_turn(true: Truth) -> list[tuple[str, str]]:
    """Name and noun, one of each noun after another."""
    by_noun: dict[str, list[str]] = {}
    for name, noun in true.nouns.items():
        by_noun.setdefault(noun, []).append(name)
    longest = max(map(len, by_noun.values()))
    return [(names[i], noun) for i in range(longest) for noun, names in by_noun.items() if i < len(names)]


def _box(box: tuple[float, ...]) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return float(left), float(top), float(right), float(bottom)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
