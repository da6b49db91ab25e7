"""The denoising loss all stages share: how far the UNet's word is from the true noise (or v), squared."""

import torch
import torch.nn.functional as F
from torch import Tensor


def denoising(said: Tensor, target: Tensor, weights: Tensor | None = None) -> Tensor:
    """Mean of (said − target)² over (B, C, h, w); `weights` (B, 1, h, w) weighs positions, each picture's by
    their own mean, so that a face counts more without the loss growing."""
    error = (said.float() - target.float()).square()
    if weights is None:
        return error.mean()
    return (error * weights / weights.mean((2, 3), keepdim=True).clamp_min(1e-6)).mean()


def face_weights(faces: Tensor, height: int, width: int, scale: int, times: float) -> Tensor:
    """(B, 1, h, w) of latents: `times` inside any of the boxes (B, M, 4) in pixels, 1 elsewhere. `scale`:
    pixels of a latent's side. Boxes of NaN hold nothing."""
    y = (torch.arange(height, device=faces.device) + 0.5)[:, None] * scale
    x = (torch.arange(width, device=faces.device) + 0.5) * scale
    left, top, right, bottom = (faces[..., side, None, None] for side in range(4))
    inside = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)  # (B, M, h, w), false for NaN
    return 1 + (times - 1) * inside.any(1, keepdim=True).float()


def at_latents(masks: Tensor, height: int, width: int) -> Tensor:
    """Masks (…, H, W) in [0, 1] → (…, h, w), by area."""
    flat = masks.flatten(0, -3)[:, None]
    return F.adaptive_avg_pool2d(flat, (height, width))[:, 0].unflatten(0, masks.shape[:-2])
