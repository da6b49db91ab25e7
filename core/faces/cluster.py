"""Faces → people: agglomerative clustering with average linkage on cosine similarity.

Two groups A and B are as alike as the mean similarity of their pairs. For unit vectors that mean is (Σ_A a ·
Σ_B b) / (|A| |B|): the scalar product of the groups' mean vectors. So a group is one vector and one count,
and no matrix of all pairs is ever made: 20,000 faces need 10 MB here where a condensed distance matrix needs
1.6 GB. The nearest-neighbour chain (Benzécri 1982, Murtagh 1983) then finds the same groups as the textbook
algorithm, since average linkage is reducible: a merge never brings a group closer to a third than its nearer
part was. For the same reason a group whose nearest neighbour is below the threshold is finished, and leaves
the race.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

Vectors = np.ndarray[Any, np.dtype[np.float32]]
Labels = np.ndarray[Any, np.dtype[np.int64]]

ALONE = -1


def group_faces(embeddings: Sequence[bytes], threshold: float) -> list[int]:
    """A label for each embedding (unit-length float32 as bytes, all of one length): 0 is the largest group,
    then 1 and so on, groups of one size in the order of their first faces; −1 for a face that joins
    nobody."""
    if not embeddings:
        return []
    vectors = np.stack([np.frombuffer(e, np.float32) for e in embeddings])
    return _numbered(average_linkage(vectors, threshold))


def average_linkage(vectors: Vectors, threshold: float) -> Labels:
    """Labels of unit `vectors` (n, d) after merging while the most alike two groups have a mean similarity of
    at least `threshold`. O(n d) memory; O(n² d) time, much less where people differ."""
    groups = _Groups(vectors)
    chain: list[int] = []
    while groups.left:
        if not chain:
            chain.append(groups.first())
        nearest, similarity = groups.nearest(chain[-1], prefer=chain[-2] if len(chain) > 1 else None)
        if nearest is None or similarity < threshold:
            groups.finish(chain.pop())
        elif len(chain) > 1 and nearest == chain[-2]:
            groups.merge(chain.pop(), chain.pop())
        else:
            chain.append(nearest)
    return groups.labels()


class _Groups:
    """The groups still in the race: mean vectors and counts, kept dense by moving the last into a free
    place."""

    def __init__(self, vectors: Vectors) -> None:
        self.left = len(vectors)
        self._means = np.array(vectors, np.float32)
        self._counts = np.ones(self.left, np.int64)
        self._group_at = np.arange(self.left)
        self._place_of = np.arange(self.left)
        self._parent = np.arange(self.left)

    def first(self) -> int:
        return int(self._group_at[0])

    def nearest(self, group: int, prefer: int | None) -> tuple[int | None, float]:
        """The most alike other group and how alike it is; `prefer` wins a tie, or the chain could run for
        ever."""
        if self.left == 1:
            return None, 0.0
        place = self._place_of[group]
        similarity = self._means[: self.left] @ self._means[place]
        similarity[place] = -np.inf
        best = int(similarity.argmax())
        if prefer is not None and similarity[self._place_of[prefer]] >= similarity[best]:
            return prefer, float(similarity[best])
        return int(self._group_at[best]), float(similarity[best])

    def merge(self, group: int, other: int) -> None:
        """`other` becomes part of `group`."""
        one, two = self._place_of[group], self._place_of[other]
        share = self._counts[two] / (self._counts[one] + self._counts[two])
        self._means[one] += np.float32(share) * (self._means[two] - self._means[one])
        self._counts[one] += self._counts[two]
        self._parent[other] = group
        self.finish(other)

    def finish(self, group: int) -> None:
        """Takes a group out of the race; its members stay together."""
        free, last = self._place_of[group], self.left - 1
        moved = self._group_at[last]
        self._means[free], self._counts[free] = self._means[last], self._counts[last]
        self._group_at[free], self._place_of[moved] = moved, free
        self.left = last

    def labels(self) -> Labels:
        roots = self._parent
        while (roots != roots[roots]).any():
            roots = roots[roots]
        return roots.astype(np.int64)


def _numbered(labels: Labels) -> list[int]:
    """The largest group is 0; whoever is alone is −1."""
    values, first, inverse, counts = np.unique(labels, True, True, True)
    order = sorted(range(len(values)), key=lambda i: (-counts[i], first[i]))
    names = np.full(len(values), ALONE)
    people = [i for i in order if counts[i] > 1]
    names[people] = np.arange(len(people))
    return [int(n) for n in names[inverse]]
