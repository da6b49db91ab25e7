"""Random tensors in the layout of IP-Adapter's full-face and FaceID files, and a face backend for them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from core.faces import Face

FACE = 512
PARTS = {"to_q": "to_q", "to_k": "to_k", "to_v": "to_v", "to_out": "to_out.0"}


class TinyFaces:
    """One face in the middle of every picture that is not all of one colour; its embedding is a fixed random
    projection of the picture at 4 × 4."""

    threshold = 0.45
    licence = ""

    def __init__(self, dimension: int = FACE, identity: str = "tiny-faces") -> None:
        self.dimension, self.identity = dimension, identity
        self.asked = 0

    def find(self, image: Image.Image) -> list[Face]:
        self.asked += 1
        small = np.asarray(image.resize((4, 4), Image.Resampling.BOX), np.float32) / 255
        if small.std() == 0:
            return []
        vector = np.random.default_rng(0).normal(size=(self.dimension, 48)) @ (small - small.mean()).ravel()
        unit = (vector / np.linalg.norm(vector)).astype(np.float32)
        w, h = image.size
        a, b, c, d, e = (
            (x * w, y * h) for x, y in ((0.4, 0.45), (0.6, 0.4), (0.53, 0.55), (0.44, 0.66), (0.62, 0.62))
        )
        return [Face((0.3 * w, 0.3 * h, 0.7 * w, 0.7 * h), (a, b, c, d, e), 0.9, 0.9, unit.tobytes())]


def full_face(width: int, features: int) -> dict[str, Tensor]:
    mlp = _linear("proj.0", features, features) | _linear("proj.2", features, width)
    return _under("image_proj.", mlp | _norm("proj.3", width))


def faceid(width: int, tokens: int = 4) -> dict[str, Tensor]:
    mlp = _linear("proj.0", FACE, 2 * FACE) | _linear("proj.2", 2 * FACE, tokens * width)
    return _under("image_proj.", mlp | _norm("norm", width))


def faceid_plus(width: int, features: int) -> dict[str, Tensor]:
    return faceid(width) | _under("image_proj.perceiver_resampler.", perceiver(width, features))


def perceiver(width: int, features: int) -> dict[str, Tensor]:
    """Four layers with one head of 64."""
    state = _linear("proj_in", features, width) | _linear("proj_out", width, width) | _norm("norm_out", width)
    sizes = {"0.to_q": (width, 64), "0.to_kv": (width, 128), "0.to_out": (64, width)}
    sizes |= {"1.1": (width, 4 * width), "1.3": (4 * width, width)}
    for depth in range(4):
        for name in ("0.norm1", "0.norm2", "1.0"):
            state |= _norm(f"layers.{depth}.{name}", width)
        for name, (inside, outside) in sizes.items():
            weight = _linear(f"layers.{depth}.{name}", inside, outside)
            state |= {key: tensor for key, tensor in weight.items() if key.endswith(".weight")}
    return state


def lora(unet: Any, rank: int = 4) -> dict[str, Tensor]:
    """One for every weight of every attention layer, as large as the weights themselves."""
    state = {}
    for place, linear in _linears(unet):
        state[f"{place}.down.weight"] = torch.randn(rank, linear.in_features) / linear.in_features**0.5
        state[f"{place}.up.weight"] = torch.randn(linear.out_features, rank) / rank**0.5
    return state


@contextmanager
def literal_lora(unet: Any, state: dict[str, Tensor], scale: float) -> Iterator[None]:
    """x Wᵀ + b + s x downᵀ upᵀ, added to what each linear layer gives; nothing for a file without."""

    def added(down: Tensor, up: Tensor) -> Callable[..., Tensor]:
        return lambda _, given, out: out + scale * (given[0] @ down.T) @ up.T

    hooks = [
        linear.register_forward_hook(added(state[f"{place}.down.weight"], state[f"{place}.up.weight"]))
        for place, linear in _linears(unet)
        if f"{place}.up.weight" in state
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _linears(unet: Any) -> Iterator[tuple[str, Any]]:
    for index, name in enumerate(unet.attn_processors):
        attention = unet.get_submodule(name.removesuffix(".processor"))
        for kind, part in PARTS.items():
            yield f"ip_adapter.{index}.{kind}_lora", attention.get_submodule(part)


def _linear(name: str, inside: int, outside: int) -> dict[str, Tensor]:
    return {
        f"{name}.weight": torch.randn(outside, inside) / inside**0.5,
        f"{name}.bias": torch.randn(outside) / 10,
    }


def _norm(name: str, width: int) -> dict[str, Tensor]:
    return {f"{name}.weight": 1 + torch.randn(width) / 10, f"{name}.bias": torch.randn(width) / 10}


def _under(prefix: str, state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {prefix + key: tensor for key, tensor in state.items()}
