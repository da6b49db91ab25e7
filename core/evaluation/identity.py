"""Is that face that person? Cosine similarity of face embeddings, of any face backend."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.faces import Face

Vectors = np.ndarray[Any, np.dtype[np.float32]]
"""(n, d): unit-length embeddings of one person's faces."""


def vectors(faces: Sequence[Face]) -> Vectors:
    """The embeddings of some faces as one array."""
    return np.stack([np.frombuffer(face.embedding, np.float32) for face in faces])


def similarity(face: Face, references: Vectors) -> float:
    """Mean cosine of the face to a person's faces, in [−1, 1]."""
    return float((references @ np.frombuffer(face.embedding, np.float32)).mean())


def similarities(faces: Sequence[Face], people: Sequence[Vectors]) -> Vectors:
    """(faces, people)."""
    rows = [[similarity(face, references) for references in people] for face in faces]
    return np.array(rows, np.float32).reshape(len(faces), len(people))


def is_first(face: Face, name: str, candidates: Mapping[str, Vectors]) -> bool:
    """Rank-1: whether nobody among the candidates is more like the face than `name`."""
    own = similarity(face, candidates[name])
    return all(own > similarity(face, other) for who, other in candidates.items() if who != name)


def preserved(similarity: float | None) -> float:
    """Identity preservation as arXiv 2305.10431 §5.1 counts it: nothing for a face that was not found or
    points away."""
    return max(similarity or 0.0, 0.0)
