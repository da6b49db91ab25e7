"""What a step draws by chance: one view of each subject, a noise level, who is left out. From torch's global
generator, which the loop seeds."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.diffusion.load import Loaded
from core.training import reading
from core.training.batch import Batch
from core.training.diffusing import Schedule

HIDDEN = 0.5
"""The grey in which a look shows what was cut away of a reference."""


@dataclass(frozen=True)
class Noised:
    """z_t = √ᾱ_t z_0 + √(1 − ᾱ_t) ε: `z` (B, C, h, w) of `z0`, `noise` and `t` (B,)."""

    z0: Tensor
    noise: Tensor
    t: Tensor
    z: Tensor


def noised_latents(loaded: Loaded, schedule: Schedule, pixels: Tensor, t: Tensor) -> Noised:
    """Pixels (B, 3, H, W) in [−1, 1] at the noise levels t (B,)."""
    z0 = reading.latents(loaded, pixels).float()
    noise = torch.randn_like(z0)
    return Noised(z0, noise, t, schedule.noisy(z0, noise, t))


def one_view(batch: Batch) -> tuple[Tensor, Tensor]:
    """Of each subject one of its views, any: (B, M, 3, S, S) in [0, 1], and its mask (B, M, 1, S, S)."""
    count, subjects, views = batch.views.shape[:3]
    device = batch.views.device
    chosen = torch.randint(views, (count, subjects), device=device)
    row, column = torch.arange(count, device=device)[:, None], torch.arange(subjects, device=device)
    return batch.views[row, column, chosen], batch.view_masks[row, column, chosen]


def shown(views: Tensor, masks: Tensor, present: Tensor) -> Tensor:
    """Views (B, M, 3, S, S) for somebody to look at: grey where something was cut away, or nobody is."""
    return torch.lerp(torch.full_like(views, HIDDEN), views, masks * present[..., None, None, None])


def chance(count: int, probability: float, device: torch.device) -> Tensor:
    """(count,), each true with that probability."""
    return torch.rand(count, device=device) < probability
