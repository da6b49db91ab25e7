"""FastComposer's losses, arXiv 2305.10431 §4.2 and §5.1.

L = L_noise + λ L_loc, L_loc = (1/m) Σ_j [mean(A_{i_j}[m̄_j]) − mean(A_{i_j}[m_j])]: A_{i_j} is the
cross-attention's map of subject j's token over the picture, m_j its mask, m̄_j what is outside of it, m how
many subjects the picture has. Shapes: B pictures, M places for subjects, P positions of a layer.
"""

import torch
from torch import Tensor


def localisation(maps: Tensor, masks: Tensor, present: Tensor) -> Tensor:
    """L_loc of one layer, the mean over the pictures that have a subject; 0 when none has.

    `maps` A (B, M, P), `masks` (B, M, P) in [0, 1], a position counting by how much of it is inside;
    `present` (B, M). A mask that is empty, or fills the picture, has nothing to mean on that side: 0."""
    maps, masks = maps.float(), masks.float()
    inside, outside = _mean_where(maps, masks), _mean_where(maps, 1 - masks)
    weight = present.float()
    m = weight.sum(1)
    each = ((outside - inside) * weight).sum(1) / m.clamp_min(1)
    return each.sum() / (m > 0).sum().clamp_min(1)


def masked_denoising(said: Tensor, target: Tensor, masks: Tensor, masked: Tensor) -> Tensor:
    """L_noise: the mean over (B, C, h, w) of (said − target)², which for the pictures `masked` (B,) counts
    only inside of any subject's mask: mean (m ⊙ (ε − ε_θ))², divided by all positions as in the reference
    code. `masks` (B, M, h, w) in [0, 1]. A picture without any mask counts whole."""
    union = masks.amax(1, keepdim=True)  # (B, 1, h, w)
    whole = ~masked | (union.flatten(1).amax(1) == 0)
    weight = torch.where(whole[:, None, None, None], torch.ones_like(union), union)
    return (weight * (said.float() - target.float())).square().mean()


def _mean_where(maps: Tensor, weight: Tensor) -> Tensor:
    total = weight.sum(-1)
    return torch.where(total > 0, (maps * weight).sum(-1) / total.clamp_min(1e-6), 0.0)
