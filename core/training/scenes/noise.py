"""Smooth random fields and small picture sums that backgrounds and styles share."""

import torch
import torch.nn.functional as F
from torch import Tensor


class Paint:
    """Random numbers and coordinates for `count` pictures of `side` pixels on a device. All it gives has the
    shape (count, 1, side, side), or broadcasts to it."""

    def __init__(self, count: int, side: int, generator: torch.Generator) -> None:
        self.count, self.side, self.generator = count, side, generator
        self.device = generator.device
        line = (torch.arange(side, device=self.device) + 0.5) / side
        self.x, self.y = line.view(1, 1, 1, -1), line.view(1, 1, -1, 1)

    def one(self, low: float, high: float) -> Tensor:
        """A number for each picture."""
        return self.rand(1, 1) * (high - low) + low

    def rand(self, rows: int, columns: int) -> Tensor:
        return torch.rand(self.count, 1, rows, columns, generator=self.generator, device=self.device)

    def clouds(self, *cells: int) -> Tensor:
        """A smooth field in [0, 1]: grids of random numbers, each finer one at half the weight."""
        total, weight = torch.zeros((), device=self.device), 1.0
        for cell in cells:
            total = total + weight * self.grown(self.rand(cell, cell))
            weight /= 2
        return total / (2 - 2 * weight)

    def stretched(self, rows: int, columns: int) -> Tensor:
        return self.grown(self.rand(rows, columns))

    def grown(self, grid: Tensor) -> Tensor:
        size = (self.side, self.side)
        return F.interpolate(grid, size=size, mode="bicubic", align_corners=False).clamp(0, 1)

    def grain(self) -> Tensor:
        """From −0.5 to 0.5, pixel by pixel."""
        return self.rand(self.side, self.side) - 0.5

    def colour(self, *rgb: float) -> Tensor:
        """(1, 3, 1, 1)."""
        return torch.tensor(rgb, device=self.device).view(1, 3, 1, 1)

    def looked_up(self, values: Tensor, index: Tensor) -> Tensor:
        """`values` (count, 1, rows, columns), read row by row, at the places `index`, broadcast to pixels."""
        known = values.flatten(1)
        flat = index.long().clamp(0, known.shape[1] - 1).expand(self.count, 1, self.side, self.side)
        return known.gather(1, flat.flatten(1)).view(self.count, 1, self.side, self.side)


def step(value: Tensor, width: float = 0.01) -> Tensor:
    """0 below zero, 1 above, soft over `width`."""
    return (value / width + 0.5).clamp(0, 1)


def mix(a: Tensor, b: Tensor, share: Tensor) -> Tensor:
    return a + (b - a) * share


def blurred(pictures: Tensor, radius: int) -> Tensor:
    """Twice averaged over (2 radius + 1)²."""
    for _ in range(2):
        padded = F.pad(pictures, (radius,) * 4, mode="replicate")
        pictures = F.avg_pool2d(padded, 2 * radius + 1, 1)
    return pictures
