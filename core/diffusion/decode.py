"""Latents → pixels."""

import io
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from core.diffusion import tiles
from core.diffusion.load import Loaded
from core.diffusion.memory import out_of_memory
from core.errors import KnownError

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
# A preview has a third of the picture's sides, so it costs a ninth of a decode.
PREVIEW_SHRINK = 3
FLAT = 2
"""How far apart two values may be (of 255) that the eye cannot tell from each other."""


class BrokenPicture(KnownError):
    """The model gave no picture (not a number, or one single colour)."""


@torch.inference_mode()
def decode(loaded: Loaded, latents: Tensor, tiled: bool = False) -> Pixels:
    """(1, C, h, w) → (H, W, 3) of uint8. One picture at a time: a batch would need its memory times over, and
    gains nothing. Raises BrokenPicture."""
    return _checked(_colours(loaded, latents, tiled))


@torch.inference_mode()
def preview(loaded: Loaded, latents: Tensor) -> tuple[bytes, ...]:
    """A small JPEG of each of the predicted clean latents; never fails a picture: none where memory does not
    suffice for one more decode."""
    small = F.avg_pool2d(latents, min(PREVIEW_SHRINK, *latents.shape[-2:]))
    try:
        return tuple(_jpeg(_bytes(_colours(loaded, one).nan_to_num())) for one in small.split(1))
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
        return ()


def _colours(loaded: Loaded, latents: Tensor, tiled: bool = False) -> Tensor:
    """(1, C, h, w) → (H, W, 3) in [0, 1], fp32."""
    config = loaded.vae.config
    given = latents / config.scaling_factor + (getattr(config, "shift_factor", None) or 0)
    given = given.to(loaded.vae_dtype).contiguous(memory_format=torch.channels_last)
    whole = tiles.decode(loaded.vae, given) if tiled else loaded.vae.decode(given, return_dict=False)[0]
    return (whole[0].float() / 2 + 0.5).clamp(0, 1).permute(1, 2, 0)


def _checked(colours: Tensor) -> Pixels:
    if not torch.isfinite(colours).all():
        raise BrokenPicture("The model gave no picture (not a number). Another seed or model may help.")
    picture = _bytes(colours)
    if is_flat(picture):
        raise BrokenPicture(
            "The model gave a picture of one single colour. Another seed, other words or another model may "
            "help."
        )
    return picture


def is_flat(picture: Pixels) -> bool:
    """Whether an (H, W, 3) picture shows nothing: in every channel all but one pixel in a hundred lie within
    three neighbouring values. A model's flat paper and night sky vary by more; a broken picture may still
    hold a few stray pixels, or the noise of the last rounding."""
    low, high = np.percentile(picture, (0.5, 99.5), axis=(0, 1), method="nearest").astype(int)
    return bool((high - low).max() <= FLAT)


def _bytes(colours: Tensor) -> Pixels:
    return (colours * 255).round().to(torch.uint8).cpu().numpy()


def _jpeg(picture: Pixels) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=70)
    return stream.getvalue()
