"""The autoencoder on overlapping tiles: what it needs at once grows with a tile, not with the picture.

Unlike diffusers' own tiling, what looks at the whole picture sees it: the attention in the middle of
AutoencoderKL runs on all of the (small) latents, and its group norms use the same statistics in every tile,
so that no tile has a tone of its own. Those are gathered in rounds over the tiles, of which nothing else is
kept. Tiles are of one size, whatever the configuration says (SDXL's says: the whole picture) and
however the picture's sides divide; no sliver is left at an edge.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

TILE = 64
OVERLAP = 24
"""In latent positions. Half of the overlap is as far as one pixel is seen to depend on its surroundings."""

ROUNDS = 1
"""Of gathering statistics: what comes before a norm was itself made with other statistics, so that each round
settles one norm more for good. One leaves 0.8 of 255 on average, two 0.4; each takes as long as the whole."""

Part = Callable[[Tensor], Tensor]


def decode(vae: Any, latents: Tensor) -> Tensor:
    """(1, C, h, w) in the autoencoder's own scale → (1, 3, H, W)."""
    if not hasattr(vae.decoder, "mid_block"):
        return _in_tiles(vae.decoder, latents, 1, TILE, OVERLAP)
    given = latents if vae.post_quant_conv is None else vae.post_quant_conv(latents)
    middle = vae.decoder.mid_block(vae.decoder.conv_in(given))
    part = partial(_up, vae.decoder)
    with _shared_statistics(vae.decoder) as settle:
        for _ in range(ROUNDS):
            _in_tiles(part, middle, 1, TILE, 0)
            settle()
        return _in_tiles(part, middle, 1, TILE, OVERLAP)


def encode(vae: Any, pixels: Tensor, scale: int) -> Tensor:
    """(1, 3, H, W) in [−1, 1] → the mean of the latents (1, C, h, w); `scale` pixels are a position."""
    tile, overlap = TILE * scale, OVERLAP * scale
    if not hasattr(vae.encoder, "mid_block"):
        return _in_tiles(vae.encoder, pixels, scale, tile, overlap)
    part = partial(_down, vae.encoder)
    with _shared_statistics(vae.encoder) as settle:
        for _ in range(ROUNDS):
            _in_tiles(part, pixels, scale, tile, 0)
            settle()
        small = _in_tiles(part, pixels, scale, tile, overlap)
    encoder = vae.encoder
    given = encoder.conv_out(encoder.conv_act(encoder.conv_norm_out(encoder.mid_block(small))))
    moments: Tensor = given if vae.quant_conv is None else vae.quant_conv(given)
    return moments.chunk(2, dim=1)[0]


def helps(height: int, width: int) -> bool:
    """Whether latents of that size are more than one tile."""
    return max(height, width) > TILE


