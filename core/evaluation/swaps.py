"""Whose face stands at whose place? A face is swapped when, where one subject's noun stands, there is a face
that is more like another subject."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.evaluation.identity import Vectors
from core.faces import Box

Map = np.ndarray[Any, np.dtype[np.uint8]]
Places = tuple[int | None, ...]
"""For each subject the index of the face at its place, None where no face stands there."""


def by_maps(faces: Sequence[Box], maps: Sequence[Map], size: tuple[int, int]) -> Places | None:
    """Faces given to subjects so that the subjects' maps are strongest inside their faces' boxes, each face
    to one subject at most (Kuhn 1955). `maps`: (h, w) each, stretched over the picture of `size` (width,
    height) pixels. None when the maps tell nothing: they are equally strong everywhere."""
    from scipy.optimize import linear_sum_assignment

    strength = np.array([[_inside(box, each, size) for each in maps] for box in faces], float)
    strength = strength.reshape(len(faces), len(maps))
    if not strength.size or np.ptp(strength, axis=1).max() == 0:
        return None
    rows, columns = linear_sum_assignment(strength, maximize=True)
    found = dict(zip(columns.tolist(), rows.tolist(), strict=True))
    return tuple(found.get(subject) for subject in range(len(maps)))


def by_order(faces: Sequence[Box], subjects: int) -> Places | None:
    """Who is named first stands on the left. None unless there is a face for each."""
    if len(faces) != subjects:
        return None
    return tuple(sorted(range(subjects), key=lambda face: faces[face][0] + faces[face][2]))


def swapped(table: Vectors, places: Places) -> list[bool]:
    """For each subject with a face at its place whether that face is more like somebody else. `table`:
    similarities (faces, subjects)."""
    return [
        bool((table[face] > table[face, subject]).any())
        for subject, face in enumerate(places)
        if face is not None
    ]


def _inside(box: Box, grey: Map, size: tuple[int, int]) -> float:
    """Mean of the map inside the box; at least the one position at the box's corner."""
    height, width = grey.shape
    left, right = box[0] * width / size[0], box[2] * width / size[0]
    top, bottom = box[1] * height / size[1], box[3] * height / size[1]
    x, y = min(max(int(left), 0), width - 1), min(max(int(top), 0), height - 1)
    part = grey[y : max(y + 1, round(bottom)), x : max(x + 1, round(right))]
    return float(part.mean())
