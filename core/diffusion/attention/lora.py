"""FaceID's LoRA (arXiv 2106.09685 on every attention layer of the UNet): W + s · up · down in place of W.

The sum is put where the weight was, so a step costs nothing more; what was there comes back untouched.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from core.errors import KnownError

LINEARS = {"to_q": "to_q", "to_k": "to_k", "to_v": "to_v", "to_out": "to_out.0"}
"""A layer's weights: the name in a file, the name in the UNet."""


@dataclass(frozen=True)
class LowRank:
    """One weight's change: `down` (r, in), `up` (out, r)."""

    down: Tensor
    up: Tensor


def faceid_lora(state: Mapping[str, Tensor], unet: Any) -> dict[str, LowRank]:
    """The changes of an adapter's tensors `ip_adapter.N.to_{q,k,v,out}_lora.{down,up}.weight`, by the linear
    layer's name in the UNet; N counts all attention layers, self-attention too. None for a file without.
    Raises KnownError when they are not one for every weight, or of other sizes."""
    places = {
        f"ip_adapter.{index}.{kind}_lora": f"{name.removesuffix('.processor')}.{linear}"
        for index, name in enumerate(unet.attn_processors)
        for kind, linear in LINEARS.items()
    }
    if not _is_there(state, {f"{place}.{part}.weight" for place in places for part in ("down", "up")}):
        return {}
    return {name: _fitting(state, key, unet.get_submodule(name)) for key, name in places.items()}


@contextmanager
def lora_applied(unet: Any, deltas: Mapping[str, LowRank], scale: float) -> Iterator[None]:
    """Within the block the named layers weigh W + scale · up · down; afterwards, whatever happened, they have
    the very tensors they had. Takes as much memory again as those weights do; scale 0 changes nothing."""
    before: list[tuple[nn.Linear, nn.Parameter]] = []
    try:
        for name, delta in deltas.items() if scale else ():
            linear = unet.get_submodule(name)
            fused = _fused(linear.weight, delta, scale)
            before.append((linear, linear.weight))
            linear.weight = fused
        yield
    finally:
        for linear, weight in before:
            linear.weight = weight


def _is_there(state: Mapping[str, Tensor], expected: set[str]) -> bool:
    found = {key for key in state if "_lora." in key}
    wrong = [f"{key} is missing" for key in sorted(expected - found)]
    wrong += [f"{key} has no layer" for key in sorted(found - expected)]
    if found and wrong:
        raise KnownError(f"The adapter's LoRA was made for another model: {wrong[0]}.")
    return bool(found)


@torch.no_grad()
def _fused(weight: Tensor, delta: LowRank, scale: float) -> nn.Parameter:
    """In fp32: in half precision the product would lose what is small beside W."""
    change = delta.up.float() @ delta.down.float()
    return nn.Parameter((weight.float() + scale * change).to(weight.dtype), requires_grad=False)


def _fitting(state: Mapping[str, Tensor], key: str, linear: nn.Linear) -> LowRank:
    down, up = (state[f"{key}.{part}.weight"] for part in ("down", "up"))
    made_for = (*up.shape[:1], *down.shape[1:])
    if made_for != linear.weight.shape:
        sizes, own = (" × ".join(map(str, shape)) for shape in (made_for, linear.weight.shape))
        raise KnownError(f"The adapter's LoRA was made for another model: {key} is {sizes}, expected {own}.")
    if up.shape[1:] != down.shape[:1]:
        ranks = f"{down.shape[0]} and {' × '.join(map(str, up.shape[1:]))}"
        raise KnownError(f"The adapter's LoRA is damaged: {key}, its two parts have ranks {ranks}.")
    return LowRank(down, up)
