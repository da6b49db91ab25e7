"""A photo to start from → latents, for image-to-image."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps
from torch import Tensor

from core.diffusion import inpaint, tiles
from core.diffusion.denoise import Start
from core.diffusion.inpaint import Canvas
from core.diffusion.load import Loaded
from core.diffusion.plan import Plan
from core.errors import KnownError
from core.images import open_photo
from core.paths import Home
from core.spec import StartPhoto

GREY = 128
"""What a UNet that takes masks was taught to see in place of what the mask covers: 0 in [−1, 1]."""


@dataclass(frozen=True)
class Begun:
    """A photo as the pipeline begins with it; `canvas` where only a part of it is made anew."""

    start: Start
    canvas: Canvas | None = None


def start(loaded: Loaded, plan: Plan, home: Home, tiled: bool = False) -> Begun | None:
    """Raises KnownError when the photo is gone or is not the one that was asked for, or its mask is gone."""
    asked, width, height = plan.spec.start, plan.spec.width, plan.spec.height
    if asked is None:
        return None
    photo = opened(asked)
    if asked.inside is None:
        return Begun(Start(encode(loaded, fitted(photo, width, height), tiled), plan.steps))
    canvas = inpaint.canvas(photo, asked.inside, home, width, height)
    return Begun(_inside(loaded, plan, canvas, tiled), canvas)


def _inside(loaded: Loaded, plan: Plan, canvas: Canvas, tiled: bool) -> Start:
    """With the mask, and what a UNet that takes masks is given at every step beside the latents."""
    seen = canvas.seen(plan.spec.width, plan.spec.height)
    mask = canvas.latent_mask(plan.spec.width, plan.spec.height, plan.model.scale_factor)
    latents, free = encode(loaded, seen, tiled), mask.to(loaded.device)
    if not plan.model.inpainting:
        return Start(latents, plan.steps, free)
    hole = F.interpolate(mask, scale_factor=plan.model.scale_factor)[0, 0, ..., None].numpy() > 0
    without = Image.fromarray(np.where(hole, np.uint8(GREY), np.asarray(seen)))
    beside = torch.cat([free, encode(loaded, without, tiled).to(loaded.device)], dim=1)
    return Start(latents, plan.steps, free, beside)


def opened(photo: StartPhoto) -> Image.Image:
    """The photo, upright. Raises KnownError."""
    file = Path(photo.path)
    try:
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise KnownError(f"The photo to start from cannot be read: {error.strerror} ({file}).") from error
    if sha256 != photo.sha256:
        raise KnownError(f"The photo to start from was changed since it was chosen: {file}. Choose it again.")
    return open_photo(file).image


def fitted(photo: Image.Image, width: int, height: int) -> Image.Image:
    """Scaled to cover the picture, what is too much cut off evenly."""
    return ImageOps.fit(photo, (width, height), Image.Resampling.LANCZOS)


@torch.inference_mode()
def encode(loaded: Loaded, image: Image.Image, tiled: bool = False) -> Tensor:
    """RGB picture → latents (1, C, h, w) in fp32: the mean of what the autoencoder gives, so that the same
    photo always gives the same latents."""
    pixels = torch.from_numpy(np.asarray(image, dtype=np.float32) / 127.5 - 1).permute(2, 0, 1)[None]
    given = pixels.to(loaded.device, loaded.vae_dtype).contiguous(memory_format=torch.channels_last)
    latents = tiles.encode(loaded.vae, given, loaded.info.scale_factor) if tiled else _whole(loaded, given)
    config = loaded.vae.config
    return (latents.float() - (getattr(config, "shift_factor", None) or 0)) * config.scaling_factor


def _whole(loaded: Loaded, pixels: Tensor) -> Tensor:
    encoded = loaded.vae.encode(pixels)
    latents: Tensor = encoded.latents if hasattr(encoded, "latents") else encoded.latent_dist.mean
    return latents
