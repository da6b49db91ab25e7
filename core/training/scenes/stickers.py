"""Draws sprites: objects, and things to wear at a face's landmarks. Batched."""

from typing import NamedTuple

import torch
from torch import Tensor

from core.training.scenes.cast import face_height, face_width
from core.training.scenes.identity import BROWS, LEFT_EYE, RIGHT_EYE
from core.training.scenes.packs import Sprites
from core.training.scenes.people import Poses
from core.training.scenes.regions import luminance
from core.training.scenes.warp import Levels, inverted, moved, points_of, shrinking

UP_TO_HAIRLINE = 0.30
"""From the brows upwards to where a hat sits, in heights of the face's oval."""
HEAD = 1.12
"""A head with its hair, in widths of the face's oval."""


class Fit(NamedTuple):
    """How a sprite is worn: the point `x`, `y` of it (0 to 1) is put on the face, and `span` of its width is
    as wide as the head, or as the eyes are apart. `cut`: what lies below this is not drawn. `tight`: hair
    does not show above it. `glass`: light pixels let the eyes through."""

    x: float
    y: float
    span: float
    on_eyes: bool = False
    cut: float = 1.0
    tight: bool = False
    glass: bool = False


FITS = {
    "sunglasses": Fit(0.5, 0.79, 0.505, on_eyes=True),
    "glasses": Fit(0.5, 0.80, 0.515, on_eyes=True, glass=True),
    "a top hat": Fit(0.5, 0.90, 0.70, tight=True),
    "a crown": Fit(0.5, 0.97, 0.80),
    "a sun hat": Fit(0.5, 0.88, 0.64, tight=True),
    "a graduation cap": Fit(0.5, 0.68, 0.74, cut=1.0, tight=True),
    "a helmet": Fit(0.5, 0.55, 0.72, cut=0.61, tight=True),
}
ANY_HAT = Fit(0.5, 0.92, 0.72, tight=True)


class Worn(NamedTuple):
    """What is on the heads, as `Stickers.worn` draws it: `rgb`, `alpha` and what is `left` of the person (N,
    1, H, W) once the hair under a hat is pressed down."""

    rgb: Tensor
    alpha: Tensor
    left: Tensor


class Stickers:
    def __init__(self, sprites: Sprites, device: torch.device) -> None:
        self._device = device
        self._flat = Levels(_premultiplied(sprites.rgba).to(device))
        fits = [FITS.get(name, ANY_HAT) for name in sprites.names]
        self._fits = torch.tensor([[float(value) for value in fit] for fit in fits], device=device)
        self.boxes = _boxes(sprites.rgba).to(device)

    def drawn(self, which: Tensor, poses: Poses, side: int) -> tuple[Tensor, Tensor]:
        """Sprites `which` (N,) as `rgb` (N, 3, side, side) and `alpha` (N, 1, side, side). `poses`: from the
        sprite's [−1, 1] to the picture's."""
        back = inverted(poses.matrix, poses.shift)
        points = moved(points_of(side, self._device).expand(len(which), -1, -1, -1), *back)
        shrunk = shrinking(back[0], self._flat.side, side)
        rgb, alpha = self._flat.at(which, points, shrunk, padding="zeros").split((3, 1), 1)
        return (rgb / alpha.clamp_min(1e-3)).clamp(0, 1), alpha

    def worn(self, which: Tensor, marks: Tensor, side: int) -> Worn:
        """On heads with `marks` (N, 70, 2) in the picture; `which` is −1 for a bare head."""
        bare, which = which < 0, which.clamp_min(0)
        fits = self._fits[which]
        poses, up = _on_head(fits, marks)
        rgb, alpha = self.drawn(which, poses, side)
        points = points_of(side, marks.device).expand(len(which), -1, -1, -1)
        own = moved(points, *inverted(poses.matrix, poses.shift))
        cut, glass = fits[:, 4].view(-1, 1, 1, 1), fits[:, 6].view(-1, 1, 1, 1)
        alpha = alpha * (((cut * 2 - 1 - own[..., 1][:, None]) * 20).clamp(0, 1))
        alpha = alpha * (1 - 0.75 * glass * ((luminance(rgb) - 0.35) * 8).clamp(0, 1))
        alpha = torch.where(bare.view(-1, 1, 1, 1), 0, alpha)
        line = moved((fits[:, None, :2] * 2 - 1), poses.matrix, poses.shift)
        above = ((points - line[:, None]) * up[:, None, None]).sum(-1)[:, None]
        size = face_width(marks).view(-1, 1, 1, 1)
        pressed = (above / size * 12 - 0.5).clamp(0, 1) * (fits[:, 5] * ~bare).view(-1, 1, 1, 1)
        return Worn(rgb, alpha, 1 - pressed)


def _premultiplied(rgba: Tensor) -> Tensor:
    flat = rgba[:, :3].float() * rgba[:, 3:] / 255
    return torch.cat((flat.round().to(torch.uint8), rgba[:, 3:]), 1)


def _boxes(rgba: Tensor) -> Tensor:
    """Where each sprite is (n, 4): left, top, right, bottom in its own [−1, 1]."""
    side, seen = rgba.shape[-1], rgba[:, 3] > 100
    columns, rows = seen.any(1).float(), seen.any(2).float()
    first = torch.stack((columns.argmax(1), rows.argmax(1)), 1)
    last = side - torch.stack((columns.flip(1).argmax(1), rows.flip(1).argmax(1)), 1)
    return torch.cat((first, last), 1) * 2 / side - 1


def _on_head(fits: Tensor, marks: Tensor) -> tuple[Poses, Tensor]:
    """Sprite → picture, and the unit vector (N, 2) upwards along the face."""
    eyes = torch.stack((marks[:, RIGHT_EYE].mean(1), marks[:, LEFT_EYE].mean(1)))
    # A mirrored face has its right eye to the right; what it wears is not mirrored with it.
    left = torch.where((eyes[0, :, 0] < eyes[1, :, 0])[:, None], eyes[0], eyes[1])
    across = eyes.sum(0) - 2 * left
    apart = across.norm(dim=-1)
    x = across / apart[:, None]
    up = torch.stack((x[:, 1], -x[:, 0]), -1)
    on_eyes = fits[:, 3] > 0
    height = face_height(marks)[:, None] * UP_TO_HAIRLINE
    place = torch.where(on_eyes[:, None], eyes.mean(0), _middle(marks) + up * height)
    width = torch.where(on_eyes, apart, face_width(marks) * HEAD) / (2 * fits[:, 2])
    matrix = torch.stack((x, -up), -1) * width[:, None, None]
    return Poses(matrix, place - (matrix @ (fits[:, :2] * 2 - 1)[..., None])[..., 0]), up


def _middle(marks: Tensor) -> Tensor:
    """Between the brows, over the middle of the oval: hats sit on the head, not on the nose."""
    middle = marks[:, BROWS].mean(1)
    return torch.stack(((middle[:, 0] + marks[:, :36, 0].mean(1)) / 2, middle[:, 1]), -1)
