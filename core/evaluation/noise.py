"""Noise on Z_text of every text cross-attention, through hooks on the layer's own projections: nothing of the
attention is written anew."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

Weigh = Callable[["Tensor"], "Tensor"]
"""A layer's query (B, H, P, d) → how much noise each position gets (B, P), mean square 1."""


@contextmanager
def noisy(layers: dict[str, tuple[Any, Weigh | None]], strength: float, seed: int) -> Iterator[None]:
    """Within the block each layer's mixed values get Gaussian noise of `strength` times their own standard
    deviation. `layers`: by name the attention (diffusers' `Attention`) and its weights, None for noise that
    is everywhere alike. What is added after the heads are joined and before W_out is added to Z_text: the
    other terms are sums. The noise of a layer depends on `seed` alone, so uniform and weighted noise differ
    in nothing but the weights."""
    hooks = [
        hook for attention, weigh in layers.values() for hook in _hooks(attention, weigh, strength, seed)
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _hooks(attention: Any, weigh: Weigh | None, strength: float, seed: int) -> list[Any]:
    import torch

    generator = torch.Generator("cpu").manual_seed(seed)
    seen: dict[str, Any] = {}
    return [
        attention.to_q.register_forward_hook(partial(_keep, seen, attention.heads)),
        attention.to_out[0].register_forward_pre_hook(partial(_add, seen, weigh, strength, generator)),
    ]


def _keep(seen: dict[str, Any], heads: int, _: Any, __: Any, query: "Tensor") -> None:
    from core.diffusion.attention.frame import split_heads

    seen["query"] = split_heads(query, heads)


def _add(
    seen: dict[str, Any], weigh: Weigh | None, strength: float, generator: Any, _: Any, given: tuple["Tensor"]
) -> tuple["Tensor"]:
    """`given`: (B, P, C)."""
    import torch

    (mixed,) = given
    noise = torch.randn(mixed.shape[1:], generator=generator).to(mixed.device, torch.float32)
    noise = noise * mixed.float().std() * strength
    if weigh is not None:
        noise = noise * weigh(seen["query"])[..., None]
    return (mixed + noise.to(mixed.dtype),)
