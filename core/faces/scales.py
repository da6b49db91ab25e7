"""One detector at several scales, and once more with a border when a face may fill the frame.

YuNet and SCRFD see a face best between about 10 and 300 pixels of their input: one size finds either the
crowd or the portrait. A face without anything around it is missed at every size: the picture is then padded
by half and tried again.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core.faces.boxes import Found, suppress_doubles
from core.faces.opencv import load_cv2

SIDES = (320, 640, 1280)
"""The longer side of the detector's input, in pixels. Measured in benchmarks/faces.py."""

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Detector = Callable[[Pixels], Sequence[Found]]


def detect_at_scales(bgr: Pixels, detector: Detector, sides: Sequence[int] = SIDES) -> list[Found]:
    """Every face of `bgr` (height, width, 3), once, largest first, in its own pixels (also beyond its
    edges)."""
    found = _at_scales(bgr, detector, sides)
    return found or _with_border(bgr, detector, sides[:-1] or sides)


def sides_for(longer: int, sides: Sequence[int]) -> list[int]:
    """The sides worth trying for a picture: all smaller ones, and its own size in place of the first larger
    one; enlarging a picture shows no new face, only costs time."""
    smaller = [side for side in sides if side < longer]
    return [*smaller, longer] if len(smaller) < len(sides) else smaller


def _at_scales(bgr: Pixels, detector: Detector, sides: Sequence[int]) -> list[Found]:
    longer = max(bgr.shape[:2])
    found: list[Found] = []
    small = bgr
    for side in reversed(sides_for(longer, sides)):
        small, _ = _shrunk(small, side / max(small.shape[:2]))  # from the last one: faster
        found += [face.moved(longer / max(small.shape[:2])) for face in detector(small)]
    return suppress_doubles(found)


def _with_border(bgr: Pixels, detector: Detector, sides: Sequence[int]) -> list[Found]:
    """The picture amid a border of half its size on every side; the border has the picture's mean colour:
    repeated edge pixels look like hair or a hat, and black like a shadow."""
    cv2 = load_cv2()
    small, scale = _shrunk(bgr, min(1.0, max(sides) / max(bgr.shape[:2])))
    dy, dx = small.shape[0] // 2, small.shape[1] // 2
    colour = [float(c) for c in small.reshape(-1, 3).mean(axis=0)]
    padded = cv2.copyMakeBorder(small, dy, dy, dx, dx, cv2.BORDER_CONSTANT, value=colour)
    found = _at_scales(padded, detector, sides)
    return [face.moved(1.0, -dx, -dy).moved(1 / scale) for face in found]


def _shrunk(bgr: Pixels, scale: float) -> tuple[Pixels, float]:
    if scale >= 1:
        return bgr, 1.0
    size = (max(1, round(bgr.shape[1] * scale)), max(1, round(bgr.shape[0] * scale)))
    cv2 = load_cv2()
    return cv2.resize(bgr, size, interpolation=cv2.INTER_AREA), scale
