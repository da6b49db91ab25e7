"""From features of a reference to image tokens: the projections of IP-Adapter's public files (arXiv
2308.06721 §3.2, and its FaceID files). Every size is read from the tensors' shapes.

Each is called with the features that `core.methods.FEATURES` names for its layout, as keywords, and gives
(B, T, C) tokens.
"""

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.adapters import AdapterInfo
from core.errors import KnownError
from core.methods import Layout

Shapes = Mapping[str, tuple[int, ...]]

DIM_HEAD = 64
"""Of every public file; nothing in a file tells it."""


class GlobalProjection(nn.Module):
    """Pooled image embedding (B, E) → (B, T, C) tokens: one linear layer, then LayerNorm."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        rows, features = shapes["proj.weight"]
        self.width = shapes["norm.weight"][0]
        self.proj = nn.Linear(features, rows)
        self.norm = nn.LayerNorm(self.width)

    def forward(self, pooled: Tensor) -> Tensor:
        return self.norm(self.proj(pooled).unflatten(-1, (-1, self.width)))


class FullFaceProjection(nn.Module):
    """Patch states (B, L, E) → as many tokens (B, L, C): a two-layer MLP, then LayerNorm."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        self.width = shapes["proj.3.weight"][0]
        self.proj = nn.Sequential(*_mlp(shapes), nn.LayerNorm(self.width))

    def forward(self, patches: Tensor) -> Tensor:
        return self.proj(patches)


class PerceiverAttention(nn.Module):
    """Latents read the features and themselves."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        if inner % DIM_HEAD:
            raise ValueError(f"{inner} columns do not make heads of {DIM_HEAD}")
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
        return states.unflatten(-1, (-1, DIM_HEAD)).transpose(1, 2)


class Perceiver(nn.Module):
    """Latents (B, T, D) read patch states (B, L, E), layer after layer → (B, T, C)."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        inner, hidden = shapes["layers.0.0.to_q.weight"][0], shapes["layers.0.1.1.weight"][0]
        depth = len({key.split(".")[1] for key in shapes if key.startswith("layers.")})
        (inside, features), self.width = shapes["proj_in.weight"], shapes["proj_out.weight"][0]
        self.proj_in = nn.Linear(features, inside)
        self.proj_out = nn.Linear(inside, self.width)
        self.norm_out = nn.LayerNorm(self.width)
        self.layers = nn.ModuleList(
            nn.ModuleList([PerceiverAttention(inside, inner), _feed_forward(inside, hidden)])
            for _ in range(depth)
        )

    def read(self, patches: Tensor, latents: Tensor) -> Tensor:
        features = self.proj_in(patches)
        for layer in self.layers:
            attention, feed_forward = layer.children()
            latents = latents + attention(features, latents)
            latents = latents + feed_forward(latents)
        return self.norm_out(self.proj_out(latents))


class Resampler(Perceiver):
    """Patch states (B, L, E) → (B, T, C) tokens, from latents that were learned."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__(shapes)
        self.latents = nn.Parameter(torch.zeros(shapes["latents"]))

    def forward(self, patches: Tensor) -> Tensor:
        return self.read(patches, self.latents.expand(len(patches), -1, -1))


class FaceTokens(nn.Module):
    """What FaceID's projections share: a two-layer MLP, then LayerNorm."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        self.width = shapes["norm.weight"][0]
        self.proj = nn.Sequential(*_mlp(shapes))
        self.norm = nn.LayerNorm(self.width)

    def tokens(self, face: Tensor) -> Tensor:
        """Face embedding (B, E) → x (B, T, C)."""
        return self.norm(self.proj(face).unflatten(-1, (-1, self.width)))


class FaceIdProjection(FaceTokens):
    """x."""

    def forward(self, face: Tensor) -> Tensor:
        return self.tokens(face)


