"""IP-Adapter (arXiv 2308.06721 §3.2): decoupled cross-attention on one image condition, global (4 tokens of
the pooled embedding) and plus (16 tokens of a resampler over the patches).

A picture of several subjects is shown one of them, with the whole caption: as in the paper, the image stands
beside the text and does not replace it. What the others look like is then left to the text.
"""

from dataclasses import replace
from typing import Annotated

import torch
from msgspec import Meta
from torch import Tensor, nn

from core.diffusion.attention.attach import CrossLayer, cross_layers
from core.diffusion.attention.frame import Mix
from core.diffusion.attention.ip_adapter import DecoupledAttention, References
from core.methods import Layout
from core.training.batch import Batch
from core.training.parts import adapters
from core.training.parts.adapters import ImageAdapter, ImageLayers, Values
from core.training.parts.reference_stage import Acting, Conditioned, ReferenceOptions, ReferenceStage

Count = Annotated[int, Meta(ge=1, le=64)]
OF_SUBJECTS, OF_VIEWS = ("present", "masks", "faces", "identities"), ("views", "view_masks")


class IpAdapterOptions(ReferenceOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`values`: what W'_v starts as; "text" is the paper's. `whitening`: the encoder's features are whitened
    before the first linear layer."""

    tokens: Count = 4
    values: Values = "zero"
    whitening: bool = True


class IpAdapterPlusOptions(IpAdapterOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`width` of the resampler's latents, a multiple of 64; 0 for that of the cross-attention. `depth`: its
    layers."""

    tokens: Count = 16
    width: Annotated[int, Meta(ge=0, multiple_of=64)] = 0
    depth: Count = 4


class IpAdapterStage(ReferenceStage):
    """The global one."""

    Options = IpAdapterOptions
    papers = ("2308.06721",)
    layout: Layout = "ip-adapter"

    def begin(self) -> ImageAdapter:
        layers = ImageLayers(cross_layers(self.unet), self.options.values)
        return ImageAdapter(self.layout, self.projection(), layers, self.options.whitening)

    def projection(self) -> nn.Module:
        return adapters.global_projection(self.loaded, self.options.tokens)

    def shown(self, batch: Batch, drawn: bool) -> Batch:
        return one_subject(batch, *(_drawn(batch) if drawn else _first(batch)))

    def act(self, given: Conditioned) -> Acting:
        return Acting(_decoupled)


class IpAdapterPlusStage(IpAdapterStage):
    """The fine-grained one."""

    Options = IpAdapterPlusOptions
    layout: Layout = "ip-adapter-plus"

    def projection(self) -> nn.Module:
        return adapters.resampler(self.loaded, self.options.tokens, self.options.width, self.options.depth)


def one_subject(batch: Batch, subject: Tensor, view: Tensor) -> Batch:
    """Of each picture one subject (B,) and one view of it (B,): M = R = 1. `present` is false where there is
    nobody to show; the words stay whole."""
    rows = torch.arange(len(batch), device=subject.device)
    own = {name: getattr(batch, name)[rows, subject][:, None] for name in OF_SUBJECTS}
    seen = {name: getattr(batch, name)[rows, subject, view][:, None, None] for name in OF_VIEWS}
    return replace(batch, **own, **seen)


def _drawn(batch: Batch) -> tuple[Tensor, Tensor]:
    """A subject that is present and one of its views, all alike likely."""
    chances = torch.where(batch.present.any(1, keepdim=True), batch.present, True).float()
    views = torch.randint(batch.views.shape[2], (len(batch),), device=batch.views.device)
    return torch.multinomial(chances, 1)[:, 0], views


def _first(batch: Batch) -> tuple[Tensor, Tensor]:
    first = batch.present.float().argmax(1)
    return first, torch.zeros_like(first)


def _decoupled(layer: CrossLayer, references: References) -> Mix:
    return DecoupledAttention(references)