def starts(length: int, tile: int, overlap: int) -> list[int]:
    """Where tiles begin that cover `length`, evenly spread, each overlapping its neighbour by `overlap` at
    least."""
    if length <= tile:
        return [0]
    gaps = -(-(length - tile) // (tile - overlap))
    return [(length - tile) * index // gaps for index in range(gaps + 1)]


def _in_tiles(part: Part, given: Tensor, shrink: int, tile: int, overlap: int) -> Tensor:
    """`part` of every tile, faded into each other. `shrink`: tiles begin at a multiple of it, as `part` makes
    that many positions one."""
    height, width = given.shape[-2:]
    total = weights = torch.zeros(())
    for top, left in product(_steps(height, tile, overlap, shrink), _steps(width, tile, overlap, shrink)):
        done = part(given[..., top : top + tile, left : left + tile]).float()
        high, wide = (min(tile, side) for side in (height, width))
        across, down = done.shape[-1] / wide, done.shape[-2] / high
        if total.ndim == 0:
            total = done.new_zeros(*done.shape[:2], round(height * down), round(width * across))
            weights = done.new_zeros(total.shape[-2:])
        place = (..., _slice(top * down, done.shape[-2]), _slice(left * across, done.shape[-1]))
        fade = _fade(done.shape[-2], round(overlap * down), top > 0, top + tile < height).outer(
            _fade(done.shape[-1], round(overlap * across), left > 0, left + tile < width)
        )
        fade = fade.to(done.device)
        total[place] += done * fade
        weights[place] += fade
    return (total / weights).to(given.dtype)


def _steps(length: int, tile: int, overlap: int, multiple: int) -> list[int]:
    """As `starts`, in units that `multiple` positions make one."""
    return [start * multiple for start in starts(length // multiple, tile // multiple, overlap // multiple)]


def _slice(start: float, length: int) -> slice:
    return slice(round(start), round(start) + length)


def _fade(length: int, overlap: int, before: bool, after: bool) -> Tensor:
    """Weights (length,): 1, rising from the edge where there is a tile `before`, falling where there is one
    `after`; nowhere 0. What lies near an edge was seen without its surroundings and counts least."""
    at = torch.arange(length) + 0.5
    if not overlap:
        return torch.ones(length)
    rising = at / overlap if before else torch.full_like(at, torch.inf)
    falling = at.flip(0) / overlap if after else torch.full_like(at, torch.inf)
    # The outer quarter counts almost nothing, the inner one almost fully.
    return torch.minimum(rising, falling).sub(0.5).mul(2).add(0.5).clamp(1e-4, 1)


def _up(decoder: Any, given: Tensor) -> Tensor:
    for block in decoder.up_blocks:
        given = block(given)
    shown: Tensor = decoder.conv_out(decoder.conv_act(decoder.conv_norm_out(given)))
    return shown


def _down(encoder: Any, given: Tensor) -> Tensor:
    given = encoder.conv_in(given)
    for block in encoder.down_blocks:
        given = block(given)
    return given


@contextmanager
def _shared_statistics(model: nn.Module) -> Iterator[Callable[[], None]]:
    """Within the block each group norm uses the mean and variance over all tiles of the last round, instead
    of those of the tile. The function given ends a round."""
    norms = [each for each in model.modules() if isinstance(each, nn.GroupNorm)]
    shared = [_Statistics(norm) for norm in norms]

    def settle() -> None:
        for each in shared:
            each.settle()

    try:
        for norm, each in zip(norms, shared, strict=True):
            norm.forward = each  # type: ignore[method-assign, assignment]
        yield settle
    finally:
        for norm in norms:
            norm.__dict__.pop("forward", None)


class _Statistics:
    """A group norm that gathers, and normalises by what it gathered in the round before; in the first round
    by what it is given."""

    def __init__(self, norm: nn.GroupNorm) -> None:
        self.norm = norm
        self.settled: tuple[Tensor, Tensor] | None = None
        self._begin()

    def __call__(self, given: Tensor) -> Tensor:
        norm = self.norm
        self._gather(given)
        if self.settled is None:
            return F.group_norm(given, norm.num_groups, norm.weight, norm.bias, norm.eps)
        scale, shift = (vector.to(given.dtype)[:, None, None] for vector in self.settled)
        return torch.addcmul(shift, given, scale)

    def settle(self) -> None:
        """From now on by what was gathered; a norm that no tile goes through stays as it is."""
        if not self.count:
            return
        mean = self.sum / self.count
        spread = (self.squares / self.count - mean.square() + self.norm.eps).rsqrt()
        each = self.norm.num_channels // self.norm.num_groups
        scale = self.norm.weight.double() * spread.repeat_interleave(each)
        self.settled = scale, self.norm.bias.double() - mean.repeat_interleave(each) * scale
        self._begin()

    def _begin(self) -> None:
        self.count = 0
        self.sum = self.squares = torch.zeros((), device=self.norm.weight.device)

    def _gather(self, given: Tensor) -> None:
        """Sums in double precision: a variance is a small difference of two of them."""
        groups = given.unflatten(1, (self.norm.num_groups, -1)).flatten(2)
        self.sum = self.sum + groups.sum(dim=(0, 2), dtype=torch.float64)
        norms = torch.linalg.vector_norm(groups, dim=(0, 2), dtype=torch.float32).double()
        self.squares = self.squares + norms.square()
        self.count += groups[:, 0].numel()
