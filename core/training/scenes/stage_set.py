"""Draws planned scenes and the views of their subjects: pixels, masks, face boxes. Batched, on the device."""

from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import torch
from torch import Tensor

from core.training.batch import Batch
from core.training.scenes import backgrounds, styles
from core.training.scenes.cast import face_height
from core.training.scenes.identity import Moments
from core.training.scenes.people import Artist, Poses
from core.training.scenes.plan import People, Plan, Things
from core.training.scenes.stickers import Stickers
from core.training.scenes.warp import moved

MARGIN = 1.3
"""A view is the square about this many times the box of the face, or of the object."""
BROW = 0.1
"""How much higher than the landmarks the detector's box begins, in their height: measured on 66 faces."""
HEADROOM = 0.78
"""What a hat needs above the head, in face heights."""
SKY = -0.96
"""No head or hat is drawn above this height."""

Slots = TypeVar("Slots", People, Things)


class Sizes(NamedTuple):
    """Sides in pixels, and views of each subject."""

    picture: int
    view: int
    views: int


class Set:
    """What all scenes share: the cast and the props."""

    def __init__(self, artist: Artist, stickers: Stickers) -> None:
        self.artist, self.stickers = artist, stickers
        self._device = artist.cast.device

    def shoot(self, plan: Plan, sizes: Sizes, numbers: Tensor, generator: torch.Generator) -> Batch:
        """`numbers` (B, M): the identities of those who are people. `generator` is the device's."""
        people, things = _on(plan.people, self._device), _on(plan.things, self._device)
        rgb, alpha, faces = self._layers(plan, people, things, sizes.picture)
        ground = backgrounds.draw(plan.background, plan.colour.to(self._device), sizes.picture, generator)
        pixels, masks = _stacked(ground, rgb, alpha, plan.order.to(self._device))
        pixels = styles.apply(pixels, plan.style, generator)
        views, view_masks = self._views(plan, people, things, sizes, generator)
        return Batch(
            pixels * 2 - 1, plan.words, plan.present.to(self._device), masks, faces, views, view_masks,
            _identities(plan, numbers).to(self._device),
        )  # fmt: skip

    def _layers(self, plan: Plan, people: People, things: Things, side: int) -> tuple[Tensor, Tensor, Tensor]:
        """Each subject alone: `rgb` (B, M, 3, s, s), `alpha` (B, M, 1, s, s), `faces` (B, M, 4)."""
        count, subjects = plan.present.shape
        rgb = torch.zeros(count, subjects, 3, side, side, device=self._device)
        alpha = torch.zeros(count, subjects, 1, side, side, device=self._device)
        faces = torch.full((count, subjects, 4), torch.nan, device=self._device)
        if len(people.scene):
            at = people.scene, people.place
            drawn = self.artist.draw(people.who, people.now, self._placed(people), side)
            on = self.stickers.worn(people.worn, drawn.marks, side)
            lit = (on.rgb * people.now.gain[..., None, None]).clamp(0, 1)
            rgb[at], alpha[at] = _over(drawn.rgb, drawn.alpha * on.left, lit, on.alpha)
            faces[at] = (_face_boxes(drawn.marks) + 1) / 2 * side
        if len(things.scene):
            at = things.scene, things.place
            colour, alpha[at] = self.stickers.drawn(things.sprite, self._put(things), side)
            rgb[at] = (colour * things.gain[..., None, None]).clamp(0, 1)
        return rgb, alpha, faces

    def _placed(self, people: People) -> Poses:
        """Portraits with their lower edge at the picture's, small enough to leave the head room."""
        cast, who = self.artist.cast, people.who
        marks, crown = cast.marks[who.parents[:, 0]], cast.crown[who.parents[:, 0]]
        top = crown - face_height(marks) * HEADROOM * (people.worn >= 0)
        fits = (people.bottom - SKY) / ((cast.foot[who.parents[:, 0]] - top) * who.stretch[:, 1])
        matrix = _turned(people.now, who.stretch) * torch.minimum(people.scale, fits)[:, None, None]
        foot = torch.stack((marks[:, :36, 0].mean(1), cast.foot[who.parents[:, 0]]), -1)
        there = torch.stack((people.x, people.bottom), -1)
        return Poses(matrix, there - (matrix @ foot[..., None])[..., 0])

    def _put(self, things: Things) -> Poses:
        """Objects standing on their lower edge."""
        box = self.stickers.boxes[things.sprite]
        matrix, bounds = _spun(box, things.turn, things.mirrored)
        matrix = matrix * (2 * things.size / _longest(bounds))[:, None, None]
        bounds = bounds * (2 * things.size / _longest(bounds))[:, None]
        x = things.x - (bounds[:, 0] + bounds[:, 2]) / 2
        return Poses(matrix, torch.stack((x, things.bottom - bounds[:, 3]), -1))

    def _views(
        self, plan: Plan, people: People, things: Things, sizes: Sizes, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """(B, M, R, 3, V, V) and (B, M, R, 1, V, V); black and empty where nobody is."""
        count, subjects = plan.present.shape
        shape = (count, subjects, sizes.views)
        views = torch.zeros(*shape, 3, sizes.view, sizes.view, device=self._device)
        masks = torch.zeros(*shape, 1, sizes.view, sizes.view, device=self._device)
        ground = backgrounds.draw(
            plan.view_background, plan.view_colour.to(self._device), sizes.view, generator
        )
        behind = ground.split((len(people.scene) * sizes.views, len(things.scene) * sizes.views))
        drawn: list[tuple[tuple[Tensor, Tensor], Tensor, tuple[Tensor, Tensor]]] = []
        if len(people.scene):
            drawn.append(((people.scene, people.place), behind[0], self._people_views(people, sizes)))
        if len(things.scene):
            drawn.append(((things.scene, things.place), behind[1], self._thing_views(things, sizes)))
        for at, ground, (rgb, alpha) in drawn:
            views[at] = torch.lerp(ground, rgb, alpha).unflatten(0, (-1, sizes.views))
            masks[at] = alpha.unflatten(0, (-1, sizes.views))
        return views, masks

    def _people_views(self, people: People, sizes: Sizes) -> tuple[Tensor, Tensor]:
        rows = torch.arange(len(people.scene), device=self._device).repeat_interleave(sizes.views)
        who = people.who.take(rows)
        matrix = _turned(people.views, who.stretch)
        marks = moved(self.artist.marks(who, people.views), matrix, matrix.new_zeros(len(rows), 2))
        drawn = self.artist.draw(who, people.views, _framed(matrix, _face_boxes(marks)), sizes.view)
        return drawn.rgb, drawn.alpha

    def _thing_views(self, things: Things, sizes: Sizes) -> tuple[Tensor, Tensor]:
        sprite = things.sprite.repeat_interleave(sizes.views)
        matrix, bounds = _spun(self.stickers.boxes[sprite], things.view_turn, things.view_mirrored)
        rgb, alpha = self.stickers.drawn(sprite, _framed(matrix, bounds), sizes.view)
        return (rgb * things.view_gain[..., None, None]).clamp(0, 1), alpha


def _on(slots: Slots, device: torch.device) -> Slots:
    there: dict[str, Any] = {name: value.to(device) for name, value in vars(slots).items()}
    return replace(slots, **there)


def _over(below: Tensor, opaque: Tensor, rgb: Tensor, alpha: Tensor) -> tuple[Tensor, Tensor]:
    """One layer over another as one layer, not premultiplied."""
    both = alpha + opaque * (1 - alpha)
    return torch.lerp(below, rgb, alpha / both.clamp_min(1e-4)), both


def _stacked(ground: Tensor, rgb: Tensor, alpha: Tensor, order: Tensor) -> tuple[Tensor, Tensor]:
    """The picture (B, 3, H, W), and what is seen of each subject (B, M, H, W)."""
    rows, pixels = torch.arange(len(order), device=order.device), ground
    masks = torch.zeros_like(alpha)
    for place in order.unbind(1):
        above = alpha[rows, place]
        pixels = torch.lerp(pixels, rgb[rows, place], above)
        masks = masks * (1 - above[:, None])
        masks[rows, place] = above
    return pixels, masks[:, :, 0]


def _identities(plan: Plan, numbers: Tensor) -> Tensor:
    made = torch.full(plan.present.shape, -1)
    people, things = plan.people, plan.things
    made[people.scene, people.place] = numbers[people.scene, people.place]
    made[things.scene, things.place] = things.sprite
    return made


def _rotation(angle: Tensor) -> Tensor:
    cos, sin = angle.cos(), angle.sin()
    return torch.stack((cos, -sin, sin, cos), -1).view(-1, 2, 2)


def _turned(now: Moments, stretch: Tensor) -> Tensor:
    mirror = torch.stack((1 - 2 * now.mirrored.float(), torch.ones_like(now.turn)), -1)
    return _rotation(now.turn) @ torch.diag_embed(stretch * mirror)


def _spun(box: Tensor, turn: Tensor, mirrored: Tensor) -> tuple[Tensor, Tensor]:
    """The matrix of a turned sprite, and the bounds (N, 4) of its turned box."""
    mirror = torch.stack((1 - 2 * mirrored.float(), torch.ones_like(turn)), -1)
    matrix = _rotation(turn) @ torch.diag_embed(mirror)
    corners = torch.stack([box[:, pair] for pair in ([0, 1], [2, 1], [2, 3], [0, 3])], 1)
    return matrix, _bounds(corners @ matrix.mT)


def _bounds(points: Tensor) -> Tensor:
    """(N, L, 2) → (N, 4): left, top, right, bottom."""
    return torch.cat((points.amin(1), points.amax(1)), -1)


def _face_boxes(marks: Tensor) -> Tensor:
    """(N, 70, 2) → (N, 4), as the program's own detector draws them."""
    bounds = _bounds(marks)
    bounds[:, 1] -= BROW * (bounds[:, 3] - bounds[:, 1])
    return bounds


def _longest(bounds: Tensor) -> Tensor:
    return (bounds[:, 2:] - bounds[:, :2]).amax(-1)


def _framed(matrix: Tensor, bounds: Tensor) -> Poses:
    """What lies within `bounds` once turned by `matrix`, as a view: square, MARGIN times the longer side."""
    half = MARGIN * _longest(bounds) / 2
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    return Poses(matrix / half[:, None, None], -middle / half[:, None])
