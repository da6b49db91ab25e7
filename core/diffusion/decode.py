"""Latents → pixels."""

import io
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from core.diffusion.load import Loaded
from core.errors import KnownError

# A preview's longer side in latent positions: enough to see what the picture becomes.
PREVIEW_LATENTS = 16


class BrokenPicture(KnownError):
    """The model gave no picture (not a number, or one single colour)."""


@torch.inference_mode()
def decode(loaded: Loaded, latents: Tensor) -> list[np.ndarray[Any, Any]]:
    """(N, C, h, w) → N arrays (H, W, 3) of uint8. Raises BrokenPicture."""
    return [_checked(picture) for picture in _pixels(loaded, latents)]


@torch.inference_mode()
def preview(loaded: Loaded, latents: Tensor) -> tuple[bytes, ...]:
    """A small JPEG of each of the predicted clean latents."""
    shrink = max(1, round(max(latents.shape[-2:]) / PREVIEW_LATENTS))
    small = F.avg_pool2d(latents, shrink) if shrink > 1 else latents
    return tuple(_jpeg(picture) for picture in _pixels(loaded, torch.nan_to_num(small)))


def _pixels(loaded: Loaded, latents: Tensor) -> list[np.ndarray[Any, Any]]:
    config = loaded.vae.config
    latents = (latents / config.scaling_factor + (getattr(config, "shift_factor", None) or 0)).to(
        loaded.vae_dtype
    )
    pictures = []
    for one in latents.split(1):  # one by one: a batch would need its memory times over, and gains nothing
        rgb = loaded.vae.decode(one.contiguous(memory_format=torch.channels_last), return_dict=False)[0]
        rgb = (rgb[0].float() / 2 + 0.5).clamp(0, 1).permute(1, 2, 0)
        if not torch.isfinite(rgb).all():
            raise BrokenPicture(
                "The model gave no picture (not a number). Another seed or precision may help."
            )
        pictures.append((rgb * 255).round().to(torch.uint8).cpu().numpy())
    return pictures


def _checked(picture: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if picture.min() == picture.max():
        raise BrokenPicture(
            "The model gave an empty picture of one colour. Another seed or precision may help."
        )
    return picture


def _jpeg(picture: np.ndarray[Any, Any]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=70)
    return stream.getvalue()
