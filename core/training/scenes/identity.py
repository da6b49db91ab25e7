"""Who somebody is (the same in every picture), and how they look at one moment (different in each)."""

from dataclasses import dataclass, fields
from typing import Any, TypeVar

import torch
from torch import Tensor

from core.training.scenes.cast import Cast
from core.training.scenes.draws import Draws
from core.training.scenes.vocabulary import COLOURS

BROWS, EYES, NOSE, LIPS = slice(36, 42), slice(42, 54), slice(54, 60), slice(60, 70)
RIGHT_EYE, LEFT_EYE = slice(42, 48), slice(48, 54)

HAIRS = (
    (0.09, 0.08, 0.08), (0.20, 0.13, 0.09), (0.36, 0.22, 0.13), (0.72, 0.55, 0.34), (0.52, 0.22, 0.10),
)  # fmt: skip
AGED_HAIRS = ((0.55, 0.54, 0.54), (0.80, 0.79, 0.77))
GREYING = 52

Kept = TypeVar("Kept", bound="Rows")


@dataclass(frozen=True)
class Rows:
    """Tensors that share their first dimension."""

    def take(self: Kept, rows: Tensor) -> Kept:
        return type(self)(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    def to(self: Kept, device: torch.device) -> Kept:
        moved: dict[str, Any] = {each.name: getattr(self, each.name).to(device) for each in fields(self)}
        return type(self)(**moved)


@dataclass(frozen=True)
class Identities(Rows):
    """N people. `parents` (N, 3): portraits; the first gives hair, head and body, all give the face. `shape`
    (N, 3) and `texture` (N, 3): their shares in its form and its skin, each adding up to 1. `form` (N, K):
    how far each trait of `traits` goes. `stretch` (N, 2): of the whole head. `skin` (N, 3): a factor on its
    colour. `hair` (N, 3) and `dyed` (N,): a hair colour and how far it takes the place of the parent's."""

    parents: Tensor
    shape: Tensor
    texture: Tensor
    form: Tensor
    stretch: Tensor
    skin: Tensor
    hair: Tensor
    dyed: Tensor


@dataclass(frozen=True)
class Moments(Rows):
    """N pictures of people. `expression` (N, E); `light` (N, 2): where from; `gain` (N, 3): brightness and
    colour of the light; `shirt` (N, 3) and `dressed` (N,): a colour and how far it covers the own clothes';
    `mirrored` (N,) bool; `turn` (N,) in radians."""

    expression: Tensor
    light: Tensor
    gain: Tensor
    shirt: Tensor
    dressed: Tensor
    mirrored: Tensor
    turn: Tensor


def draw_identities(draws: Draws, cast: Cast, first: Tensor) -> Identities:
    """New people whose first parents are `first` (N,)."""
    count = len(first)
    parents = _parents(draws, cast, first)
    texture = _shares(draws, count, 0.35, 0.80)
    brightness, tint = draws.normal(0.09, count, 1), draws.normal(0.025, count, 3)
    return Identities(
        parents, _shares(draws, count, 0.30, 0.70), texture, draws.normal(1.0, count, TRAITS),
        1 + draws.normal(0.03, count, 2), torch.exp(brightness + tint),
        _hair(draws, cast.age[parents[:, 0]]), draws.uniform(0.5, 0.95, count) * draws.chance(0.5, count),
    )  # fmt: skip


def draw_moments(draws: Draws, count: int) -> Moments:
    warmth = draws.normal(0.05, count, 1) * torch.tensor((1.0, 0.1, -1.0))
    palette = torch.tensor(list(COLOURS.values()))
    angle = draws.uniform(0, 2 * torch.pi, count)
    strength = draws.uniform(0, 0.45, count, 1)
    return Moments(
        draws.normal(1.0, count, EXPRESSIONS), torch.stack((angle.cos(), angle.sin()), -1) * strength,
        torch.exp(draws.normal(0.12, count, 1) + warmth), palette[draws.even(len(palette), count)],
        draws.chance(0.7, count).float(), draws.chance(0.5, count), draws.normal(0.06, count),
    )  # fmt: skip


def _parents(draws: Draws, cast: Cast, first: Tensor) -> Tensor:
    """The second is kin of the first, and so is the third, another one where there is another."""
    odds = cast.kin[first]
    second = draws.rows(odds)
    left = odds.scatter(1, second[:, None], 0)
    alone = left.sum(1, keepdim=True) == 0
    third = draws.rows(torch.where(alone, odds, left))
    return torch.stack((first, second, third), 1)


def _shares(draws: Draws, count: int, low: float, high: float) -> Tensor:
    """The donors' share lies between `low` and `high`; two in three people have one donor alone."""
    given = draws.uniform(low, high, count)
    third = draws.uniform(0.25, 0.5, count) * draws.chance(1 / 3, count)
    return torch.stack((1 - given, given * (1 - third), given * third), 1)


def _hair(draws: Draws, age: Tensor) -> Tensor:
    young, aged = torch.tensor(HAIRS), torch.tensor(HAIRS[:2] + AGED_HAIRS)
    count = len(age)
    colour = torch.where(
        age[:, None] > GREYING, aged[draws.even(len(aged), count)], young[draws.even(len(young), count)]
    )
    return colour * torch.exp(draws.normal(0.12, count, 1))


def traits(marks: Tensor) -> Tensor:
    """What may differ between two faces, at one spread each: (TRAITS, 70, 2), in face widths, about the mean
    face `marks` (70, 2) of width 1."""
    parts = {"eyes": (RIGHT_EYE, LEFT_EYE), "nose": (NOSE,), "lips": (LIPS,), "brows": (BROWS,)}
    steps = [
        _scaled(marks, (slice(0, 70),), 0.030, 0.0), _scaled(marks, (slice(0, 70),), 0.0, 0.030),
        _scaled(marks, parts["eyes"], 0.05, 0.05), _shifted(marks, (RIGHT_EYE,), 0.012, 0.0, (LEFT_EYE,)),
        _shifted(marks, (*parts["eyes"], BROWS), 0.0, 0.012),
        _scaled(marks, parts["nose"], 0.09, 0.0), _scaled(marks, parts["nose"], 0.0, 0.08),
        _scaled(marks, parts["lips"], 0.07, 0.0), _scaled(marks, parts["lips"], 0.0, 0.09),
        _shifted(marks, parts["lips"], 0.0, 0.016), _shifted(marks, parts["brows"], 0.0, 0.014),
        _jaw(marks, 0.05), _shifted(marks, (slice(14, 23),), 0.0, 0.022),
    ]  # fmt: skip
    return torch.stack(steps)


def expressions(marks: Tensor) -> Tensor:
    """What a face does, at one spread each: (EXPRESSIONS, 70, 2), as `traits`: smile, open lips, brows, lids,
    the head turned aside, and up or down."""
    smile, lips, lids, turn, nod = (torch.zeros_like(marks) for _ in range(5))
    smile[60], smile[64] = torch.tensor((-0.020, -0.014)), torch.tensor((0.020, -0.014))
    lips[[65, 66, 67, 69], 1] = 0.014
    lids[[43, 44, 49, 50], 1], lids[[46, 47, 52, 53], 1] = 0.004, -0.002
    for part, depth in ((EYES, 0.6), (BROWS, 0.5), (NOSE, 1.0), (LIPS, 0.7)):
        turn[part, 0], nod[part, 1] = 0.036 * depth, 0.020 * depth
    brows = _shifted(marks, (BROWS,), 0.0, 0.010)
    return torch.stack((smile, lips, brows, lids, turn, nod))


TRAITS, EXPRESSIONS = 13, 6


def _scaled(marks: Tensor, parts: tuple[slice, ...], x: float, y: float) -> Tensor:
    step = torch.zeros_like(marks)
    for part in parts:
        step[part] = (marks[part] - marks[part].mean(0)) * torch.tensor((x, y))
    return step


def _shifted(
    marks: Tensor, parts: tuple[slice, ...], x: float, y: float, against: tuple[slice, ...] = ()
) -> Tensor:
    """`parts` moved by (x, y), and those `against` them the other way."""
    step = torch.zeros_like(marks)
    for part in parts:
        step[part] = torch.tensor((x, y))
    for part in against:
        step[part] = -torch.tensor((x, y))
    return step


def _jaw(marks: Tensor, amount: float) -> Tensor:
    """A wider jaw, the more the lower on the oval."""
    step, oval = torch.zeros_like(marks), marks[:36]
    middle = oval.mean(0)
    low = ((oval[:, 1] - middle[1]) / (oval[:, 1].max() - middle[1])).clamp(0, 1)
    step[:36, 0] = (oval[:, 0] - middle[0]) * amount * low
    return step
