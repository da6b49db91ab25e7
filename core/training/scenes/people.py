"""Draws people: identities at moments, placed in pictures. Batched; N people, one picture each.

From the picture backwards: a pixel belongs to a place in the person's own frame (that of the first parent's
portrait, stretched), from there the landmarks say where in each parent's portrait it comes from.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.training.scenes.cast import Cast, face_height, face_width
from core.training.scenes.identity import Identities, Moments, expressions, traits
from core.training.scenes.regions import luminance
from core.training.scenes.warp import (
    Levels,
    displacement,
    enlarged,
    fitted,
    inverted,
    moved,
    points_of,
    shrinking,
    weights_of,
)  # fmt: skip

COARSE = 4
"""The displacement is worked out for every COARSE-th pixel; it is smooth."""


@dataclass(frozen=True)
class Poses:
    """Own frame → picture, x → `matrix` x + `shift`: (N, 2, 2), (N, 2)."""

    matrix: Tensor
    shift: Tensor


@dataclass(frozen=True)
class Drawn:
    """`rgb` (N, 3, H, W) in [0, 1], `alpha` (N, 1, H, W), `marks` (N, 70, 2) in the picture's [−1, 1]."""

    rgb: Tensor
    alpha: Tensor
    marks: Tensor


class Artist:
    """Keeps what is the same for all people."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self._textures = cast, Levels(cast.texture)
        mean = _mean_face(cast.marks)
        self._traits, self._expressions = (
            traits(mean.cpu()).to(cast.device),
            expressions(mean.cpu()).to(cast.device),
        )

    def marks(self, people: Identities, moments: Moments) -> Tensor:
        """Their landmarks (N, 70, 2) in their own frame."""
        first, others = self._parents(people)
        shape = people.shape[:, :1, None] * first
        for place, marks in enumerate(others, 1):
            shape = shape + people.shape[:, place, None, None] * moved(marks, *fitted(marks, first))
        steps = torch.einsum("nk,klc->nlc", people.form, self._traits)
        steps = steps + torch.einsum("nk,klc->nlc", moments.expression, self._expressions)
        return shape + steps * face_width(first)[:, None, None]

    def draw(self, people: Identities, moments: Moments, poses: Poses, side: int) -> Drawn:
        first, others = self._parents(people)
        marks = self.marks(people, moments)
        back = inverted(poses.matrix, poses.shift)
        own = moved(points_of(-(-side // COARSE), first.device).expand(len(first), -1, -1, -1), *back)
        place = self._where(own, marks, first, side)
        shrunk = shrinking(back[0], self._textures.side, side)
        body = self._textures.at(people.parents[:, 0], place, shrunk)
        rgb, alpha = body[:, :3], _trimmed(body[:, 3:4]) * _shoulders(place)
        given = self._given(people, others, marks, own, shrunk, side)
        oval = body[:, 4:5]
        rgb = torch.lerp(rgb, given, oval * (1 - people.texture[:, 0].view(-1, 1, 1, 1)))
        rgb = self._coloured(rgb, body[:, 5:], people, moments)
        return Drawn(_lit(rgb, own, marks, moments, side), alpha, moved(marks, poses.matrix, poses.shift))

    def _parents(self, people: Identities) -> tuple[Tensor, list[Tensor]]:
        first, *others = self.cast.marks[people.parents].unbind(1)
        return first, others

    def _where(self, own: Tensor, marks: Tensor, target: Tensor, side: int) -> Tensor:
        """Where the points `own` of a face with these `marks` are in a portrait whose own are `target`."""
        field = displacement(own, marks, weights_of(marks, target - marks))
        return enlarged(own + field, side)

    def _given(
        self, people: Identities, others: list[Tensor], marks: Tensor, own: Tensor, shrunk: Tensor, side: int
    ) -> Tensor:
        """What the donors give to the face, mixed, in the colours of the first parent's skin."""
        mixed, total = torch.zeros(len(own), 3, side, side, device=own.device), people.texture[:, 1:].sum(1)
        skin, spread = (each[people.parents[:, 0]] for each in (self.cast.skin, self.cast.skin_spread))
        for place, target in enumerate(others, 1):
            matrix, shift = fitted(marks, target)
            points = self._where(moved(own, matrix, shift), moved(marks, matrix, shift), target, side)
            donor = people.parents[:, place]
            rgb = self._textures.at(donor, points, shrunk, 3)
            contrast = (spread / self.cast.skin_spread[donor].clamp_min(0.02)).clamp(0.6, 1.5)
            alike = (rgb - _flat(self.cast.skin[donor])) * _flat(contrast) + _flat(skin)
            mixed = mixed + alike * (people.texture[:, place] / total).view(-1, 1, 1, 1)
        return mixed.clamp(0, 1)

    def _coloured(self, rgb: Tensor, parts: Tensor, people: Identities, moments: Moments) -> Tensor:
        """Skin, hair and clothes in their own colours."""
        skin, hair, shirt = parts.split(1, 1)
        first, light = people.parents[:, 0], luminance(rgb)
        rgb = rgb * torch.lerp(torch.ones_like(rgb), _flat(people.skin), skin)
        shade = light / self.cast.hair[first].view(-1, 1, 1, 1)
        dyed = _flat(people.hair) * (0.25 + 0.75 * shade.clamp(0, 2.2))
        rgb = torch.lerp(rgb, dyed, hair * (people.dyed * self.cast.dyeable[first]).view(-1, 1, 1, 1))
        shade = light / self.cast.shirt[first].view(-1, 1, 1, 1)
        folds = 0.45 + 0.55 * shade.clamp(0, 1.25)
        cloth = _flat(moments.shirt) * folds + 0.04 * (shade - 1).clamp(-1, 1)
        return torch.lerp(rgb, cloth, _firm(shirt) * moments.dressed.view(-1, 1, 1, 1)).clamp(0, 1)