class FaceIdPlusProjection(FaceTokens):
    """x reads the patch states of the aligned face: out = Perceiver(patches, x)."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__(shapes)
        inner = "perceiver_resampler."
        self.perceiver_resampler = Perceiver(
            {key.removeprefix(inner): shape for key, shape in shapes.items() if key.startswith(inner)}
        )
        if {self.perceiver_resampler.width, self.perceiver_resampler.proj_in.out_features} != {self.width}:
            raise ValueError("its two parts have tokens of different widths")

    def forward(self, face: Tensor, patches: Tensor) -> Tensor:
        return self.perceiver_resampler.read(patches, self.tokens(face))


class FaceIdPlusV2Projection(FaceIdPlusProjection):
    """PlusV2's shortcut keeps the face's own tokens: x + s · out."""

    def forward(self, face: Tensor, patches: Tensor, s_scale: float = 1.0) -> Tensor:
        x = self.tokens(face)
        return x + s_scale * self.perceiver_resampler.read(patches, x)


PROJECTIONS: Mapping[Layout, Callable[[Shapes], nn.Module]] = {
    "ip-adapter": GlobalProjection,
    "ip-adapter-plus": Resampler,
    "ip-adapter-full-face": FullFaceProjection,
    "ip-adapter-faceid": FaceIdProjection,
    "ip-adapter-faceid-plus": FaceIdPlusProjection,
    "ip-adapter-faceid-plusv2": FaceIdPlusV2Projection,
    "mip-adapter": GlobalProjection,
    "mip-adapter-plus": Resampler,
}


def build(adapter: AdapterInfo, state: Mapping[str, Tensor]) -> nn.Module:
    """The projection of an adapter file's `image_proj.` tensors, which it shares. Raises KnownError when they
    are not those of the adapter's layout."""
    prefix = "image_proj."
    own = {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
    shapes = {key: tuple(tensor.shape) for key, tensor in own.items()}
    projection = _empty(adapter, shapes)
    _check(adapter, {key: tuple(tensor.shape) for key, tensor in projection.state_dict().items()}, shapes)
    projection.load_state_dict(own, assign=True)
    return projection.eval().requires_grad_(False)


def _empty(adapter: AdapterInfo, shapes: Shapes) -> nn.Module:
    """On no device at all: whatever sizes a damaged file states, they take no memory."""
    try:
        with torch.device("meta"):
            projection = PROJECTIONS[adapter.layout](shapes)
    except KeyError as error:
        raise _misfit(adapter, f"{error.args[0]} is missing") from error
    except (IndexError, ValueError, RuntimeError) as error:
        raise _misfit(adapter, str(error)) from error
    width = projection.width
    if width != adapter.width:
        raise _misfit(adapter, f"its tokens are {width} wide, expected {adapter.width}")
    return projection


def _check(adapter: AdapterInfo, expected: Shapes, found: Shapes) -> None:
    wrong = [f"{key} is missing" for key in expected if key not in found]
    wrong += [f"{key} is unknown" for key in found if key not in expected]
    wrong += [
        f"{key} is {_sides(found[key])}, expected {_sides(shape)}"
        for key, shape in expected.items()
        if found.get(key, shape) != shape
    ]
    if wrong:
        raise _misfit(adapter, ", ".join(wrong[:4]))


def _misfit(adapter: AdapterInfo, why: str) -> KnownError:
    return KnownError(f"{adapter.path.name} is damaged: its projection is no {adapter.layout} one ({why}).")


def _sides(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "one number"


def _mlp(shapes: Shapes) -> list[nn.Module]:
    (hidden, features), (rows, _) = shapes["proj.0.weight"], shapes["proj.2.weight"]
    return [nn.Linear(features, hidden), nn.GELU(), nn.Linear(hidden, rows)]


def _feed_forward(width: int, hidden: int) -> nn.Sequential:
    return nn.Sequential(
        nn.LayerNorm(width),
        nn.Linear(width, hidden, bias=False),
        nn.GELU(),
        nn.Linear(hidden, width, bias=False),
    )
