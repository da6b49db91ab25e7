"""What PhotoVerse's learning weights give the UNet's layers for a batch: the frames that render, made afresh
for every step (arXiv 2309.05793 §3.2). Shapes: B pictures, M places for subjects, m pseudo-words of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from core.diffusion.attention.attach import cross_layers
from core.diffusion.attention.frame import Frame, Mix
from core.diffusion.attention.ip_adapter import DecoupledAttention, ImageTokens, References, Strength
from core.diffusion.attention.mip import MergedAttention, Weighting
from core.diffusion.attention.photoverse import layer_projections, text_projection
from core.diffusion.load import Loaded
from core.training.batch import Words
from core.training.parts import pseudo_rows
from core.training.parts.photoverse_weights import PhotoVerseWeights


@dataclass(frozen=True)
class Fusion:
    """γ and σ (B,) of each picture; in those `dropped` (B,) neither words nor references are read."""

    gamma: Tensor
    sigma: Tensor
    dropped: Tensor


@dataclass(frozen=True)
class Asked:
    """Class tokens `layers` (B, M, N + 1, E) of the subjects' views and `nothing` (N + 1, E) of none;
    `present` (B, M)."""

    words: Sequence[Words]
    layers: Tensor
    nothing: Tensor
    present: Tensor
    fusion: Fusion
    m: int


@dataclass(frozen=True)
class Conditions:
    """What the UNet reads and wears. `words`: S* (B, M, m, D); `values`: V^S of every layer."""

    states: Tensor
    frames: dict[str, Frame]
    words: Tensor
    values: list[Tensor]


def conditions(loaded: Loaded, unet: Any, weights: PhotoVerseWeights, asked: Asked) -> Conditions:
    """Both branches."""
    dropped = asked.fusion.dropped.tolist()
    white = weights.white(asked.layers.flatten(0, 1))
    stars = weights.pseudo_words(white, asked.m).unflatten(0, asked.present.shape)
    spoken = [Words("") if out else each for each, out in zip(asked.words, dropped, strict=True)]
    rows = pseudo_rows.rows(loaded, spoken, asked.present.tolist(), asked.m)
    states = pseudo_rows.encode(loaded, rows, stars)
    image = weights.adapters(white).unflatten(0, asked.present.shape)
    nothing = weights.adapters(weights.white(asked.nothing[None]))
    tokens = ImageTokens(torch.where(asked.fusion.dropped[:, None, None, None], nothing, image))
    strength = Strength(asked.fusion.sigma[:, None] * asked.present)
    gamma, state, frames, values = asked.fusion.gamma[:, None, None], weights.state, {}, []
    for layer in cross_layers(unet):
        projections = layer_projections(state, layer.index)
        references = References(tokens, projections, layer.attention.heads, strength)
        project = text_projection(layer.attention, state, layer.index, 1.0, gamma)
        frames[layer.name] = Frame(_mix(references), project)
        values.append(references.value)
    return Conditions(states, frames, stars, values)


def _mix(references: References) -> Mix:
    """Every subject counts the same everywhere, as PhotoVerse's pictures are made; who is absent has no
    strength."""
    if references.subjects == 1:
        return DecoupledAttention(references)
    return MergedAttention(references, Weighting())
