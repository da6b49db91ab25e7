"""Decides a batch of scenes: who is in them and where, what they wear, before what, in which style. Numbers
only, on the CPU; nothing is drawn yet.

A slot is a place for a subject: (scene, which of its subjects)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor

from core.training.batch import Words
from core.training.scenes.captions import Told, caption
from core.training.scenes.cast import Cast
from core.training.scenes.draws import Draws
from core.training.scenes.identity import Identities, Moments, draw_identities, draw_moments
from core.training.scenes.packs import Sprites
from core.training.scenes.vocabulary import BACKGROUNDS, COLOURED, COLOURS, OLD, STYLES, YOUNG

KINDS: tuple[tuple[str, float], ...] = (("p", 0.36), ("o", 0.08), ("pp", 0.34), ("po", 0.16), ("oo", 0.06))
"""Who is in a scene (p a person, o an object), and how often."""
MOST = 2
SHIRT_TOLD, WEARS, AGE_TOLD, PERSON_TOLD, SAME_SEX = 0.45, 0.30, 0.5, 0.12, 0.3
"""How often."""
SURELY_DRESSED = 0.8
"""A shirt's colour is told of those alone whose chest is clothes, as far as can be seen."""
ALONE_ON_COLOUR = 0.45


class Stand(NamedTuple):
    """Where subjects of one kind of scene stand: the middle from `x` to `x` + `roam` (of ±, in half pictures)
    and their size: a person's portrait, or an object's longer side, in pictures."""

    x: float
    roam: float
    small: float
    large: float


PERSON_STANDS = {
    "p": Stand(0.0, 0.28, 0.85, 1.25),
    "pp": Stand(0.44, 0.06, 0.64, 0.84),
    "po": Stand(0.30, 0.08, 0.76, 1.0),
}
OBJECT_STANDS = {
    "o": Stand(0.0, 0.2, 0.45, 0.72),
    "oo": Stand(0.46, 0.06, 0.32, 0.46),
    "po": Stand(0.56, 0.06, 0.28, 0.42),
}


@dataclass(frozen=True)
class People:
    """N person slots with R views of each, person by person: `views` has N × R rows. `worn` (N,): a sprite or
    −1. `x`, `bottom` and `scale` (N,) place the portrait."""

    scene: Tensor
    place: Tensor
    who: Identities
    now: Moments
    views: Moments
    worn: Tensor
    x: Tensor
    bottom: Tensor
    scale: Tensor


@dataclass(frozen=True)
class Things:
    """K object slots. `view_turn`, `view_gain`, `view_mirrored`: K × R rows."""

    scene: Tensor
    place: Tensor
    sprite: Tensor
    x: Tensor
    bottom: Tensor
    size: Tensor
    turn: Tensor
    mirrored: Tensor
    gain: Tensor
    view_turn: Tensor
    view_mirrored: Tensor
    view_gain: Tensor


@dataclass(frozen=True)
class Plan:
    """B scenes of at most M subjects. `order` (B, M): the subjects from the back to the front; `background`,
    `style` (B,): places in BACKGROUNDS and STYLES; `colour` (B, 3). `view_background`, `view_colour`: of the
    views, people first, then things."""

    words: tuple[Words, ...]
    present: Tensor
    order: Tensor
    people: People
    things: Things
    background: Tensor
    colour: Tensor
    style: Tensor
    view_background: Tensor
    view_colour: Tensor


