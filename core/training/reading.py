"""A model's frozen parts at work in training: captions → text states, pixels → latents, views → features.
Batched, without gradients unless said otherwise, in fp32 unless the precision around it is another."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core import models
from core.diffusion import load
from core.diffusion.load import ImageEncoder, Loaded, TextEncoder
from core.diffusion.plan import Span, token_rows
from core.diffusion.read import image_features
from core.errors import KnownError
from core.sums import files_hash
from core.training.batch import Words


def open_model(folder: Path, device: torch.device) -> Loaded:
    """The model in fp32, its parts read when they are first needed. Raises KnownError."""
    info = models.inspect(folder.name, folder)
    if info.pipeline == load.XL:
        raise KnownError("Training takes models of SD 1.5's kind: one text encoder. This one is SDXL.")
    loaded = load.load(info, device, torch.float32, files_hash)
    return dataclasses.replace(loaded, vae_dtype=torch.float32)


def trained_unet(loaded: Loaded) -> Any:
    """The UNet in plain memory order: on a CPU the backward of a bf16 GroupNorm ends the process on
    channels-last input."""
    return loaded.unet.to(memory_format=torch.contiguous_format)


def token_ids(encoder: TextEncoder, captions: Sequence[str], length: int) -> Tensor:
    """(B, L)."""
    ids: Tensor = encoder.tokenizer(
        list(captions), padding="max_length", max_length=length, truncation=True, return_tensors="pt"
    ).input_ids
    return ids


@torch.no_grad()
def text_states(loaded: Loaded, captions: Sequence[str]) -> Tensor:
    """(B, L, D)."""
    encoder = loaded.text_encoders[0]
    ids = token_ids(encoder, captions, loaded.info.tokens).to(loaded.device)
    states: Tensor = encoder.model(ids).last_hidden_state
    return states


def rows_of(loaded: Loaded, words: Words) -> list[list[int]]:
    """The token rows of each subject's noun; [] for one that does not fit into the text encoder."""
    encoder = loaded.text_encoders[0]
    encoded = encoder.tokenizer(
        words.caption, max_length=loaded.info.tokens, truncation=True, return_offsets_mapping=True,
        return_special_tokens_mask=True,
    )  # fmt: skip
    pairs = zip(encoded.offset_mapping, encoded.special_tokens_mask, strict=True)
    spans: tuple[Span, ...] = tuple((0, 0) if special else (start, end) for (start, end), special in pairs)
    return [list(token_rows([span], spans)) for span in words.spans]


@torch.no_grad()
def latents(loaded: Loaded, pixels: Tensor) -> Tensor:
    """Pixels (B, 3, H, W) in [−1, 1] → z_0 (B, C, h, w) as the UNet knows it."""
    config = loaded.vae.config
    encoded = loaded.vae.encode(pixels.contiguous(memory_format=torch.channels_last))
    z = encoded.latents if hasattr(encoded, "latents") else encoded.latent_dist.sample()
    z = (z - (getattr(config, "shift_factor", None) or 0)) * config.scaling_factor
    return z.contiguous()


def decoded(loaded: Loaded, z: Tensor) -> Tensor:
    """z_0 → pixels (B, 3, H, W) in [−1, 1], with gradients."""
    config = loaded.vae.config
    given = z / config.scaling_factor + (getattr(config, "shift_factor", None) or 0)
    pixels: Tensor = loaded.vae.decode(given, return_dict=False)[0]
    return pixels


def composed(encoder: ImageEncoder, views: Tensor, masks: Tensor) -> Tensor:
    """What the encoder reads of views (…, 3, S, S) in [0, 1]: normalised, and its mean colour where the masks
    (…, 1, S, S) are 0, which is 0 after normalising (arXiv 2309.05793 §3)."""
    mean, std = (
        torch.tensor(each, device=views.device)[:, None, None] for each in (encoder.mean, encoder.std)
    )
    return (views - mean) / std * masks


@torch.no_grad()
def features(encoder: ImageEncoder, key: str, pixels: Tensor) -> Tensor:
    """(B, 3, S, S), normalised → `pooled` (B, E), `patches` (B, L, E) or `layers` (B, N + 1, E)."""
    return image_features(encoder, key, pixels)
