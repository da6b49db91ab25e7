"""From an image encoder's features to image tokens: the two projections of IP-Adapter's public files
(arXiv 2308.06721 §3.2; the fine-grained one is a Perceiver resampler)."""

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.adapters import AdapterInfo


class GlobalProjection(nn.Module):
    """Pooled image embedding (B, E) → (B, T, C) tokens: one linear layer, then LayerNorm."""

    def __init__(self, features: int, tokens: int, width: int) -> None:
        super().__init__()
        self.tokens = tokens
        self.proj = nn.Linear(features, tokens * width)
        self.norm = nn.LayerNorm(width)

    def forward(self, embedding: Tensor) -> Tensor:
        return self.norm(self.proj(embedding).unflatten(-1, (self.tokens, -1)))


class PerceiverAttention(nn.Module):
    """Learned latents read the features and themselves."""

    def __init__(self, width: int, inner: int, dim_head: int) -> None:
        super().__init__()
        self.dim_head = dim_head
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.to_q = nn.Linear(width, inner, bias=False)
        self.to_kv = nn.Linear(width, inner * 2, bias=False)
        self.to_out = nn.Linear(inner, width, bias=False)

    def forward(self, features: Tensor, latents: Tensor) -> Tensor:
        latents = self.norm2(latents)
        key, value = self.to_kv(torch.cat([self.norm1(features), latents], dim=1)).chunk(2, dim=-1)
        query = self._split(self.to_q(latents))
        read = F.scaled_dot_product_attention(query, self._split(key), self._split(value))
        return self.to_out(read.transpose(1, 2).flatten(2))

    def _split(self, states: Tensor) -> Tensor:
        return states.unflatten(-1, (-1, self.dim_head)).transpose(1, 2)


class Resampler(nn.Module):
    """Patch features (B, L, E) → (B, T, C) tokens."""

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], dim_head: int = 64) -> None:
        super().__init__()
        _, tokens, width = shapes["latents"]
        inner, hidden = shapes["layers.0.0.to_q.weight"][0], shapes["layers.0.1.1.weight"][0]
        depth = 1 + max(int(key.split(".")[1]) for key in shapes if key.startswith("layers."))
        self.latents = nn.Parameter(torch.zeros(1, tokens, width))
        self.proj_in = nn.Linear(shapes["proj_in.weight"][1], width)
        self.proj_out = nn.Linear(width, shapes["proj_out.weight"][0])
        self.norm_out = nn.LayerNorm(shapes["proj_out.weight"][0])
        self.layers = nn.ModuleList(
            nn.ModuleList([PerceiverAttention(width, inner, dim_head), _feed_forward(width, hidden)])
            for _ in range(depth)
        )

    def forward(self, features: Tensor) -> Tensor:
        features = self.proj_in(features)
        latents = self.latents.expand(len(features), -1, -1)
        for layer in self.layers:
            attention, feed_forward = layer.children()
            latents = latents + attention(features, latents)
            latents = latents + feed_forward(latents)
        return self.norm_out(self.proj_out(latents))


def build(adapter: AdapterInfo, state: Mapping[str, Tensor]) -> nn.Module:
    """The projection of an adapter file's `image_proj.` tensors, filled."""
    own = {
        key.removeprefix("image_proj."): tensor
        for key, tensor in state.items()
        if key.startswith("image_proj.")
    }
    if adapter.layout == "ip-adapter":
        projection: nn.Module = GlobalProjection(own["proj.weight"].shape[1], adapter.tokens, adapter.width)
    else:
        projection = Resampler({key: tuple(tensor.shape) for key, tensor in own.items()})
    projection.load_state_dict(own)
    return projection.to(dtype=own[next(iter(own))].dtype).eval()


def _feed_forward(width: int, hidden: int) -> nn.Sequential:
    return nn.Sequential(
        nn.LayerNorm(width),
        nn.Linear(width, hidden, bias=False),
        nn.GELU(),
        nn.Linear(hidden, width, bias=False),
    )
