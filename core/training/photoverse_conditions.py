"""What PhotoVerse's learning weights give the UNet's layers for a batch: the frames that render, made afresh
for every step (arXiv 2309.05793 §3.2). Shapes: B pictures, M places for subjects, m pseudo-words of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from core.diffusion.attention.attach import CrossLayer, cross_layers
from core.diffusion.attention.frame import Frame, Mix, TextProjection
from core.diffusion.attention.ip_adapter import DecoupledAttention, ImageTokens, References, Strength
from core.diffusion.attention.mip import MergedAttention, Relevance, RelevanceText, Weighting
from core.diffusion.attention.photoverse import layer_projections, text_projection
from core.diffusion.load import Loaded
from core.spec import Merging
from core.training import pseudo_rows
from core.training.batch import Words
from core.training.photoverse_weights import PhotoVerseWeights
from core.training.pseudo_rows import Rows


@dataclass(frozen=True)
class Fusion:
    """γ and σ (B,) of each picture; in those `dropped` (B,) neither words nor references are read."""

    gamma: Tensor
    sigma: Tensor
    dropped: Tensor


@dataclass(frozen=True)
class Asked:
    """Class tokens `layers` (B, M, N + 1, E) of the subjects' views and `nothing` (N + 1, E) of none;
    `present` (B, M). `merging`: how several subjects share a position."""

    words: Sequence[Words]
    layers: Tensor
    nothing: Tensor
    present: Tensor
    fusion: Fusion
    m: int
    merging: Merging


@dataclass(frozen=True)
class Conditions:
    """What the UNet reads and wears. `words`: S* (B, M, m, D); `values`: V^S of every layer."""

    states: Tensor
    frames: dict[str, Frame]
    words: Tensor
    values: list[Tensor]


@dataclass(frozen=True)
class Steady(Weighting):
    """The subjects' weights as they are when rendering, but learned from nothing: through them the image
    branch's loss would only make them peaked. Where one subject is `alone` (B,) it counts everywhere."""

    alone: Tensor | None = None

    def __call__(self, query: Tensor, z: Tensor | None = None) -> Tensor | None:
        with torch.autocast(query.device.type, enabled=False):
            w = super().__call__(query.detach(), z)
        if w is None or self.alone is None:
            return w
        return w.detach().masked_fill(self.alone[:, None, None], 1)


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
    branches = _Branches(weights, tokens, _relevance_text(states, rows, asked), asked)
    references = {layer: branches.references(layer) for layer in cross_layers(unet)}
    frames = {layer.name: branches.frame(layer, each) for layer, each in references.items()}
    return Conditions(states, frames, stars, [each.value for each in references.values()])


class _Branches:
    """The same for all layers of a step."""

    def __init__(
        self, weights: PhotoVerseWeights, tokens: ImageTokens, text: RelevanceText, asked: Asked
    ) -> None:
        self.state, self.tokens, self.text, self.asked = weights.state, tokens, text, asked
        self.strength = Strength(asked.fusion.sigma[:, None] * asked.present)

    def references(self, layer: CrossLayer) -> References:
        projections = layer_projections(self.state, layer.index)
        return References(self.tokens, projections, layer.attention.heads, self.strength)

    def frame(self, layer: CrossLayer, references: References) -> Frame:
        gamma = self.asked.fusion.gamma[:, None, None]
        project = text_projection(layer.attention, self.state, layer.index, 1.0, gamma)
        return Frame(self._mix(layer, references, project), project)

    def _mix(self, layer: CrossLayer, references: References, project: TextProjection) -> Mix:
        merging, present = self.asked.merging, self.asked.present
        if present.shape[1] == 1:
            return DecoupledAttention(references)
        if merging == "uniform":
            return MergedAttention(references, Weighting())
        relevance = Relevance(self.text, layer.attention.to_k, layer.attention.heads, project)
        return MergedAttention(references, Steady(merging, relevance, alone=present.sum(1) == 1))


def _relevance_text(states: Tensor, rows: Rows, asked: Asked) -> RelevanceText:
    """Each subject is known by its pseudo-words where they stand; where nothing is read, by as many rows of
    the empty caption."""
    pool = torch.zeros(*asked.present.shape, states.shape[1])
    empty = tuple(range(1, 1 + asked.m))
    for picture, (subjects, out) in enumerate(zip(rows.subjects, asked.fusion.dropped.tolist(), strict=True)):
        for subject in range(asked.present.shape[1]):
            own = empty if out else (subjects[subject] if subject < len(subjects) else ())
            for row in own:
                pool[picture, subject, row] = 1 / len(own)
    return RelevanceText(states.detach(), pool.to(states.device) * asked.present[..., None])
