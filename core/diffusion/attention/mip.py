"""Several subjects without mixing: MIP-Adapter's object relevance, arXiv 2409.17920 §3.2.

Z_new = Z_text + Σ_i w_i ⊙ λ_i Z_i, with w_i from A_i = (1/S_i) Σ_j Softmax_over_positions(K_i,text
Qᵀ/√d)[j], mean over heads; K_i,text is the layer's own text W_k applied to the words of subject i. Three
ways to get w_i: relevance-mean A_i / mean(A_i) (the paper), relevance-across A_i / Σ_j A_j (its code),
uniform 1.

However many subjects there are, each layer does the same number of matrix products: Q·[K_1 … K_M], a
softmax within each subject's tokens, times w, and one product with [V_1 … V_M]. Shapes as in `ip_adapter`;
S rows of relevance text in all, N rows of pictures.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from core.diffusion.attention.frame import split_heads, text_only
from core.diffusion.attention.ip_adapter import References
from core.spec import Merging


@dataclass(frozen=True)
class RelevanceText:
    """The words the subjects are known by. `states`: (N, S, D) text states; `pool`: (N, M, S), 1/S_i at
    the rows of subject i and 0 elsewhere."""

    states: Tensor
    pool: Tensor


class Relevance:
    """One layer's A_i for the conditional rows."""

    def __init__(self, text: RelevanceText, to_k: torch.nn.Module, heads: int) -> None:
        key = split_heads(to_k(text.states), heads).float()  # (N, H, S, d)
        self.key = key / key.shape[-1] ** 0.5
        # The mean over heads is part of the pooling product.
        self.pool = (text.pool.float() / heads).repeat(1, 1, heads)  # (N, M, H·S)

    def __call__(self, query: Tensor) -> Tensor:
        """(N, H, P, d) → A (N, M, P) in fp32: A ≈ 1/P underflows in half precision."""
        scores = self.key @ query.float().transpose(-1, -2)  # (N, H, S, P)
        return self.pool @ scores.softmax(dim=-1).flatten(1, 2)


def weights(relevance: Tensor, merging: Merging) -> Tensor:
    """w (N, M, P) from A (N, M, P)."""
    if merging == "relevance-mean":
        # A is a mean of softmaxes over positions, so mean(A) = 1/P.
        return relevance * relevance.shape[-1]
    if merging == "relevance-across":
        return relevance / relevance.sum(dim=1, keepdim=True).clamp_min(torch.finfo(relevance.dtype).tiny)
    return torch.ones_like(relevance)


class MergedAttention:
    """Several subjects. The unconditional rows know no subject: there each w_i is the mean of what the
    conditional rows have (1, or 1/M for relevance-across), so both halves of guidance carry the same
    amount of image."""

    def __init__(
        self, references: References, relevance: Relevance | None, merging: Merging, unconditional: int
    ):
        self.references, self.relevance, self.merging = references, relevance, merging
        self.unconditional = unconditional
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
            w = self._weights(query).to(each.dtype)
            each = each.mul_(w.transpose(1, 2)[:, None, :, :, None])
        return each.flatten(-2)

    def _weights(self, query: Tensor) -> Tensor:
        """w for all rows, (B, M, P)."""
        assert self.relevance is not None
        w = weights(self.relevance(query[self.unconditional :]), self.merging)
        mean = 1 / self.references.subjects if self.merging == "relevance-across" else 1.0
        return F.pad(w, (0, 0, 0, 0, self.unconditional, 0), value=mean)
