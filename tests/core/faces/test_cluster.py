"""The groups are those of scipy's average linkage, and those of the album's truth."""

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from truth import Truth

from core.faces import FaceBackend
from core.faces.boxes import iou
from core.faces.cluster import ALONE, average_linkage, group_faces


def people(count: int, faces: int, noise: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    centres, who = rng.normal(size=(count, 32)), rng.integers(0, count, faces)
    vectors = centres[who] + noise * rng.normal(size=(faces, 32))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), who


def same_partition(one: np.ndarray, other: np.ndarray) -> bool:
    return len(set(zip(one, other, strict=True))) == len(set(one)) == len(set(other))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 20), st.integers(2, 120), st.floats(0.2, 2.5), st.floats(0.05, 0.8), st.integers(0, 99))
def test_equal_to_the_textbook(count: int, faces: int, noise: float, threshold: float, seed: int) -> None:
    vectors, _ = people(count, faces, noise, seed)
    tree = linkage(vectors.astype(np.float64), "average", "cosine")
    heights = tree[:, 2]
    if np.abs(heights - (1 - threshold)).min() < 1e-5:
        return  # a tie with the threshold is decided by rounding
    assert same_partition(average_linkage(vectors, threshold), fcluster(tree, 1 - threshold, "distance"))


def test_labels_are_ordered_by_size() -> None:
    vectors, _ = people(3, 30, 0.1)
    apart = np.eye(32, dtype=np.float32)[31:] * -1
    labels = group_faces([v.tobytes() for v in [*vectors, *apart]], 0.5)
    sizes = [labels.count(i) for i in range(3)]
    assert sizes == sorted(sizes, reverse=True)
    assert labels[-1] == ALONE
    assert set(labels) == {0, 1, 2, ALONE}


def test_equal_faces_are_one_person() -> None:
    one = np.eye(4, dtype=np.float32)[0].tobytes()
    assert group_faces([one] * 7, 0.9) == [0] * 7


def test_nobody_and_somebody_alone() -> None:
    assert group_faces([], 0.4) == []
    assert group_faces([np.eye(4, dtype=np.float32)[0].tobytes()], 0.4) == [ALONE]


def test_many_faces_need_little_memory() -> None:
    vectors, who = people(80, 6000, 0.2)
    tracemalloc.start()
    labels = average_linkage(vectors, 0.85)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert same_partition(labels, who)
    assert peak < 10 * vectors.nbytes  # a matrix of all pairs would be 190 times as large


@pytest.fixture(scope="module")
def album_faces(embedded: FaceBackend, album: list[Truth]) -> tuple[list[bytes], list[str]]:
    embeddings, names = [], []
    for photo in album:
        for face in embedded.find(photo.image()):
            embeddings.append(face.embedding)
            names.append(max(photo.faces, key=lambda truth: iou(truth[1], face.box))[0])
    return embeddings, names


def test_album_becomes_its_people(
    embedded: FaceBackend, album_faces: tuple[list[bytes], list[str]]
) -> None:
    """Pairwise F1 ≥ 0.95, over all pairs of faces."""
    embeddings, names = album_faces
    labels = group_faces(embeddings, embedded.threshold)
    together = right = same = 0
    for i, j in itertools.combinations(range(len(names)), 2):
        one, truth = labels[i] == labels[j] != ALONE, names[i] == names[j]
        together, same, right = together + one, same + truth, right + (one and truth)
    precision, recall = right / together, right / same
    assert 2 * precision * recall / (precision + recall) >= 0.95


def test_order_of_the_photos_does_not_matter(
    embedded: FaceBackend, album_faces: tuple[list[bytes], list[str]]
) -> None:
    embeddings, _ = album_faces
    forth = np.array(group_faces(embeddings, embedded.threshold))
    back = np.array(group_faces(embeddings[::-1], embedded.threshold))[::-1]
    assert same_partition(forth, back)
