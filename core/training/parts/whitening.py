"""Features of the frozen image encoder with mean 0 and, in every direction, variance 1: what a projection
learns from them then does not hang on how large and how alike the encoder's features happen to be.

As an affine map it folds into the linear layer that reads it: W A (x − μ) + b = (W A) x + (b − W A μ), so a
written file reads the encoder's own features, as the public layout has it.
"""

from typing import cast

import torch
from torch import Tensor, nn

LEAST_SHRINKAGE = 0.05
"""Features of one picture's patches are not independent, so the formula below trusts them too much."""

LEAST_SPREAD = 0.05
"""Of a dimension's own size. Where features differ by less, telling them apart would take more digits than
the fp16 of a written file holds."""


class Whitening(nn.Module):
    """A (x − μ) over the last dimension; nothing at all until `measure`. Kept in buffers: a run that goes on
    has the same."""

    def __init__(self, width: int, device: torch.device) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width, device=device))
        self.register_buffer("matrix", torch.eye(width, device=device))
        self.register_buffer("measured", torch.zeros((), dtype=torch.bool, device=device))
        self._known = False

    @property
    def needed(self) -> bool:
        """Whether nothing was measured yet. The buffer is asked once, so that no later step waits for it."""
        self._known = self._known or bool(self.measured)
        return not self._known

    @torch.no_grad()
    def measure(self, features: Tensor) -> None:
        """From features (N, …, E), all but the last dimension being samples. Each dimension is standardised,
        then the correlations are taken out, shrunk towards none as far as so few samples ask for it."""
        rows = features.detach().flatten(0, -2).double()
        mean, spread = rows.mean(0), rows.std(0, unbiased=False)
        spread = torch.maximum(spread, LEAST_SPREAD * rows.square().mean(0).sqrt())
        spread = spread.clamp_min(1e-3 * spread.mean()).clamp_min(1e-12)
        values, vectors = torch.linalg.eigh(shrunk_covariance((rows - mean) / spread))
        root = vectors @ torch.diag(values.clamp_min(LEAST_SHRINKAGE).rsqrt()) @ vectors.T
        self._buffer("mean").copy_(mean)
        self._buffer("matrix").copy_(root / spread)
        self._buffer("measured").fill_(True)

    def forward(self, features: Tensor) -> Tensor:
        """(…, E) → (…, E)."""
        if self.needed:
            return features
        return (features - self._buffer("mean")) @ self._buffer("matrix").T

    @torch.no_grad()
    def fold(self, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        """The linear layer (rows, E), (rows,) that does to features what this one does to whitened ones."""
        folded = weight.double() @ self._buffer("matrix").double()
        return folded.float(), (bias.double() - folded @ self._buffer("mean").double()).float()

    def _buffer(self, name: str) -> Tensor:
        return cast(Tensor, getattr(self, name))


def shrunk_covariance(rows: Tensor) -> Tensor:
    """(1 − s) S + s μ I of rows (n, p) with mean 0, s by Ledoit and Wolf (2004, eq. 14): how far S of n
    samples strays by chance, against how far it is from μ I at all."""
    count, width = rows.shape
    covariance = rows.T @ rows / count
    level = covariance.trace() / width * torch.eye(width, dtype=rows.dtype, device=rows.device)
    apart = (covariance - level).square().sum()
    chance = (rows.square().sum(1).square().sum() / count - covariance.square().sum()) / count
    shrinkage = (chance / apart.clamp_min(1e-12)).clamp(LEAST_SHRINKAGE, 1)
    return (1 - shrinkage) * covariance + shrinkage * level
