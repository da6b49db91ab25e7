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

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
# A preview has a third of the picture's sides, so it costs a ninth of a decode.
PREVIEW_SHRINK = 3


class BrokenPicture(KnownError):
    """The model gave no picture (not a number, or one single colour)."""


@torch.inference_mode()
def decode(loaded: Loaded, latents: Tensor) -> list[Pixels]:
    """(N, C, h, w) → N arrays (H, W, 3) of uint8. Raises BrokenPicture."""
    # One by one: a batch would need its memory times over, and gains nothing.
    return [_checked(_colours(loaded, one)) for one in latents.split(1)]


@torch.inference_mode()
def preview(loaded: Loaded, latents: Tensor) -> tuple[bytes, ...]:
    """A small JPEG of each of the predicted clean latents; never fails a picture."""
    small = F.avg_pool2d(latents, min(PREVIEW_SHRINK, *latents.shape[-2:]))
    return tuple(_jpeg(_bytes(_colours(loaded, one).nan_to_num())) for one in small.split(1))


def _colours(loaded: Loaded, latents: Tensor) -> Tensor:
    """(1, C, h, w) → (H, W, 3) in [0, 1], fp32."""
    config = loaded.vae.config
    given = latents / config.scaling_factor + (getattr(config, "shift_factor", None) or 0)
    given = given.to(loaded.vae_dtype).contiguous(memory_format=torch.channels_last)
    rgb = loaded.vae.decode(given, return_dict=False)[0][0].float()
    return (rgb / 2 + 0.5).clamp(0, 1).permute(1, 2, 0)


def _checked(colours: Tensor) -> Pixels:
    if not torch.isfinite(colours).all():
        raise BrokenPicture("The model gave no picture (not a number). Another seed or precision may help.")
    picture = _bytes(colours)
    if picture.min() == picture.max():
        raise BrokenPicture(
            "The model gave a picture of one single colour. Another seed or precision may help."
        )
    return picture


def _bytes(colours: Tensor) -> Pixels:
    return (colours * 255).round().to(torch.uint8).cpu().numpy()


def _jpeg(picture: Pixels) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=70)
    return stream.getvalue()
