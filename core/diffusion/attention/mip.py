"""Several subjects without mixing: MIP-Adapter's object relevance, arXiv 2409.17920 §3.2.

Z_new = Z_text + Σ_i w_i ⊙ λ_i Z_i, with w_i from A_i = (1/S_i) Σ_j Softmax_over_positions(K_i,text
Qᵀ/√d)[j], mean over heads; K_i,text is the layer's own text W_k applied to the words of subject i. Four
ways to get w_i: relevance-mean A_i / mean(A_i) (the paper), relevance-across A_i / Σ_j A_j (its code),
relevance-trained f ⊙ A_i / Σ_j A_j with f = sigmoid(Linear(Z_text)) / mean over positions (its published
weights, `text_to_weight`), uniform 1. A region the user drew multiplies any of them.

However many subjects there are, each layer does the same number of matrix products: Q·[K_1 … K_M], a
softmax within each subject's tokens, times w, and one product with [V_1 … V_M]. Shapes as in `ip_adapter`;
S rows of relevance text in all. In the unconditional rows of guidance a subject's words are those of an
empty prompt, as many as the subject has, so all of it is one computation.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from core.diffusion.attention.frame import TextProjection, added, join_heads, split_heads, text_only
from core.diffusion.attention.ip_adapter import References
from core.diffusion.attention.regions import Regions
from core.spec import Merging


@dataclass(frozen=True)
class RelevanceText:
    """The words the subjects are known by. `states`: (B, S, D) text states; `pool`: (B, M, S), 1/S_i at
    the rows of subject i and 0 elsewhere."""

    states: Tensor
    pool: Tensor

    def halves(self) -> "tuple[RelevanceText, RelevanceText]":
        """The unconditional rows and the conditional ones."""
        states, pool = self.states.chunk(2), self.pool.chunk(2)
        return RelevanceText(states[0], pool[0]), RelevanceText(states[1], pool[1])


class Relevance:
    """One layer's A_i. `project`: where its text keys come from when not from `to_k`."""

    def __init__(
        self, text: RelevanceText, to_k: torch.nn.Module, heads: int, project: TextProjection | None = None
    ) -> None:
        keys = to_k(text.states) if project is None else project(text.states)[0]
        key = split_heads(keys, heads).float()  # (B, H, S, d)
        self.key = key / key.shape[-1] ** 0.5
        # The mean over heads is part of the pooling product.
        self.pool = (text.pool.float() / heads).repeat(1, 1, heads)  # (B, M, H·S)

    def __call__(self, query: Tensor) -> Tensor:
        """(B, H, P, d) → A (B, M, P) in fp32: A ≈ 1/P underflows in half precision."""
        scores = self.key @ query.float().transpose(-1, -2)  # (B, H, S, P)
        return self.pool @ scores.softmax(dim=-1).flatten(1, 2)


def weights(relevance: Tensor, merging: Merging) -> Tensor:
    """w (B, M, P) from A (B, M, P), without f and regions."""
    if merging == "relevance-mean":
        # A is a mean of softmaxes over positions, so mean(A) = 1/P.
        return relevance * relevance.shape[-1]
    if merging == "uniform":
        return torch.ones_like(relevance)
    return relevance / relevance.sum(dim=1, keepdim=True).clamp_min(torch.finfo(relevance.dtype).tiny)


def text_weight(z: Tensor, text_to_weight: Tensor) -> Tensor:
    """f (B, 1, P) in fp32 from Z_text (B, H, P, d) and the trained row (1, C)."""
    f = F.linear(join_heads(z).float(), text_to_weight.float()).sigmoid()  # (B, P, 1)
    return (f / f.mean(dim=1, keepdim=True)).transpose(1, 2)


@dataclass(frozen=True)
class Weighting:
    """w of one layer. Without any of its parts every subject counts the same everywhere."""

    merging: Merging = "uniform"
    relevance: Relevance | None = None
    text_to_weight: Tensor | None = None
    regions: Regions | None = None

    @property
    def even(self) -> bool:
        """Every subject counts the same everywhere."""
        return self.relevance is None and self.regions is None

    def __call__(self, query: Tensor, z: Tensor | None = None) -> Tensor | None:
        """w (B, M, P) in fp32, or None for 1 everywhere; f is left out without `z`, which is Z_text."""
        w = None if self.relevance is None else weights(self.relevance(query), self.merging)
        if w is not None and self.text_to_weight is not None and z is not None:
            w = w * text_weight(z, self.text_to_weight)
        if self.regions is None:
            return w
        region = self.regions.at(query.shape[2])
        return region if w is None else w * region


class MergedAttention:
    """Several subjects, or one that does not count the same everywhere."""

    def __init__(self, references: References, weighting: Weighting) -> None:
        self.references, self.weighting = references, weighting
        self._scaled_key = references.key / references.key.shape[-1] ** 0.5

    def __call__(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        z = text_only(query, key, value)
        if self.references.strength.scale is None:
            return z
        w = self.weighting(query, z)
        return added(z, self._attend(query, w) @ self.references.scaled_value())

    def _attend(self, query: Tensor, w: Tensor | None) -> Tensor:
        """The weighted attention to every subject's tokens, (B, H, P, M·T)."""
        scores = query @ self._scaled_key.transpose(-1, -2)
        if self.references.bias is not None:
            scores = scores + self.references.bias
        each = scores.unflatten(-1, (self.references.subjects, -1)).softmax(dim=-1)  # (B, H, P, M, T)
        if w is not None:
            w = w.to(each.dtype).transpose(1, 2)[:, None, :, :, None]
            each = each * w if each.requires_grad or w.requires_grad else each.mul_(w)
        return each.flatten(-2)
