"""Puts frames on a UNet's text cross-attention, and always takes them off again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from core.diffusion.attention.frame import Frame
from core.diffusion.attention.turns import InTurn
from core.spec import LayerGroup


@dataclass(frozen=True)
class CrossLayer:
    """One text cross-attention. `index` counts all attention layers in `unet.attn_processors` order (down,
    up, mid): it is the N of an adapter file's `ip_adapter.N.to_k_ip.weight`."""

    index: int
    name: str
    attention: Any

    @property
    def group(self) -> LayerGroup:
        """Which part of the UNet it is in."""
        return cast(LayerGroup, self.name.split("_", 1)[0])


def cross_layers(unet: Any) -> list[CrossLayer]:
    """Every text cross-attention of the UNet."""
    return [
        CrossLayer(index, name, unet.get_submodule(name.removesuffix(".processor")))
        for index, name in enumerate(unet.attn_processors)
        if name.endswith("attn2.processor")
    ]


@contextmanager
def attached(unet: Any, frames: Mapping[str, Frame | InTurn]) -> Iterator[None]:
    """Within the block the named processors are `frames`; afterwards, whatever happened, they are the very
    objects they were."""
    before = dict(unet.attn_processors)
    # set_attn_processor empties the dictionary it is given, hence the copies.
    unet.set_attn_processor(before | dict(frames))
    try:
        yield
    finally:
        unet.set_attn_processor(dict(before))
