"""Portraits that reach beyond the photo they were cut from: rows repeated at the top and the bottom, masks
that run up along them, and heads that the photo's edge cut."""

import torch
from torch import Tensor

SAME = 1.2
"""Mean difference of two rows that are one row repeated and JPEG between them, in levels of 255."""
CUT_WIDTH, CUT_BELOW = 0.12, 0.2
"""A head wider than this at the photo's upper edge is cut; so is a body, with more repeated below (shares of
the portrait's side)."""


def mended(rgb: Tensor, person: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """From `rgb` (P, 3, s, s) and `person` (P, s, s): the masks without what runs up along repeated rows,
    which portraits (P,) show a whole head and enough of the body, and y of the photo's lower edge (P,)."""
    side = rgb.shape[-1]
    above, below = _repeated(rgb), _repeated(rgb.flip(2))
    rows = torch.arange(side, device=rgb.device)
    kept = person * (rows >= above[:, None])[..., None]
    widths = (person > 127).sum(-1).gather(1, above[:, None])[:, 0]
    return kept, (widths < CUT_WIDTH * side) & (below < CUT_BELOW * side), 1 - below * 2 / side


def _repeated(rgb: Tensor) -> Tensor:
    """How many rows from the top on are the same (P,); 0 for a portrait without any detail, which tells
    nothing."""
    # A few columns tell as much as all.
    few = rgb[..., ::4].to(torch.int16)
    steps = (few[:, :, 1:] - few[:, :, :-1]).abs().float().mean((1, 3))
    differs = steps > SAME
    return torch.where(differs.any(1), differs.float().argmax(1), 0)
