"""Noise in training: which step, how noisy, and what the UNet is to say. All of it from the scheduler's own
configuration.

z_t = √ᾱ_t z_0 + √(1 − ᾱ_t) ε (arXiv 2006.11239 eq. 4); the UNet says ε, or v = √ᾱ_t ε − √(1 − ᾱ_t) z_0
(arXiv 2202.00512 §D).
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from core.errors import KnownError


class Schedule:
    """The noise schedule of a model. `alphas` (T,): ᾱ_t in fp32."""

    def __init__(self, config: Mapping[str, Any], device: torch.device) -> None:
        from diffusers import DDIMScheduler

        own = {key: value for key, value in config.items() if not key.startswith("_")}
        self.alphas: Tensor = DDIMScheduler.from_config(own).alphas_cumprod.to(device)
        self.prediction: str = config.get("prediction_type", "epsilon")
        if self.prediction not in ("epsilon", "v_prediction"):
            raise KnownError(f"Models that predict “{self.prediction}” cannot be trained here.")

    def draw(self, count: int, least: int = 0, most: int | None = None, bias: float = 0.0) -> Tensor:
        """t (count,) from `least` to below `most`. `bias` 0 draws all alike; above, noisy steps come more
        often: the larger of two draws is taken with that probability."""
        below = len(self.alphas) if most is None else most
        device = self.alphas.device
        first, second = (torch.randint(least, below, (count,), device=device) for _ in range(2))
        return torch.where(torch.rand(count, device=device) < bias, torch.maximum(first, second), first)

    def noisy(self, z0: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """z_t (B, C, h, w)."""
        signal, rest = self._at(t)
        return signal * z0 + rest * noise

    def target(self, z0: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """What the UNet is to say at t: ε or v."""
        if self.prediction == "epsilon":
            return noise
        signal, rest = self._at(t)
        return signal * noise - rest * z0

    def clean(self, said: Tensor, noisy: Tensor, t: Tensor) -> Tensor:
        """The z_0 that what the UNet said stands for."""
        signal, rest = self._at(t)
        if self.prediction == "epsilon":
            return (noisy - rest * said) / signal
        return signal * noisy - rest * said

    def _at(self, t: Tensor) -> tuple[Tensor, Tensor]:
        alpha = self.alphas[t][:, None, None, None]
        return alpha.sqrt(), (1 - alpha).sqrt()
