"""Random tensors in the layout of IP-Adapter's full-face and FaceID files."""

from typing import Any

import torch
from tiny_models import resampler
from torch import Tensor

FACE = 512


def full_face(width: int, features: int) -> dict[str, Tensor]:
    return _named("image_proj.proj", _linear("0", features, features), _linear("2", features, width)) | _norm(
        "image_proj.proj.3", width
    )


def faceid(width: int, tokens: int = 4) -> dict[str, Tensor]:
    mlp = _named("image_proj.proj", _linear("0", FACE, 2 * FACE), _linear("2", 2 * FACE, tokens * width))
    return mlp | _norm("image_proj.norm", width)


def faceid_plus(width: int) -> dict[str, Tensor]:
    """For an image encoder of 32 features. `resampler`'s inner width is 64: so are the tokens."""
    if width != 64:
        raise ValueError("the tokens of this one are 64 wide")
    inner = {key.removeprefix("image_proj."): value for key, value in resampler(width).items()}
    del inner["latents"]
    return faceid(width) | {f"image_proj.perceiver_resampler.{key}": value for key, value in inner.items()}


def lora(unet: Any, rank: int = 4) -> dict[str, Tensor]:
    """One for every weight of every attention layer, as large as the weights themselves."""
    state = {}
    for index, name in enumerate(unet.attn_processors):
        attention = unet.get_submodule(name.removesuffix(".processor"))
        for kind in ("to_q", "to_k", "to_v", "to_out"):
            linear = attention.to_out[0] if kind == "to_out" else getattr(attention, kind)
            down = torch.randn(rank, linear.in_features) / linear.in_features**0.5
            up = torch.randn(linear.out_features, rank) / rank**0.5
            state[f"ip_adapter.{index}.{kind}_lora.down.weight"] = down
            state[f"ip_adapter.{index}.{kind}_lora.up.weight"] = up
    return state


def _linear(name: str, inside: int, outside: int) -> dict[str, Tensor]:
    return {
        f"{name}.weight": torch.randn(outside, inside) / inside**0.5,
        f"{name}.bias": torch.randn(outside) / 10,
    }


def _norm(name: str, width: int) -> dict[str, Tensor]:
    return {f"{name}.weight": 1 + torch.randn(width) / 10, f"{name}.bias": torch.randn(width) / 10}


def _named(prefix: str, *parts: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}.{key}": tensor for part in parts for key, tensor in part.items()}
