"""PhotoVerse's dual-branch cross-attention, arXiv 2309.05793 §3.2: O = γ Attn(Q, K^T, V^T) + σ Attn(Q, K^S,
V^S).

K^T = (W_k + α B A) p and V^T likewise: p are the text states, B A a LoRA on the layer's own weights. K^S =
W_k^S f and V^S = W_v^S f: f are the image tokens. This file gives the keys and values, γ folded into V^T. The
two branches are added up as IP-Adapter's and MIP-Adapter's are, σ as a part of λ.
"""

from collections.abc import Mapping
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from core.diffusion.attention.frame import TextProjection
from core.diffusion.attention.ip_adapter import Projections


def text_projection(
    attn: Any, state: Mapping[str, Tensor], index: int, alpha: float, gamma: float | Tensor = 1.0
) -> TextProjection:
    """p (B, L, D) → K^T, γ V^T (B, L, C) of layer `index`. α = 0 and γ = 1 give the bare layer's, bit for
    bit. A tensor γ (B, 1, 1) is each row's own, as training draws it."""

    def project(p: Tensor) -> tuple[Tensor, Tensor]:
        key = _adapted(attn.to_k, state, f"text_lora.{index}.to_k", alpha, p)
        value = _adapted(attn.to_v, state, f"text_lora.{index}.to_v", alpha, p)
        alike = not isinstance(gamma, Tensor) and gamma == 1
        return key, value if alike else gamma * value

    return project


def layer_projections(state: Mapping[str, Tensor], index: int) -> Projections:
    """W_k^S and W_v^S of layer `index`."""
    return Projections(state[f"visual.{index}.to_k.weight"], state[f"visual.{index}.to_v.weight"])


def _adapted(layer: nn.Module, state: Mapping[str, Tensor], name: str, alpha: float, p: Tensor) -> Tensor:
    """(W + α B A) p: `down` is A (r, D), `up` is B (C, r)."""
    plain: Tensor = layer(p)
    if alpha == 0:
        return plain
    low = F.linear(p, state[f"{name}.down.weight"])
    return plain + alpha * F.linear(low, state[f"{name}.up.weight"])
