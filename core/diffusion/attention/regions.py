"""Where the user wants a subject: a drawn box or mask over the picture, with a soft edge, as a weight for
every position of every layer."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageFilter
from torch import Tensor

from core.spec import Region


class Regions:
    """`maps`: (B, M, h, w) in [0, 1], at the latents' size; 1 everywhere for a subject without a region."""

    def __init__(self, maps: Tensor) -> None:
        self.maps = maps
        self._kept: dict[int, Tensor] = {}

    def halves(self) -> "tuple[Regions, Regions]":
        """Those of the unconditional rows and of the conditional ones."""
        unconditional, conditional = self.maps.chunk(2)
        return Regions(unconditional), Regions(conditional)

    def at(self, positions: int) -> Tensor:
        """(B, M, P) for a layer of that many positions."""
        if positions not in self._kept:
            size = grid(positions, *self.maps.shape[-2:])
            self._kept[positions] = F.adaptive_avg_pool2d(self.maps, size).flatten(2)
        return self._kept[positions]


def grid(positions: int, height: int, width: int) -> tuple[int, int]:
    """The (rows, columns) of a layer with that many positions, in a UNet over height × width latents: every
    level halves both, rounding up."""
    rows, columns = height, width
    while rows * columns > positions:
        rows, columns = -(-rows // 2), -(-columns // 2)
    if rows * columns != positions:
        raise ValueError(f"No level of {height} × {width} latents has {positions} positions.")
    return rows, columns


def drawn(
    regions: Sequence[Region | None], height: int, width: int, mask: Callable[[str], Image.Image]
) -> Tensor:
    """(M, h, w) in [0, 1]. `mask` opens a mask by its hash."""
    return torch.stack([_one(region, height, width, mask) for region in regions])


def _one(region: Region | None, height: int, width: int, mask: Callable[[str], Image.Image]) -> Tensor:
    if region is None:
        return torch.ones(height, width)
    if region.mask is not None:
        return _from_mask(mask(region.mask), region.soft, height, width)
    left, top, right, bottom = region.box or (0.0, 0.0, 1.0, 1.0)
    longer = max(height, width)
    x = (torch.arange(width) + 0.5) / longer
    y = (torch.arange(height) + 0.5)[:, None] / longer
    across = _ramp(x, left * width / longer, right * width / longer, width / longer, region.soft)
    down = _ramp(y, top * height / longer, bottom * height / longer, height / longer, region.soft)
    return across * down


def _ramp(at: Tensor, begin: float, end: float, side: float, soft: float) -> Tensor:
    """1 between `begin` and `end`, falling to 0 over `soft`, half of it inside; a picture's own edge is no
    edge of the region."""
    if soft == 0:
        return ((at >= begin) & (at <= end)).float()
    inside = torch.full_like(at, torch.inf)
    if begin > 0:
        inside = torch.minimum(inside, at - begin)
    if end < side:
        inside = torch.minimum(inside, end - at)
    return (inside / soft + 0.5).clamp(0, 1)


def _from_mask(mask: Image.Image, soft: float, height: int, width: int) -> Tensor:
    small = mask.convert("L").resize((width, height), Image.Resampling.BOX)
    # A Gaussian of that deviation falls from 0.98 to 0.02 over four of them.
    blurred = small.filter(ImageFilter.GaussianBlur(soft * max(height, width) / 4)) if soft else small
    return torch.from_numpy(np.asarray(blurred, dtype=np.float32) / 255)
