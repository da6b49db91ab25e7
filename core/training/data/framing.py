"""Which part of a picture is learned from: a random one that shows every subject, and what masks and boxes
are there."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from core.training.data.lines import Box, Subject

SIDES = re.compile(r"\b(?:left|right)(?:most|ward|-hand)?\b", re.IGNORECASE)
"""A caption with one of these words is no longer true of a mirrored picture."""
CLOSEST = 0.8
"""Of the largest part that fits, the smallest that is drawn."""


@dataclass(frozen=True)
class Frame:
    """`part`: left, top, right, bottom in the picture's pixels, perhaps beyond its edges; `size`: width and
    height of what it becomes; `mirrored` after that."""

    part: Box
    size: tuple[int, int]
    mirrored: bool = False

    def pixels(self, image: Image.Image) -> Image.Image:
        """Beyond its edges a picture takes its mean colour."""
        small = image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
        return self._turned(self._resized(image, self.part, small, Image.Resampling.LANCZOS))

    def mask(self, mask: Image.Image, size: tuple[int, int]) -> Image.Image:
        """`size`: of the picture over which the mask is stretched."""
        x, y = mask.width / size[0], mask.height / size[1]
        part = (self.part[0] * x, self.part[1] * y, self.part[2] * x, self.part[3] * y)
        return self._turned(self._resized(mask, part, 0, Image.Resampling.BILINEAR))

    def box(self, box: Box) -> Box:
        """In the new pixels, as far as it is seen."""
        (left, top, right, bottom), (width, height) = self.part, self.size
        x, y = width / (right - left), height / (bottom - top)
        a, b = (min(width, max(0.0, (at - left) * x)) for at in (box[0], box[2]))
        c, d = (min(height, max(0.0, (at - top) * y)) for at in (box[1], box[3]))
        return (width - b, c, width - a, d) if self.mirrored else (a, c, b, d)

    def _resized(self, image: Image.Image, part: Box, beyond: object, how: Image.Resampling) -> Image.Image:
        left, top = max(0, -int(part[0] // 1)), max(0, -int(part[1] // 1))
        right, bottom = max(0, -int(-part[2] // 1) - image.width), max(0, -int(-part[3] // 1) - image.height)
        if left or top or right or bottom:
            wider = Image.new(image.mode, (image.width + left + right, image.height + top + bottom), beyond)  # type: ignore[arg-type]
            wider.paste(image, (left, top))
            image, part = wider, (part[0] + left, part[1] + top, part[2] + left, part[3] + top)
        return image.resize(self.size, how, box=part, reducing_gap=3.0)

    def _turned(self, image: Image.Image) -> Image.Image:
        return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if self.mirrored else image


def frame(
    size: tuple[int, int], wanted: tuple[int, int], subjects: Sequence[Subject], caption: str,
    chance: random.Random | None,
) -> Frame:  # fmt: skip
    """A part of a picture of `size` with the shape of `wanted` that shows the face, otherwise the box, of
    every subject; where they are too far apart for that, a part that is larger than the picture. Without
    `chance` the largest part, nearest to the middle, and never mirrored."""
    must = _around([subject.face or subject.box for subject in subjects], size)
    scale = chance.uniform(CLOSEST, 1.0) if chance else 1.0
    width = min(size[0], size[1] * wanted[0] / wanted[1]) * scale
    height = width * wanted[1] / wanted[0]
    larger = max(1.0, (must[2] - must[0]) / width, (must[3] - must[1]) / height)
    width, height = width * larger, height * larger
    left = _place(size[0], width, must[0], must[2], chance)
    top = _place(size[1], height, must[1], must[3], chance)
    mirrored = chance is not None and chance.random() < 0.5 and not SIDES.search(caption)
    return Frame((left, top, left + width, top + height), wanted, mirrored)


def tensor(image: Image.Image) -> Tensor:
    """(C, H, W) in [0, 1]. By NumPy: torch would start its threads for every small picture."""
    levels = np.asarray(image).reshape(image.height, image.width, len(image.getbands()))
    return torch.from_numpy(np.ascontiguousarray(levels.transpose(2, 0, 1), np.float32) / np.float32(255))


def _around(boxes: Sequence[Box], size: tuple[int, int]) -> Box:
    """The middle point where there is nobody."""
    if not boxes:
        return size[0] / 2, size[1] / 2, size[0] / 2, size[1] / 2
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return max(0, min(lefts)), max(0, min(tops)), min(size[0], max(rights)), min(size[1], max(bottoms))


def _place(side: int, length: float, first: float, last: float, chance: random.Random | None) -> float:
    """Where the part begins on one side: inside the picture if it fits, around what must be seen."""
    if length >= side:
        return (side - length) / 2
    least, most = max(0.0, last - length), min(first, side - length)
    most = max(least, most)
    return chance.uniform(least, most) if chance else min(most, max(least, (side - length) / 2))
