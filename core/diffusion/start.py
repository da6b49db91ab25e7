"""A photo to start from → latents, for image-to-image."""

import hashlib
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from core.diffusion import tiles
from core.diffusion.denoise import Start
from core.diffusion.load import Loaded
from core.diffusion.plan import Plan
from core.errors import KnownError
from core.images import open_photo
from core.spec import StartPhoto


def start(loaded: Loaded, plan: Plan, tiled: bool = False) -> Start | None:
    """Raises KnownError when the photo is gone or is not the one that was asked for."""
    if plan.spec.start is None:
        return None
    photo = fitted(opened(plan.spec.start), plan.spec.width, plan.spec.height)
    return Start(encode(loaded, photo, tiled), plan.steps)


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
