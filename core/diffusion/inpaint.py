"""Painting inside a mask: which part of a photo the model sees, and how what it made goes back.

The model works on a window around the mask, at its own size. Outside the feathered edge every pixel of the
photo stays what it is.
"""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from core import references
from core.diffusion.decode import Pixels
from core.errors import KnownError
from core.paths import Home
from core.spec import Inside

Window = tuple[int, int, int, int]
"""Left, top, right, bottom in the photo's pixels; may reach beyond the photo."""
Flags = np.ndarray[Any, np.dtype[np.bool_]]

LEAST_SCALE = 0.25
"""A window has at least so many of the photo's pixels for each of the model's: what is smaller gains
nothing from being enlarged further."""
MAP_SIDE = 512
"""Longest side of a weight map that was laid back into its photo."""


@dataclass(frozen=True)
class Canvas:
    """`photo`: upright RGB. `window`: what of it the model sees. `area`: the part of the photo that is
    changed at all, and `alpha` (H, W of the area, 0 to 255) how much the new counts there."""

    photo: Image.Image
    window: Window
    area: Window
    alpha: Pixels

    def seen(self, width: int, height: int) -> Image.Image:
        """The window at the model's size; beyond the photo's edge its last pixels go on."""
        left, top, right, bottom = _shared(self.window, self.photo.size)
        inside = np.asarray(self.photo.crop((left, top, right, bottom)))
        beyond = (
            (top - self.window[1], self.window[3] - bottom),
            (left - self.window[0], self.window[2] - right),
        )
        whole = Image.fromarray(np.pad(inside, (*beyond, (0, 0)), mode="edge"))
        return whole.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)

    def latent_mask(self, width: int, height: int, factor: int) -> Tensor:
        """(1, 1, h, w): 1 in every latent position of which any pixel is made anew. Sizes in pixels."""
        given = torch.from_numpy((self._in_window() > 0).astype(np.float32))[None, None]
        at_size = F.adaptive_max_pool2d(given, (min(height, given.shape[2]), min(width, given.shape[3])))
        whole = F.interpolate(at_size, (height, width), mode="nearest")
        return F.max_pool2d(whole, factor)

    def laid_back(self, made: Pixels) -> Pixels:
        """The photo with what the model made (H, W, 3 at its size) inside the mask."""
        left, top, right, bottom = self.window
        drawn = Image.fromarray(made).resize((right - left, bottom - top), Image.Resampling.LANCZOS)
        x, y, to_x, to_y = self.area
        new = np.asarray(drawn.crop((x - left, y - top, to_x - left, to_y - top)), np.float32)
        whole = np.array(self.photo)
        share = self.alpha[..., None].astype(np.float32) / 255
        before = whole[y:to_y, x:to_x]
        mixed = (before * (1 - share) + new * share).round().astype(np.uint8)
        whole[y:to_y, x:to_x] = np.where(self.alpha[..., None] == 0, before, mixed)
        return whole

    def map_laid_back(self, grey: bytes) -> bytes:
        """A subject's weight map (an 8-bit PNG over the window) as one over the whole photo."""
        scale = min(1.0, MAP_SIDE / max(self.photo.size))
        left, top, right, bottom = (round(edge * scale) for edge in self.window)
        size = (max(1, round(side * scale)) for side in self.photo.size)
        whole = Image.new("L", (next(size), next(size)), 0)
        drawn = Image.open(io.BytesIO(grey)).resize((max(1, right - left), max(1, bottom - top)))
        whole.paste(drawn, (left, top))
        stream = io.BytesIO()
        whole.save(stream, "PNG")
        return stream.getvalue()

    def _in_window(self) -> Pixels:
        """`alpha` over the whole window."""
        left, top, right, bottom = self.window
        x, y, to_x, to_y = self.area
        whole: Pixels = np.zeros((bottom - top, right - left), np.uint8)
        whole[y - top : to_y - top, x - left : to_x - left] = self.alpha
        return whole


def canvas(photo: Image.Image, inside: Inside, home: Home, width: int, height: int) -> Canvas:
    """`width`, `height`: the model's size. Raises KnownError when the mask is gone or empty."""
    mask = references.load(home.references, inside.mask).convert("L")
    covered = np.asarray(mask.resize(photo.size, Image.Resampling.BILINEAR)) >= 128
    if not covered.any():
        raise KnownError("The mask covers nothing of the photo. Draw what is to be made anew.")
    feather = round(inside.feather * max(photo.size))
    area = _shared(_grown(_box(covered), feather), photo.size)
    alpha = faded(covered[area[1] : area[3], area[0] : area[2]], feather)
    return Canvas(photo, window(area, photo.size, (width, height), inside.around), area, alpha)


def faded(covered: Flags, feather: int) -> Pixels:
    """255 where the mask is, falling smoothly to 0 over `feather` pixels beyond it."""
    if not feather:
        return covered.astype(np.uint8) * np.uint8(255)
    from scipy import ndimage

    left = 1 - ndimage.distance_transform_edt(~covered) / (feather + 1)
    share = np.clip(left, 0, 1)
    return (share * share * (3 - 2 * share) * 255).round().astype(np.uint8)


def window(area: Window, photo: tuple[int, int], size: tuple[int, int], around: float) -> Window:
    """What the model sees, in the proportions of its `size`: `around` times the area, no more than the photo
    unless the area needs it. The area is in the middle, also where the window reaches beyond the photo's
    edge: models paint what they are asked for there."""
    wide, high = area[2] - area[0], area[3] - area[1]
    needed = max(wide / size[0], high / size[1])
    fits = min(photo[0] / size[0], photo[1] / size[1])
    scale = max(LEAST_SCALE, min(needed * around, max(fits, needed)))
    sides = max(wide, round(size[0] * scale)), max(high, round(size[1] * scale))
    left, top = area[0] - (sides[0] - wide) // 2, area[1] - (sides[1] - high) // 2
    return left, top, left + sides[0], top + sides[1]


def _box(covered: Flags) -> Window:
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _grown(box: Window, by: int) -> Window:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _shared(box: Window, size: tuple[int, int]) -> Window:
    return max(0, box[0]), max(0, box[1]), min(size[0], box[2]), min(size[1], box[3])
