"""How well a face is seen, 0 to 1: for choosing covers and references, and whether a face
like no other is worth a card of its own."""

import math
from typing import Any

import numpy as np

from core.faces.boxes import Found

GOOD_SIDE = 160
"""Pixels of a face from which more bring nothing: the aligned crop has 112."""
GOOD_SHARPNESS = 300.0
"""Variance of the Laplacian of a crisp aligned 112 px crop; a face blurred by 2 pixels has about a tenth."""


def quality(face: Found, aligned: "np.ndarray[Any, np.dtype[np.uint8]]") -> float:
    """Geometric mean of size, sharpness and pose: one bad trait is enough. `aligned`: (112, 112, 3) BGR."""
    return float((size(face) * sharpness(aligned) * frontality(face)) ** (1 / 3))


def size(face: Found) -> float:
    """1 from `GOOD_SIDE` pixels on."""
    side = min(face.box[2] - face.box[0], face.box[3] - face.box[1])
    return min(1.0, max(0.0, side / GOOD_SIDE))


def sharpness(aligned: "np.ndarray[Any, np.dtype[np.uint8]]") -> float:
    """1 for a crisp crop, 0 for a flat one. A small face is enlarged by the alignment, so it counts as
    blurred."""
    grey = aligned.astype(np.float32).mean(axis=2)
    laplacian = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * grey[1:-1, 1:-1]
    return min(1.0, math.sqrt(float(laplacian.var()) / GOOD_SHARPNESS))


def frontality(face: Found) -> float:
    """1 for a face that looks at us, 0 for a profile: where the nose lies between the eyes (yaw) and between
    eyes and mouth (pitch). Roll is undone by the alignment and does not count."""
    right_eye, left_eye, nose, right_mouth, left_mouth = (np.array(p, float) for p in face.landmarks)
    eyes, mouth = (right_eye + left_eye) / 2, (right_mouth + left_mouth) / 2
    across, down = left_eye - right_eye, mouth - eyes
    if not across.any() or not down.any():
        return 0.0
    yaw = abs(float((nose - eyes) @ across) / float(across @ across))
    pitch = abs(float((nose - eyes) @ down) / float(down @ down) - 0.6)
    return max(0.0, 1 - 2 * yaw) * max(0.0, 1 - 2 * pitch)
