"""Where in a portrait skin, hair and clothes are, found once when the portraits are read.

Each portrait is asked what its own skin, hair and clothes look like, at places where one of them is sure, and
every pixel of the person is then shared out by colour and place.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from core.training.scenes.packs import Portraits
from core.training.scenes.warp import points_of

CHIN, TOP, LEFT, RIGHT = 18, 0, 29, 7
"""Landmarks on the face's oval."""
AT_ONCE = 16


def regions_of(portraits: Portraits) -> Tensor:
    """(P, 5, s, s) uint8: person, oval, skin, hair, shirt."""
    parts = [_regions(portraits, rows) for rows in torch.arange(len(portraits)).split(AT_ONCE)]
    return torch.cat(parts)


def luminance(rgb: Tensor) -> Tensor:
    """(N, 3, ...) → (N, 1, ...)."""
    weights = torch.tensor((0.299, 0.587, 0.114), device=rgb.device, dtype=rgb.dtype)
    return (rgb * weights.view(1, 3, *(1,) * (rgb.dim() - 2))).sum(1, keepdim=True)


def _regions(portraits: Portraits, rows: Tensor) -> Tensor:
    rows = rows.to(portraits.rgb.device)
    marks, whole = portraits.marks[rows], (portraits.rgb, portraits.person[:, None], portraits.oval[:, None])
    # Half the side is enough: regions are soft.
    rgb, person, oval = (F.avg_pool2d(each[rows].float() / 255, 2, ceil_mode=True) for each in whole)
    place = _Place(marks, points_of(rgb.shape[-1], rgb.device))
    looks = _look(rgb)
    cheeks = oval * place.around(marks[:, (56, 26, 10)].mean(1), 0.45)
    crown = person * (1 - oval) * (place.up > 1.05)
    chest = person * (place.down > 1.15) * (place.aside < 0.9)
    like_skin, like_hair, like_cloth = (_likeness(looks, seeds) for seeds in (cheeks, crown, chest))
    below = place.below_neckline()
    man = portraits.man.to(rgb.device)[rows].view(-1, 1, 1, 1).float()
    reach = (0.75 - 0.73 * man) * _step(1.35 - place.aside, 0.2)
    fall = torch.where(place.down > 0.05, reach, 1.0) * (1 - oval)
    hair = like_hair * fall
    skin = like_skin * (1 - below) + 0.02
    # A man's collar may be like no other cloth of his; under a woman's chin it may be hair in the shade.
    neither = 0.25 * (1 - like_skin) * man * _step(place.aside - 0.36, 0.1)
    cloth = (like_cloth + neither) * _step(
        place.down + 0.25 * (2 * place.aside - 0.5).clamp(0, 1), 0.06
    ) + below * 0.25
    total = hair + skin + cloth + 1e-4
    shares = _smoothed(torch.cat((skin, hair, cloth), 1) / total)
    shares = F.interpolate(shares, size=whole[0].shape[-2:], mode="bilinear", align_corners=False)
    person, oval = (each[rows].float() / 255 for each in whole[1:])
    skin, hair, cloth = (person * share for share in shares.split(1, 1))
    parts = (person, oval, torch.maximum(skin, oval), hair * (1 - oval), cloth)
    return (torch.cat(parts, 1) * 255).round().to(torch.uint8)


class _Place:
    """Where each pixel (N, 1, s, s) lies, measured from the face: `up` and `down` in face heights above and
    below the chin, `aside` in face widths from the middle."""

    def __init__(self, marks: Tensor, points: Tensor) -> None:
        self._points = points[None]
        chin = marks[:, CHIN]
        self._height = (chin - marks[:, TOP]).norm(dim=-1).view(-1, 1, 1)
        self._width = (marks[:, RIGHT] - marks[:, LEFT]).norm(dim=-1).view(-1, 1, 1)
        middle = marks[:, :36].mean(1)
        self.aside = ((points[None, ..., 0] - middle[:, None, None, 0]).abs() / self._width)[:, None]
        self.down = ((points[None, ..., 1] - chin[:, None, None, 1]) / self._height)[:, None]
        self.up = -self.down

    def around(self, centre: Tensor, radius: float) -> Tensor:
        distance = (self._points - centre[:, None, None]).norm(dim=-1) / self._width
        return (distance < radius).float()[:, None]

    def below_neckline(self) -> Tensor:
        """Where a shirt with a round neck would be."""
        outside = ((self.aside / 0.42).square() + (self.down.clamp_min(0) / 0.34).square()).sqrt()
        chest = _step(outside - 1, 0.06) * _step(self.down - 0.04, 0.03)
        shoulders = _step(self.aside - 0.66, 0.06) * _step(self.down + 0.25, 0.05)
        return torch.maximum(chest, shoulders)


def _look(rgb: Tensor) -> Tensor:
    """Lightness at half weight, and two colour differences: shade changes one thing's lightness most."""
    light = luminance(rgb)
    colour = rgb / (rgb.sum(1, keepdim=True) + 0.15)
    return torch.cat((0.45 * light, 1.6 * colour[:, :1], 1.6 * colour[:, 2:]), 1)


def _likeness(looks: Tensor, seeds: Tensor) -> Tensor:
    """How like the pixels under `seeds` each pixel is, (N, 1, s, s) in [0, 1]; 0 where there are no seeds."""
    weight = seeds / seeds.sum((2, 3), keepdim=True).clamp_min(1)
    mean = (looks * weight).sum((2, 3), keepdim=True)
    spread = ((looks - mean).square() * weight).sum((2, 3), keepdim=True) + 0.0012
    distance = ((looks - mean).square() / spread).sum(1, keepdim=True)
    return torch.exp(-0.35 * distance) * (seeds.sum((2, 3), keepdim=True) > 5)


def _step(value: Tensor, width: float) -> Tensor:
    """0 below, 1 above, soft over `width`."""
    return torch.sigmoid(value * 4 / width)


def _smoothed(maps: Tensor) -> Tensor:
    for _ in range(2):
        maps = F.avg_pool2d(F.pad(maps, (1, 1, 1, 1), mode="replicate"), 3, 1)
    return maps
