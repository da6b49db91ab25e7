"""Parts of a model that come from an adapter file instead of its folder: FastComposer's published file holds
its own tuned UNet, text encoder and image encoder (arXiv 2305.10431 §4.3)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from core.errors import KnownError

# CLIP's own: every published size has heads of 64.
HEAD = 64


def part(file: Path, name: str) -> dict[str, Tensor]:
    """The tensors of the part called `name`, its prefix taken off. Raises KnownError."""
    prefix = f"{name}."
    try:
        with safe_open(file, framework="pt") as tensors:
            keys = [key for key in tensors.keys() if key.startswith(prefix)]  # noqa: SIM118 - no mapping
            return {key.removeprefix(prefix): tensors.get_tensor(key) for key in keys}
    except (OSError, SafetensorError) as error:
        raise KnownError(f"{file.name} cannot be read: {error}.") from error


def fill(model: Any, file: Path, name: str) -> None:
    """Puts the file's part into `model`, whose shapes come from the model's own folder. Raises KnownError
    saying what does not fit."""
    tensors = part(file, name)
    try:
        model.load_state_dict(tensors, strict=True)
    except RuntimeError as error:
        told = str(error).splitlines()[1:3]
        raise KnownError(
            f"The {name.replace('_', ' ')} in {file.name} does not fit this model: {' '.join(told).strip()}"
        ) from error


def image_encoder(file: Path, dtype: torch.dtype) -> Any:
    """The CLIP vision encoder of a file, its sizes read from the tensors' shapes. Raises KnownError."""
    from transformers import CLIPVisionModelWithProjection

    tensors = part(file, "image_encoder")
    try:
        model = CLIPVisionModelWithProjection(vision_config(tensors))
        model.load_state_dict(tensors, strict=True)
    except (KeyError, IndexError, ZeroDivisionError, ValueError, RuntimeError) as error:
        raise KnownError(f"The image encoder in {file.name} cannot be used: {error}.") from error
    return model.to(dtype).eval().requires_grad_(False)


def vision_config(tensors: Mapping[str, Tensor]) -> Any:
    """Sizes as the shapes tell them; the activation is that of OpenAI's CLIP, the only encoders such files
    were made with."""
    from transformers import CLIPVisionConfig

    embeddings = "vision_model.embeddings"
    hidden, _, patch, _ = tensors[f"{embeddings}.patch_embedding.weight"].shape
    positions = tensors[f"{embeddings}.position_embedding.weight"].shape[0]
    layers = {key.split(".")[3] for key in tensors if key.startswith("vision_model.encoder.layers.")}
    return CLIPVisionConfig(
        hidden_size=hidden,
        intermediate_size=tensors["vision_model.encoder.layers.0.mlp.fc1.weight"].shape[0],
        num_hidden_layers=len(layers),
        num_attention_heads=max(1, hidden // HEAD),
        image_size=round((positions - 1) ** 0.5) * patch,
        patch_size=patch,
        projection_dim=tensors["visual_projection.weight"].shape[0],
        hidden_act="quick_gelu",
    )
