"""A few pictures made with what was learned so far, for the samples page: by the program's own loop, in few
steps, from noise that is the same at every look, so that looks can be compared."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
import torch.nn.functional as F
from torch import Tensor

from core.diffusion.attention.ip_adapter import Strength
from core.diffusion.attention.turns import Turn
from core.diffusion.denoise import Conditions, Pass, denoise, make_scheduler, noise
from core.diffusion.load import Loaded
from core.training import reading

STEPS = 8
MOST = 4
"""Pictures of one look."""

UNetWords = Callable[[int], Tensor]
"""What the UNet reads at a step (counted from 0): (2N, L, D), the N unconditional rows first."""


@torch.no_grad()
def pictures(
    loaded: Loaded,
    words: UNetWords,
    frames: AbstractContextManager[None] | None = None,
    size: tuple[int, int] | None = None,
    steps: int = STEPS,
) -> Tensor:
    """(N, 3, H, W) in [0, 1] by DDIM from the model's own noise schedule, guided as strongly as it is best
    used. `frames` is entered around the steps: `attached(unet, …)` with frames for the 2N rows. `size`: (H,
    W) in pixels, the model's own when not given."""
    height, width = (side // loaded.info.scale_factor for side in size or (loaded.info.size,) * 2)
    begun = noise(range(len(words(0)) // 2), loaded.info.latent_channels, height, width)
    scheduler = make_scheduler("ddim", loaded.scheduler_config, steps, loaded.device)
    guidance = loaded.info.advice.guidance
    conditions = Conditions((Pass(words, {}),), Turn(), Strength(), lambda step: None, guidance)
    with frames or nullcontext():
        latents = denoise(loaded, scheduler, conditions, begun, lambda step, of, clean: None)
    return (reading.decoded(loaded, latents) / 2 + 0.5).clamp(0, 1).float()


def guided(unconditional: Tensor, conditional: Tensor) -> UNetWords:
    """The same words at every step, (N, L, D) each."""
    rows = torch.cat([unconditional, conditional])
    return lambda step: rows


def beside(*columns: Tensor) -> Tensor:
    """Pictures (n, 3, h, w) of any sizes side by side, as high as the last: (n, 3, H, W). For one row each:
    reference | picture."""
    height = columns[-1].shape[2]
    return torch.cat([_as_high(column.float(), height) for column in columns], dim=3)


def _as_high(column: Tensor, height: int) -> Tensor:
    if column.shape[2] == height:
        return column
    width = round(column.shape[3] * height / column.shape[2])
    return F.interpolate(column, (height, width), mode="bilinear", antialias=True).clamp(0, 1)
