"""Whom a picture shows, as far as it may be told: names the user gave, and where each face is."""

import re
from dataclasses import dataclass

from core.metadata import FaceScore, Saved
from core.spec import RenderSpec

NOBODYS_NAME = re.compile(r"Person \d+")
"""What the grouping calls somebody whom the user has not named."""


@dataclass(frozen=True)
class Region:
    """A face: its centre and size as parts of the picture's sides. `name` is "" for a face that was given to
    nobody."""

    x: float
    y: float
    width: float
    height: float
    name: str = ""


def named_people(spec: RenderSpec) -> tuple[str, ...]:
    """The people of a picture in the prompt's order, each once; only names the user gave."""
    names = (each.name for each in spec.subjects if each.kind == "person")
    return tuple(name for name in dict.fromkeys(names) if _is_name(name))


def regions(saved: Saved) -> tuple[Region, ...]:
    """The faces of a picture. A face has a person's name where the scores gave it to that person: then the
    person's identity is this face's similarity."""
    names = {each.uid: each.name for each in saved.spec.subjects if _is_name(each.name)}
    left = {uid: value for uid, value in saved.scores.identity.items() if uid in names}
    found = []
    for face in saved.scores.faces:
        whose = next((uid for uid, value in left.items() if face.similarity.get(uid) == value), None)
        left.pop(whose or "", None)
        found.append(_region(face, saved.size, names.get(whose or "", "")))
    return tuple(region for region in found if region.width > 0 and region.height > 0)


def _region(face: FaceScore, size: tuple[int, int], name: str) -> Region:
    left, top, right, bottom = (
        min(max(edge / side, 0.0), 1.0) for edge, side in zip(face.box, size * 2, strict=True)
    )
    return Region((left + right) / 2, (top + bottom) / 2, right - left, bottom - top, name)


def _is_name(name: str) -> bool:
    return bool(name) and not NOBODYS_NAME.fullmatch(name)
