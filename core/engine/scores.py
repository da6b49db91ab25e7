"""Who is in a finished picture: each face compared with the references of each person who was asked for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core import references
from core.engine import FaceScore, Scores
from core.faces import Face, FaceBackend
from core.spec import SubjectSpec

Vectors = np.ndarray[Any, np.dtype[np.float32]]

_KEPT = 1024
_known: dict[tuple[str, str], Vectors | None] = {}
"""By backend and crop: the crop's embedding, or None when no face is seen in it. In memory only, the latest
1024."""


def score(picture: Image.Image, subjects: Sequence[SubjectSpec], backend: FaceBackend, crops: Path) -> Scores:
    """`picture`: RGB. `crops`: the home's references folder. Similarities are cosines in [−1, 1]. Objects are
    left aside, and so is a person none of whose references shows a face to this backend. Raises KnownError
    when a reference is missing."""
    persons = [subject for subject in subjects if subject.kind == "person"]
    faces = backend.find(picture) if persons else []
    people = {s.uid: rows for s in persons if (rows := _reference_rows(s, backend, crops)) is not None}
    if not faces or not people:
        return Scores({}, tuple(FaceScore(face.box, {}, None) for face in faces), backend.identity)
    table = similarities(faces, list(people.values()))
    return Scores(_identity(table, list(people)), _by_face(faces, table, list(people)), backend.identity)


def moved(scores: Scores, across: float, down: float) -> Scores:
    """Scores of a part of a picture, its faces where they are in the whole."""
    faces = tuple(
        FaceScore((each.box[0] + across, each.box[1] + down, each.box[2] + across, each.box[3] + down),
                  each.similarity, each.best)
        for each in scores.faces
    )  # fmt: skip
    return Scores(scores.identity, faces, scores.backend)


def _reference_rows(
    subject: SubjectSpec, backend: FaceBackend, crops: Path
) -> tuple[Vectors, Vectors] | None:
    """Embeddings (n, d) and weights (n,) of a person's references, or None."""
    pairs = [(_embedding(each.crop, backend, crops), each.weight) for each in subject.references]
    seen = [(vector, weight) for vector, weight in pairs if vector is not None]
    if not seen:
        return None
    return np.stack([vector for vector, _ in seen]), np.array([weight for _, weight in seen], np.float32)


def _embedding(crop: str, backend: FaceBackend, crops: Path) -> Vectors | None:
    """Of the largest face in the crop: it was cut around that person's face."""
    key = (backend.identity, crop)
    if key not in _known:
        faces = backend.find(references.load(crops, crop).convert("RGB"))
        while len(_known) >= _KEPT:
            del _known[next(iter(_known))]
        _known[key] = _vector(faces[0]) if faces else None
    return _known[key]


def similarities(faces: Sequence[Face], people: Sequence[tuple[Vectors, Vectors]]) -> Vectors:
    """(faces, people): Σ_r w_r cos(face, reference r) / Σ_r w_r."""
    seen = np.stack([_vector(face) for face in faces])
    columns = [(seen @ references.T) @ (weights / weights.sum()) for references, weights in people]
    return np.stack(columns, axis=1).astype(np.float32)


def _vector(face: Face) -> Vectors:
    return np.frombuffer(face.embedding, np.float32)


def _identity(table: Vectors, people: Sequence[str]) -> dict[str, float]:
    """Each person gets one face at most, and each face one person, so that the total is largest (Kuhn
    1955)."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(table, maximize=True)
    return {people[column]: float(table[row, column]) for row, column in zip(rows, columns, strict=True)}


def _by_face(faces: Sequence[Face], table: Vectors, people: Sequence[str]) -> tuple[FaceScore, ...]:
    return tuple(
        FaceScore(
            face.box,
            {person: float(value) for person, value in zip(people, row, strict=True)},
            people[int(row.argmax())],
        )
        for face, row in zip(faces, table, strict=True)
    )
