"""The object relevance score (arXiv 2409.17920, evaluation): noise is added to Z_text, once everywhere alike
and once through an object's weights. The better the weights know where the object is, the more of the change
falls into its box: S = mean over pictures of Δ_bbox / Δ_non-bbox."""

import math
from collections.abc import Sequence

import numpy as np

from core.evaluation.agreement import Picture
from core.faces import Box

Changes = tuple[float, float]
"""Δ_bbox and Δ_non-bbox of one picture, in pixel values (0 to 255)."""


def changes(before: Picture, after: Picture, box: Box) -> Changes:
    """Mean absolute pixel difference inside and outside the object's box. Pictures (H, W, 3); the box is in
    their pixels. Raises ValueError for a box that leaves nothing inside or nothing outside."""
    difference = np.abs(before.astype(float) - after.astype(float)).mean(axis=-1)
    inside = np.zeros(difference.shape, bool)
    left, top, right, bottom = (max(0, round(side)) for side in box)
    inside[top:bottom, left:right] = True
    if inside.all() or not inside.any():
        raise ValueError("The box holds the whole picture or nothing of it.")
    return float(difference[inside].mean()), float(difference[~inside].mean())


def score(pairs: Sequence[Changes]) -> float:
    """S; infinite where a picture does not change outside the box at all."""
    return float(np.mean([inside / outside if outside else math.inf for inside, outside in pairs]))
