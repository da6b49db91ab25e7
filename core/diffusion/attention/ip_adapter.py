"""Decoupled cross-attention of IP-Adapter, arXiv 2308.06721 eq. 5: Z_new = Attention(Q, K, V) + λ ·
Attention(Q, K', V').

K' = c_i W'_k and V' = c_i W'_v do not change over the steps, so they are computed once for a batch of
pictures. Shapes: B rows (with classifier-free guidance the N unconditional ones first), H heads, P
positions, M subjects, T image tokens of one subject, d = C / H.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor

from core.diffusion.attention.frame import split_heads, text_only


@dataclass
class Strength:
    """λ of every subject in every row at the present step, (B, M) in fp32; None while no reference acts.
    Shared by all layers; a new tensor stands for a new step window."""

    scale: Tensor | None = None


@dataclass(frozen=True)
class Projections:
    """W'_k and W'_v of one layer, (C, D) each."""

    key: Tensor
    value: Tensor


class References:
    """The keys and values of all subjects' image tokens in one layer, and their strength."""

    def __init__(self, tokens: Tensor, weights: Projections, heads: int, strength: Strength) -> None:
        """`tokens`: (B, M, T, D)."""
        self.subjects, self.strength = tokens.shape[1], strength
        flat = tokens.flatten(1, 2)
        self.key = split_heads(F.linear(flat, weights.key), heads).contiguous()  # (B, H, M·T, d)
        self.value = split_heads(F.linear(flat, weights.value), heads).contiguous()  # (B, H, M·T, d)
        self._scaled_for: Tensor | None = None
        self._scaled = self.value

    def scaled_value(self) -> Tensor:
        """λ V': the strength is folded into the values, once for each step window. (B, H, M·T, d)."""
        scale = self.strength.scale
        if scale is not None and scale is not self._scaled_for:
            tokens = self.value.shape[2] // self.subjects
            factor = scale.repeat_interleave(tokens, dim=1)[:, None, :, None]
            self._scaled, self._scaled_for = self.value * factor.to(self.value.dtype), scale
        return self._scaled


class DecoupledAttention:
    """One subject: text plus image attention with the same Q."""

    def __init__(self, references: References) -> None:
        self.references = references

    def __call__(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        z = text_only(query, key, value)
        if self.references.strength.scale is None:
            return z
        return z.add_(
            F.scaled_dot_product_attention(query, self.references.key, self.references.scaled_value())
        )


def layer_projections(state: Mapping[str, Tensor], index: int) -> Projections:
    """Layer `index` of an adapter's tensors."""
    return Projections(
        state[f"ip_adapter.{index}.to_k_ip.weight"], state[f"ip_adapter.{index}.to_v_ip.weight"]
    )
