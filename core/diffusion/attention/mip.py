"""Several subjects without mixing: MIP-Adapter's object relevance, arXiv 2409.17920 §3.2.

Z_new = Z_text + Σ_i w_i ⊙ λ_i Z_i, with w_i from A_i = (1/S_i) Σ_j Softmax_over_positions(K_i,text
Qᵀ/√d)[j], mean over heads; K_i,text is the layer's own text W_k applied to the words of subject i. Three
ways to get w_i: relevance-mean A_i / mean(A_i) (the paper), relevance-across A_i / Σ_j A_j (its code),
uniform 1.

However many subjects there are, each layer does the same number of matrix products: Q·[K_1 … K_M], a
softmax within each subject's tokens, times w, and one product with [V_1 … V_M]. Shapes as in `ip_adapter`;
S rows of relevance text in all. In the unconditional rows of guidance a subject's words are those of an
empty prompt, as many as the subject has, so all of it is one computation.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.diffusion.attention.frame import split_heads, text_only
from core.diffusion.attention.ip_adapter import References
from core.spec import Merging


@dataclass(frozen=True)
class RelevanceText:
    """The words the subjects are known by. `states`: (B, S, D) text states; `pool`: (B, M, S), 1/S_i at
    the rows of subject i and 0 elsewhere."""

    states: Tensor
    pool: Tensor


class Relevance:
    """One layer's A_i."""

    def __init__(self, text: RelevanceText, to_k: torch.nn.Module, heads: int) -> None:
        key = split_heads(to_k(text.states), heads).float()  # (B, H, S, d)
        self.key = key / key.shape[-1] ** 0.5
        # The mean over heads is part of the pooling product.
        self.pool = (text.pool.float() / heads).repeat(1, 1, heads)  # (B, M, H·S)

    def __call__(self, query: Tensor) -> Tensor:
        """(B, H, P, d) → A (B, M, P) in fp32: A ≈ 1/P underflows in half precision."""
        scores = self.key @ query.float().transpose(-1, -2)  # (B, H, S, P)
        return self.pool @ scores.softmax(dim=-1).flatten(1, 2)


def weights(relevance: Tensor, merging: Merging) -> Tensor:
    """w (B, M, P) from A (B, M, P)."""
    if merging == "relevance-mean":
        # A is a mean of softmaxes over positions, so mean(A) = 1/P.
        return relevance * relevance.shape[-1]
    if merging == "relevance-across":
        return relevance / relevance.sum(dim=1, keepdim=True).clamp_min(torch.finfo(relevance.dtype).tiny)
    return torch.ones_like(relevance)


class MergedAttention:
    """Several subjects; without `relevance` each counts the same everywhere."""

    def __init__(self, references: References, relevance: Relevance | None, merging: Merging) -> None:
        self.references, self.relevance, self.merging = references, relevance, merging
        self._scaled_key = references.key / references.key.shape[-1] ** 0.5

    def __call__(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        z = text_only(query, key, value)
        if self.references.strength.scale is None:
            return z
        return z.add_(self._attend(query) @ self.references.scaled_value())

    def _attend(self, query: Tensor) -> Tensor:
        """The weighted attention to every subject's tokens, (B, H, P, M·T)."""
        scores = query @ self._scaled_key.transpose(-1, -2)
        each = scores.unflatten(-1, (self.references.subjects, -1)).softmax(dim=-1)  # (B, H, P, M, T)
        if self.relevance is not None:
            w = weights(self.relevance(query), self.merging).to(each.dtype)  # (B, M, P)
            each = each.mul_(w.transpose(1, 2)[:, None, :, :, None])
        return each.flatten(-2)
