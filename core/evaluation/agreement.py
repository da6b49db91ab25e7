"""Does a picture follow its words, where that can be seen without a text encoder: colours.

Three checks only, because they were seen to hold for a model that follows its prompt: what is behind the
people has the colour asked for, the whole picture has one tint, the whole picture has no colour. What people
wear is left out: where a shirt lies depends on the pose, and necks, hair and patterns cover it.
"""

import colorsys
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Picture = np.ndarray[Any, np.dtype[np.uint8]]

GREY = 0.06
"""Mean of max − min of a pixel's channels (of 1) up to which a picture has no colour."""
TOLERANCE = 35.0
"""Degrees of hue on either side that still count as the colour."""
COLOURED = {"behind": 0.25, "tint": 0.08}
"""Saturation from which a pixel has a hue at all."""
ENOUGH = {"behind": 0.5, "tint": 0.8}
"""The share of pixels that must have the hue."""


@dataclass(frozen=True)
class Check:
    """`where`: "behind" the people, the whole picture's "tint", or no colour at all ("grey"). `hue`: degrees,
    0 red, 120 green, 240 blue."""

    where: Literal["behind", "tint", "grey"]
    hue: float = 0.0


def holds(picture: Picture, check: Check) -> bool:
    """`picture`: (H, W, 3)."""
    if check.where == "grey":
        return colourfulness(picture) <= GREY
    part = behind(picture) if check.where == "behind" else picture.reshape(-1, 3)
    return share(part, check.hue, COLOURED[check.where]) >= ENOUGH[check.where]


def colourfulness(picture: Picture) -> float:
    """Mean of max − min over the channels, in [0, 1]."""
    return float(np.ptp(picture.astype(float), axis=-1).mean() / 255)


def share(pixels: Picture, hue: float, saturation: float) -> float:
    """The part of the pixels (n, 3) that are at least so saturated and within the tolerance of that hue."""
    hsv = np.array([colorsys.rgb_to_hsv(*pixel) for pixel in (pixels[:: _stride(len(pixels))] / 255)])
    off = np.abs((hsv[:, 0] * 360 - hue + 180) % 360 - 180)
    return float(((off <= TOLERANCE) & (hsv[:, 1] >= saturation)).mean())


def behind(picture: Picture) -> Picture:
    """What is seldom covered by people: the outer sixths of the upper third, as pixels (n, 3)."""
    height, width = picture.shape[:2]
    top, side = picture[: max(1, height // 3)], max(1, width // 6)
    return np.concatenate([top[:, :side].reshape(-1, 3), top[:, -side:].reshape(-1, 3)])


def _stride(pixels: int) -> int:
    """A few thousand pixels tell as much as all."""
    return max(1, pixels // 4096)
