"""MIP-Adapter's relevance in training (arXiv 2409.17920 §3.2-3.3). The paper minimises the denoising loss
alone, through Z_new = Z_text + Σ_i w_i ⊙ Z_i. What trains f here is where the subjects truly are, by the form
of FastComposer's localisation loss (arXiv 2305.10431 eq. 5) on w_i in the place of attention maps."""

from torch import Tensor

LEAST = 1e-3
"""A subject that covers less of a layer's positions than this, or leaves less of them free, says nothing
about where it is."""


def localisation(weights: Tensor, masks: Tensor, present: Tensor) -> Tensor:
    """L_loc = (1/m) Σ_i [mean(w_i[m̄_i]) − mean(w_i[m_i])] over the m subjects of all pictures that are
    present and have an inside and an outside; 0 without any. `weights` w and `masks` (B, M, P), masks in
    [0, 1] counting by their share; `present` (B, M)."""
    inside, outside = masks, 1 - masks
    counts = present & (inside.mean(-1) > LEAST) & (outside.mean(-1) > LEAST)
    each = _mean(weights, outside) - _mean(weights, inside)
    return each.where(counts, 0).sum() / counts.sum().clamp_min(1)


def _mean(weights: Tensor, shares: Tensor) -> Tensor:
    return (weights * shares).sum(-1) / shares.sum(-1).clamp_min(LEAST)
