"""PhotoVerse's random fusion and its losses, arXiv 2309.05793 §3.2 and §3.3.

O = γ Attn(Q, K^T, V^T) + σ Attn(Q, K^S, V^S). u ~ U(0, 1): u < r1 → γ = 2, the text branch alone; r1 ≤ u < r2
→ σ = 2, the visual branch alone; else both with γ = σ = 1; r1 = 1/3, r2 = 2/3.

L = L_diffusion + λ_face L_face + λ_rt L_rt + λ_rv L_rv, L_face = 1 − C(f(x), f(x')), L_rt = mean |p_f|,
L_rv = mean |V^S|; λ_face = 0.01, λ_rt = 0.01, λ_rv = 0.001.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

R1, R2 = 1 / 3, 2 / 3


def random_fusion(u: Tensor, r1: float = R1, r2: float = R2) -> tuple[Tensor, Tensor]:
    """u (B,) → γ (B,), σ (B,)."""
    text, visual = u < r1, (u >= r1) & (u < r2)
    gamma = torch.where(text, 2.0, torch.where(visual, 0.0, 1.0))
    sigma = torch.where(visual, 2.0, torch.where(text, 0.0, 1.0))
    return gamma, sigma


def face(f: Tensor, f_predicted: Tensor) -> Tensor:
    """L_face of N faces, (N, E) each of unit length: 1 − the mean of their cosines; 0 for no face."""
    apart = 1 - (f.float() * f_predicted.float()).sum(-1)
    return apart.sum() / max(1, len(apart))


def text_regulariser(p_f: Tensor, present: Tensor) -> Tensor:
    """L_rt: mean |p_f| of the pseudo-words (B, M, m, D) of the subjects that are present (B, M)."""
    return _mean_size(p_f.flatten(2), present)


def visual_regulariser(values: Sequence[Tensor], present: Tensor) -> Tensor:
    """L_rv: mean |V^S| over layers, of each the values (B, H, M·T, d) of the subjects present (B, M)."""
    subjects = present.shape[1]
    layers = [
        _mean_size(value.unflatten(2, (subjects, -1)).transpose(1, 2).flatten(2), present) for value in values
    ]
    return torch.stack(layers).mean()


def _mean_size(each: Tensor, present: Tensor) -> Tensor:
    """(B, M, n) → the mean of absolute values where present."""
    return (each.float().abs().mean(-1) * present).sum() / present.sum().clamp_min(1)
