"""Boxes of faces found at several scales: how much two overlap, and which of several is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.faces import Box, Point


@dataclass(frozen=True)
class Found:
    """What a detector says of one face, in pixels of the picture it was given."""

    box: Box
    landmarks: tuple[Point, Point, Point, Point, Point]
    score: float

    def moved(self, scale: float, dx: float = 0.0, dy: float = 0.0) -> "Found":
        """The same face after every coordinate p became p · scale + d."""
        left, top, right, bottom = self.box
        box = (left * scale + dx, top * scale + dy, right * scale + dx, bottom * scale + dy)
        a, b, c, d, e = ((x * scale + dx, y * scale + dy) for x, y in self.landmarks)
        return Found(box, (a, b, c, d, e), self.score)


def area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def overlap(one: Box, other: Box) -> float:
    """Pixels both boxes cover."""
    shared = (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))
    return area(shared) if shared[0] < shared[2] and shared[1] < shared[3] else 0.0


def iou(one: Box, other: Box) -> float:
    """Intersection over union, 0 to 1."""
    shared = overlap(one, other)
    return shared / (area(one) + area(other) - shared) if shared else 0.0


def suppress_doubles(found: Sequence[Found], limit: float = 0.4) -> list[Found]:
    """Greedy non-maximum suppression, largest face first in the result. A box is dropped when it shares more
    than `limit` (IoU) with a better one, or lies almost wholly inside one: scales disagree about a face's
    size."""
    kept: list[Found] = []
    for face in sorted(found, key=lambda f: -f.score):
        if not any(_same_face(face.box, other.box, limit) for other in kept):
            kept.append(face)
    return sorted(kept, key=lambda f: -area(f.box))


def _same_face(one: Box, other: Box, limit: float) -> bool:
    smaller = min(area(one), area(other))
    return iou(one, other) > limit or (smaller > 0 and overlap(one, other) / smaller > 0.8)
