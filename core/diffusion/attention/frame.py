"""The one attention processor of this program, with two holes: `mix`, and where the text's keys and values
come from. Nothing else knows diffusers' processor protocol."""

from collections.abc import Callable
from typing import Any

import torch.nn.functional as F
from torch import Tensor

Mix = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(query (B, H, P, d), text key (B, H, L, d), text value (B, H, L, d)) → (B, H, P, d)."""

TextProjection = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Text states (B, L, D) → keys and values (B, L, C)."""


class Frame:
    """Splits heads, calls `mix`, joins heads. The text's keys and values do not change while the same text
    states come in: they are kept. `project` stands in for the layer's own W_k and W_v."""

    def __init__(self, mix: Mix, project: TextProjection | None = None) -> None:
        self.mix, self.project = mix, project
        self._states: Tensor | None = None
        self._keys_values: tuple[Tensor, Tensor] | None = None

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor,
        attention_mask: None = None,
        **_: Any,
    ) -> Tensor:
        """`hidden_states` (B, P, C), `encoder_hidden_states` (B, L, D) → (B, P, C)."""
        query = split_heads(attn.to_q(hidden_states), attn.heads)
        mixed = self.mix(query, *self._text(attn, encoder_hidden_states))
        return attn.to_out[1](attn.to_out[0](join_heads(mixed)))

    def _text(self, attn: Any, states: Tensor) -> tuple[Tensor, Tensor]:
        if self._keys_values is None or states is not self._states:
            own = (attn.to_k(states), attn.to_v(states)) if self.project is None else self.project(states)
            self._states = states
            self._keys_values = (split_heads(own[0], attn.heads), split_heads(own[1], attn.heads))
        return self._keys_values


def text_only(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """The base model's own cross-attention: Softmax(Q Kᵀ/√d) V."""
    return F.scaled_dot_product_attention(query, key, value)


def added(z: Tensor, other: Tensor) -> Tensor:
    """z + other: in z's own memory, unless its gradient is wanted."""
    return z + other if z.requires_grad or other.requires_grad else z.add_(other)


def split_heads(states: Tensor, heads: int) -> Tensor:
    """(B, L, H·d) → (B, H, L, d)."""
    return states.unflatten(-1, (heads, -1)).transpose(1, 2)


def join_heads(states: Tensor) -> Tensor:
    """(B, H, L, d) → (B, L, H·d)."""
    return states.transpose(1, 2).flatten(2)