def draw_plan(draws: Draws, cast: Cast, sprites: Sprites, count: int, subjects: int, views: int) -> Plan:
    kinds = _kinds(draws, count, subjects)
    person, present = _slots(kinds, subjects)
    style = draws.among([style.share for style in STYLES.values()], count)
    side = (draws.chance(0.5, count).float() * 2 - 1)[:, None] * (1 - 2 * torch.arange(subjects))
    people = _people(draws, cast, sprites, kinds, person, side, views)
    things = _things(draws, sprites, kinds, present & ~person, side, views)
    background, colour = _backgrounds(draws, style)
    people, told = _told(draws, cast, sprites, people, style)
    for scene, place, which in torch.stack((things.scene, things.place, things.sprite), 1).tolist():
        told[scene, place] = Told(sprites.names[which])
    shown = (len(people.scene) + len(things.scene)) * views
    palette = _palette()
    return Plan(
        _words(kinds, told, style, background, colour), present, _order(draws, person, present), people,
        things, background, palette[colour], style, draws.even(len(BACKGROUNDS), shown),
        palette[draws.even(len(palette), shown)],
    )  # fmt: skip


def _kinds(draws: Draws, count: int, subjects: int) -> list[str]:
    kinds = [(kind, share) for kind, share in KINDS if len(kind) <= subjects]
    return [kinds[place][0] for place in draws.among([share for _, share in kinds], count).tolist()]


def _slots(kinds: Sequence[str], subjects: int) -> tuple[Tensor, Tensor]:
    """Which slots (B, M) hold a person, and which hold anything."""
    person = torch.tensor([[kind[m : m + 1] == "p" for m in range(subjects)] for kind in kinds])
    present = torch.tensor([[m < len(kind) for m in range(subjects)] for kind in kinds])
    return person, present


def _people(
    draws: Draws, cast: Cast, sprites: Sprites, kinds: Sequence[str], person: Tensor, side: Tensor, views: int
) -> People:
    scene, place = person.nonzero().unbind(1)
    count = len(scene)
    who = draw_identities(draws, cast, _first_parents(draws, cast, scene, place))
    worn = torch.where(draws.chance(WEARS, count), _worn(draws, sprites, count), -1)
    stands = [PERSON_STANDS[kinds[s]] for s in scene.tolist()]
    x, scale = _stood(draws, stands, side[scene, place])
    return People(
        scene, place, who, draw_moments(draws, count), draw_moments(draws, count * views), worn, x,
        draws.uniform(1.0, 1.2, count), scale,
    )  # fmt: skip


def _first_parents(draws: Draws, cast: Cast, scene: Tensor, place: Tensor) -> Tensor:
    """(N,): two people of one scene have two, and sometimes surely of one sex."""
    first = draws.among(cast.leading, len(scene))
    before, alike = first.roll(1), draws.chance(SAME_SEX, len(scene))
    same_sex = cast.man[before][:, None] == cast.man[None]
    # A sex of which one portrait alone leads lends another.
    odds = (cast.leading + 1e-6) * (same_sex | ~alike[:, None])
    other = draws.rows(odds.scatter(1, before[:, None], 0))
    return torch.where((place > 0) & (scene == scene.roll(1)), other, first)


def _worn(draws: Draws, sprites: Sprites, count: int) -> Tensor:
    """Glasses and hats alike often; −1 when the file has none."""
    if not sprites.worn:
        return torch.full((count,), -1)
    return torch.tensor(sprites.worn)[draws.even(len(sprites.worn), count)]


def _stood(draws: Draws, stands: Sequence[Stand], side: Tensor) -> tuple[Tensor, Tensor]:
    """Middles and sizes of subjects at their `side` (−1 or 1) of the picture."""
    x, roam, small, large = torch.tensor(stands).view(-1, 4).unbind(1)
    at = x * side + roam * draws.uniform(-1, 1, len(stands))
    return at, small + (large - small) * draws.uniform(0, 1, len(stands))


def _things(
    draws: Draws, sprites: Sprites, kinds: Sequence[str], thing: Tensor, side: Tensor, views: int
) -> Things:
    scene, place = thing.nonzero().unbind(1)
    count, shown = len(scene), len(scene) * views
    stands = [OBJECT_STANDS[kinds[s]] for s in scene.tolist()]
    x, size = _stood(draws, stands, side[scene, place])
    sprite = _different(draws, scene, torch.tensor(sprites.objects))
    return Things(
        scene, place, sprite, x, draws.uniform(0.72, 1.0, count), size, draws.normal(0.1, count),
        draws.chance(0.5, count), _gain(draws, count), draws.normal(0.22, shown), draws.chance(0.5, shown),
        _gain(draws, shown),
    )  # fmt: skip


