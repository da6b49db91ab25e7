"""Decoupled cross-attention of IP-Adapter, arXiv 2308.06721 eq. 5: Z_new = Attention(Q, K, V) + λ ·
Attention(Q, K', V').

K' = c_i W'_k and V' = c_i W'_v do not change over the steps, so they are computed once for a batch of
pictures. Shapes: B rows (with classifier-free guidance the N unconditional ones first), H heads, P
positions, M subjects, T image tokens of one subject, d = C / H.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from core.diffusion.attention.frame import added, split_heads, text_only


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


@dataclass(frozen=True)
class ImageTokens:
    """`states` (B, M, T, D). Subjects with fewer tokens than T are filled up; `filling` (B, M, T) is true at
    those, and None where there are none."""

    states: Tensor
    filling: Tensor | None = None

    def halves(self) -> "tuple[ImageTokens, ImageTokens]":
        """The unconditional rows and the conditional ones."""
        states = self.states.chunk(2)
        filling = (None, None) if self.filling is None else self.filling.chunk(2)
        return ImageTokens(states[0], filling[0]), ImageTokens(states[1], filling[1])


class References:
    """The keys and values of all subjects' image tokens in one layer, and their strength. `factor`
    multiplies every λ in this layer."""

    def __init__(
        self, tokens: ImageTokens, weights: Projections, heads: int, strength: Strength, factor: float = 1.0
    ) -> None:
        self.subjects, self.strength, self.factor = tokens.states.shape[1], strength, factor
        flat = tokens.states.flatten(1, 2)
        self.key = split_heads(F.linear(flat, weights.key), heads).contiguous()  # (B, H, M·T, d)
        self.value = split_heads(F.linear(flat, weights.value), heads).contiguous()  # (B, H, M·T, d)
        self.bias = _bias(tokens.filling, self.key.dtype)
        self._scaled_for: Tensor | None = None
        self._scaled = self.value

    def scaled_value(self) -> Tensor:
        """λ V': the strength is folded into the values, once for each step window. (B, H, M·T, d)."""
        scale = self.strength.scale
        if scale is not None and scale is not self._scaled_for:
            tokens = self.value.shape[2] // self.subjects
            factor = (scale * self.factor).repeat_interleave(tokens, dim=1)[:, None, :, None]
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
        image = F.scaled_dot_product_attention(
            query, self.references.key, self.references.scaled_value(), attn_mask=self.references.bias
        )
        return added(z, image)


def layer_projections(state: Mapping[str, Tensor], index: int) -> Projections:
    """Layer `index` of an adapter's tensors."""
    return Projections(
        state[f"ip_adapter.{index}.to_k_ip.weight"], state[f"ip_adapter.{index}.to_v_ip.weight"]
    )


def _bias(filling: Tensor | None, dtype: torch.dtype) -> Tensor | None:
    """What keeps attention off the filling: (B, 1, 1, M·T), −∞ there and 0 elsewhere."""
    if filling is None:
        return None
    bias = torch.zeros(filling.shape, dtype=dtype, device=filling.device)
    return bias.masked_fill_(filling, float("-inf")).flatten(1, 2)[:, None, None, :]
