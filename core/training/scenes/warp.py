"""Moves pictures by their landmarks, batched: similarities, smooth displacements, sampling.

Coordinates are those of grid_sample with align_corners=False: x to the right, y down, [−1, 1] from edge to
edge. N pictures, L landmarks, G × G points.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

REACH = 0.35
"""How far from a landmark its displacement is felt, in half picture sides."""
STIFFNESS = 2e-3
"""Added to the kernel's diagonal: landmarks that disagree are smoothed, not torn between."""


def fitted(source: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """The similarity that lays `source` (N, L, 2) on `target` best in least squares: its matrix (N, 2, 2) and
    shift (N, 2), for x → matrix x + shift. Complex numbers turn and scale in one."""
    from_centre, to_centre = source.mean(1), target.mean(1)
    a, b = (torch.view_as_complex((p - p.mean(1, keepdim=True)).contiguous()) for p in (source, target))
    turn = (a.conj() * b).sum(1) / a.abs().square().sum(1).clamp_min(1e-9)
    matrix = torch.stack((turn.real, -turn.imag, turn.imag, turn.real), -1).view(-1, 2, 2)
    return matrix, to_centre - (matrix @ from_centre[..., None])[..., 0]


def moved(points: Tensor, matrix: Tensor, shift: Tensor) -> Tensor:
    """`points` (N, ..., 2) under x → matrix x + shift."""
    flat = points.flatten(1, -2)
    return (flat @ matrix.mT + shift[:, None]).view_as(points)


def inverted(matrix: Tensor, shift: Tensor) -> tuple[Tensor, Tensor]:
    back = torch.linalg.inv(matrix)
    return back, -(back @ shift[..., None])[..., 0]


def weights_of(centres: Tensor, offsets: Tensor) -> Tensor:
    """The weights (N, L, C) with which the kernels about `centres` (N, L, 2) add up to `offsets` (N, L,
    C)."""
    kernel = _matern(centres, centres)
    kernel = kernel + STIFFNESS * torch.eye(kernel.shape[-1], device=kernel.device)
    return torch.cholesky_solve(offsets, torch.linalg.cholesky(kernel))


def displacement(points: Tensor, centres: Tensor, weights: Tensor) -> Tensor:
    """The smooth field (N, G, G, C) at `points` (N, G, G, 2)."""
    field = _matern(points.flatten(1, 2), centres) @ weights
    return field.view(*points.shape[:-1], -1)


def _matern(a: Tensor, b: Tensor) -> Tensor:
    """Matérn 3/2: smooth at its centre, gone a few reaches away, and well conditioned for close landmarks."""
    scaled = torch.cdist(a, b) * (3**0.5 / REACH)
    return (1 + scaled) * torch.exp(-scaled)


def points_of(side: int, device: torch.device) -> Tensor:
    """The pixel centres (side, side, 2)."""
    line = (torch.arange(side, device=device) * 2 + 1) / side - 1
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack((x, y), -1)


def enlarged(field: Tensor, side: int) -> Tensor:
    """A coarse field (N, G, G, C) at side × side pixels."""
    return F.interpolate(
        field.permute(0, 3, 1, 2), size=(side, side), mode="bilinear", align_corners=False
    ).permute(0, 2, 3, 1)


def sampled(pictures: Tensor, points: Tensor, padding: str = "border") -> Tensor:
    """`pictures` (N, C, h, w) at `points` (N, H, W, 2): (N, C, H, W)."""
    return F.grid_sample(pictures, points, mode="bilinear", padding_mode=padding, align_corners=False)


class Levels:
    """Pictures (n, C, s, s) uint8 kept whole and at half their side, so that sampling a smaller one skips no
    detail."""

    def __init__(self, pictures: Tensor) -> None:
        self._levels = pictures, torch.cat([_halved(part) for part in pictures.split(16)])

    @property
    def side(self) -> int:
        return self._levels[0].shape[-1]

    def at(
        self,
        rows: Tensor,
        points: Tensor,
        shrunk: Tensor,
        channels: int | None = None,
        padding: str = "border",
    ) -> Tensor:
        """Pictures `rows` (N,) in [0, 1] at `points` (N, H, W, 2); `shrunk` (N,): their pixels for each one
        made."""
        large, small = (
            sampled(level[rows, :channels].float() / 255, points, padding) for level in self._levels
        )
        return torch.lerp(large, small, (shrunk - 1).clamp(0, 1).view(-1, 1, 1, 1))


def shrinking(back: Tensor, source: int, side: int) -> Tensor:
    """Source pixels for each pixel made (N,), under the matrices `back` (N, 2, 2) from the picture."""
    return torch.linalg.det(back).abs().sqrt() * source / side


def _halved(pictures: Tensor) -> Tensor:
    return F.avg_pool2d(pictures.float(), 2, ceil_mode=True).round().to(torch.uint8)