def _different(draws: Draws, scene: Tensor, objects: Tensor) -> Tensor:
    """Two objects of one scene are two."""
    first = draws.even(len(objects), len(scene))
    step = 1 + draws.even(len(objects) - 1, len(scene))
    again = torch.zeros_like(scene, dtype=torch.bool)
    again[1:] = scene[1:] == scene[:-1]
    return objects[torch.where(again, (first.roll(1) + step) % len(objects), first)]


def _gain(draws: Draws, count: int) -> Tensor:
    return torch.exp(
        draws.normal(0.08, count, 1) + draws.normal(0.03, count, 1) * torch.tensor((1.0, 0.0, -1.0))
    )


def _palette() -> Tensor:
    return torch.tensor(list(COLOURS.values()))


def _backgrounds(draws: Draws, style: Tensor) -> tuple[Tensor, Tensor]:
    """Kinds and colours (B,). A style without colours has none to name."""
    count, plain = len(style), len(COLOURED)
    coloured = torch.tensor([each.coloured for each in STYLES.values()])[style]
    on_colour = draws.chance(ALONE_ON_COLOUR, count) & coloured
    place = plain + draws.even(len(BACKGROUNDS) - plain, count)
    return torch.where(on_colour, draws.even(plain, count), place), draws.even(len(COLOURS), count)


def _told(
    draws: Draws, cast: Cast, sprites: Sprites, people: People, style: Tensor
) -> tuple[People, dict[tuple[int, int], Told]]:
    """What captions say of the people; those whose shirt is named are dressed in its colour."""
    count = len(people.scene)
    names, coloured = list(COLOURS), torch.tensor([each.coloured for each in STYLES.values()])
    dressed = cast.dressed[people.who.parents[:, 0]] > SURELY_DRESSED
    named = draws.chance(SHIRT_TOLD, count) & coloured[style[people.scene]] & dressed
    colour = draws.even(len(names), count)
    shirts = torch.where(named[:, None], _palette()[colour], people.now.shirt)
    covered = torch.where(named, 1.0, people.now.dressed)
    man = cast.man[people.who.parents[:, 0]]
    age = (cast.age[people.who.parents] * people.who.texture).sum(1)
    plain, aged = draws.chance(PERSON_TOLD, count), draws.chance(AGE_TOLD, count)
    told = {}
    for n, slot in enumerate(zip(people.scene.tolist(), people.place.tolist(), strict=True)):
        told[slot] = Told(
            "person" if plain[n] else "man" if man[n] else "woman",
            _age(float(age[n])) if aged[n] else "",
            names[int(colour[n])] if named[n] else "",
            sprites.names[int(people.worn[n])] if people.worn[n] >= 0 else "",
        )
    return replace(people, now=replace(people.now, shirt=shirts, dressed=covered)), told


def _age(years: float) -> str:
    return "young" if years < YOUNG else "old" if years > OLD else ""


def _order(draws: Draws, person: Tensor, present: Tensor) -> Tensor:
    """Objects in front of people, else by chance."""
    depth = draws.uniform(0, 1, *person.shape) + (~person & present).float()
    return depth.argsort(1)


def _words(
    kinds: Sequence[str], told: dict[tuple[int, int], Told], style: Tensor, background: Tensor, colour: Tensor
) -> tuple[Words, ...]:
    styles, names = list(STYLES), list(COLOURS)
    return tuple(
        caption(
            styles[int(style[b])], [told[b, m] for m in range(len(kind))],
            BACKGROUNDS[int(background[b])], names[int(colour[b])],
        )
        for b, kind in enumerate(kinds)
    )  # fmt: skip