def _flat(colours: Tensor) -> Tensor:
    """(N, 3) for pictures."""
    return colours[..., None, None]


def _mean_face(marks: Tensor) -> Tensor:
    """(70, 2), of width 1 about 0."""
    level = (marks - marks.mean(1, keepdim=True)) / face_width(marks)[:, None, None]
    return level.mean(0)


def _firm(share: Tensor) -> Tensor:
    """A region's share made surer: half of it is already cloth."""
    return ((share - 0.2) / 0.45).clamp(0, 1)


def _trimmed(mask: Tensor) -> Tensor:
    """Without the outermost rim, which shows the portrait's own background."""
    return ((mask - 0.35) / 0.55).clamp(0, 1)


def _shoulders(place: Tensor) -> Tensor:
    """Rounds off bodies that the portrait's edges cut: (N, 1, H, W) from places (N, H, W, 2) in the
    portrait."""
    aside, y = ((place[..., 0].abs() - 0.55) / 0.40).clamp_min(0), place[..., 1]
    # Hair and scarves, higher up, may be as wide as they are.
    down = ((0.98 - y) / 0.9).clamp_min(0) * ((y - 0.1) / 0.25).clamp(0, 1)
    inside = 1 - (aside.square() + torch.where(aside > 0, down, 0).square()).sqrt()
    return (inside / 0.03).clamp(0, 1)[:, None]


def _lit(rgb: Tensor, own: Tensor, marks: Tensor, moments: Moments, side: int) -> Tensor:
    """Light that falls in from one side, over a head that is round about its middle."""
    middle, reach = marks[:, :36].mean(1)[:, None, None], face_height(marks).view(-1, 1, 1, 1) * 0.75
    rounded = torch.tanh((own - middle) / reach)
    slope = enlarged((rounded * moments.light[:, None, None]).sum(-1, keepdim=True), side)
    return (rgb * torch.exp(slope.permute(0, 3, 1, 2)) * _flat(moments.gain)).clamp(0, 1)
