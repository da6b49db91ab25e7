"""Backgrounds drawn by rule: coloured walls, curtains and plain ones, and eight places. Batched by kind."""

from collections.abc import Callable

import torch
from torch import Tensor

from core.training.scenes.noise import Paint, blurred, mix, step
from core.training.scenes.vocabulary import BACKGROUNDS


def draw(kinds: Tensor, colours: Tensor, side: int, generator: torch.Generator) -> Tensor:
    """(N, 3, side, side) in [0, 1]. `kinds` (N,) on the CPU: places in BACKGROUNDS; `colours` (N, 3) on the
    generator's device, for those that have one."""
    made = torch.empty(len(kinds), 3, side, side, device=generator.device)
    for kind in kinds.unique().tolist():
        rows = (kinds == kind).nonzero()[:, 0]
        paint = Paint(len(rows), side, generator)
        there = rows.to(generator.device)
        picture = _MAKERS[BACKGROUNDS[kind]](paint, colours[there][..., None, None])
        made[there] = (picture + 0.02 * paint.grain()).clamp(0, 1)
    return made


def _wall(p: Paint, colour: Tensor) -> Tensor:
    lit = 1.08 - p.one(0.0, 0.5) * ((p.x - p.one(0.1, 0.9)).square() + (p.y - p.one(0.0, 0.5)).square())
    plaster = 0.12 * (p.clouds(6, 12, 24, 48) - 0.5) + 0.05 * p.grain()
    return colour * (lit + plaster)


def _curtain(p: Paint, colour: Tensor) -> Tensor:
    sway = 0.02 * torch.sin(6 * p.y + p.one(0, 6)) + 0.03 * (p.stretched(3, 8) - 0.5)
    folds = torch.cos(6.2832 * (p.one(5, 11) * (p.x + sway) + p.one(0, 1)))
    return colour * (0.78 + 0.24 * folds + 0.06 * torch.cos(41 * (p.x + sway))) + 0.03 * (folds > 0.9)


def _plain(p: Paint, colour: Tensor) -> Tensor:
    distance = ((p.x - p.one(0.3, 0.7)).square() + (p.y - p.one(0.2, 0.6)).square()).sqrt()
    return colour * (1.1 - p.one(0.1, 0.45) * distance)


def _sunset(p: Paint, colour: Tensor) -> Tensor:
    horizon, sun = p.one(0.55, 0.75), p.one(0.15, 0.85)
    height = (p.y / horizon).clamp(0, 1)
    sky = mix(p.colour(0.30, 0.20, 0.42), p.colour(0.98, 0.56, 0.22), height.pow(1.3))
    sky = mix(sky, p.colour(0.99, 0.80, 0.42), (1 - (height - 1).abs() * 5).clamp(0, 1) * 0.7)
    sky = mix(sky, p.colour(0.95, 0.42, 0.38), 0.6 * step(p.stretched(14, 3) - 0.55, 0.3))
    away = ((p.x - sun).square() + (p.y - horizon + 0.08).square()).sqrt()
    sky = mix(sky, p.colour(1.0, 0.95, 0.72), step(0.07 - away, 0.02)) + 0.25 * torch.exp(-away * 6)
    glitter = step(p.stretched(40, 10) - 0.6, 0.2) * torch.exp(-(p.x - sun).abs() * 7)
    sea = mix(p.colour(0.25, 0.13, 0.25), p.colour(1.0, 0.66, 0.34), 0.9 * glitter)
    return mix(sky, sea, step(p.y - horizon))


def _beach(p: Paint, colour: Tensor) -> Tensor:
    horizon, shore = p.one(0.38, 0.5), p.one(0.60, 0.72) + 0.02 * p.stretched(1, 5)
    sky = mix(p.colour(0.35, 0.62, 0.93), p.colour(0.78, 0.90, 0.98), (p.y / horizon).clamp(0, 1))
    sky = mix(
        sky, p.colour(1, 1, 1), 0.85 * step(p.clouds(4, 9, 18) - 0.58, 0.2) * step(0.75 * horizon - p.y, 0.25)
    )
    deep = ((p.y - horizon) / (shore - horizon)).clamp(0, 1)
    sea = mix(p.colour(0.08, 0.42, 0.62), p.colour(0.35, 0.78, 0.78), deep) + 0.08 * (
        p.stretched(48, 8) - 0.5
    )
    foam = step(0.012 - (p.y - shore).abs(), 0.008)
    sand = p.colour(0.90, 0.79, 0.58) * (0.92 + 0.14 * p.clouds(8, 24) + 0.10 * p.grain())
    return mix(
        mix(mix(sky, sea, step(p.y - horizon)), sand, step(p.y - shore)), p.colour(0.97, 0.98, 0.98), foam
    )


def _forest(p: Paint, colour: Tensor) -> Tensor:
    leaves = p.clouds(8, 16, 32, 64)
    green = mix(p.colour(0.06, 0.17, 0.07), p.colour(0.42, 0.60, 0.20), step(leaves - 0.5, 0.5))
    green = mix(green, p.colour(0.85, 0.95, 0.66), step(p.clouds(20, 40) - 0.72, 0.15) * step(0.6 - p.y, 0.5))
    for _ in range(6):
        middle, width = p.one(0, 1) + 0.02 * (p.stretched(4, 1) - 0.5), p.one(0.012, 0.04)
        bark = p.colour(0.24, 0.16, 0.10) * (0.7 + 0.6 * p.stretched(12, 40))
        green = mix(green, bark, step(width - (p.x - middle).abs(), 0.01))
    floor = mix(p.colour(0.16, 0.24, 0.08), p.colour(0.30, 0.24, 0.12), p.clouds(12, 30))
    return mix(green, floor, step(p.y - p.one(0.72, 0.85), 0.06))


def _city(p: Paint, colour: Tensor) -> Tensor:
    sky = mix(p.colour(0.02, 0.03, 0.10), p.colour(0.15, 0.14, 0.32), p.y.expand(p.count, 1, -1, -1))
    picture = sky
    for columns, tone in ((14, 0.16), (9, 0.09)):
        block = (p.x * columns + p.one(0, 1)).floor()
        top = p.looked_up(p.rand(1, columns + 1) * 0.45 + 0.15, block)
        houses = step(p.y - top)
        wide, high = columns * 5, 46
        lit = p.rand(high, wide + 5) > 0.6
        row, column = (p.y * high).floor(), (p.x * wide).floor()
        index = row * (wide + 5) + column
        window = (
            p.looked_up(lit.float(), index)
            * step((p.x * wide).frac() - 0.35)
            * step((p.y * high).frac() - 0.4)
        )
        wall = mix(p.colour(tone, tone, tone + 0.07), p.colour(1.0, 0.82, 0.42), window * 0.9)
        picture = mix(picture, wall, houses)
    return picture + 0.35 * blurred((picture - 0.5).clamp_min(0), max(1, p.side // 48))


def _brick(p: Paint, colour: Tensor) -> Tensor:
    rows = p.one(12, 18)
    v = p.y * rows
    row = v.floor()
    u = p.x * rows * 0.45 + 0.5 * (row % 2) + p.one(0, 1)
    mortar = torch.minimum(
        step((u.frac() - 0.5).abs().neg() + 0.475, 0.03), step(0.44 - (v.frac() - 0.5).abs(), 0.08)
    )
    tone = p.looked_up(p.rand(1, 997), (row * 37 + u.floor() * 101) % 997)
    brick = mix(p.colour(0.50, 0.20, 0.14), p.colour(0.74, 0.36, 0.26), tone) * (0.9 + 0.2 * p.clouds(24, 64))
    return mix(p.colour(0.74, 0.71, 0.66), brick, mortar) * (1.05 - 0.15 * p.y)


def _snow(p: Paint, colour: Tensor) -> Tensor:
    horizon = p.one(0.45, 0.6) + 0.08 * (p.stretched(1, 4) - 0.5)
    sky = mix(p.colour(0.62, 0.72, 0.84), p.colour(0.86, 0.90, 0.95), p.y.expand(p.count, 1, -1, -1) * 1.6)
    edge = horizon - 0.12 * p.grown(p.rand(1, 40))
    trees = p.colour(0.34, 0.44, 0.48) + 0.3 * step(p.clouds(30, 60) - 0.5, 0.4)
    ground = p.colour(0.93, 0.95, 0.99) * (0.90 + 0.12 * p.clouds(3, 6, 12))
    picture = mix(mix(sky, trees, step(p.y - edge, 0.03)), ground, step(p.y - horizon, 0.02))
    flakes = p.grown(p.rand(p.side // 4, p.side // 4))
    return mix(picture, p.colour(1, 1, 1), step(flakes - 0.93, 0.06))


def _library(p: Paint, colour: Tensor) -> Tensor:
    shelves = p.one(4, 7)
    v = p.y * shelves + p.one(0, 1)
    row = v.floor()
    count = p.one(26, 40)
    book = (p.x * count + row * 7).floor()
    index = (row * 53 + book) % 499
    spine = torch.cat([p.looked_up(p.rand(1, 499), index) for _ in range(3)], 1)
    spine = mix(p.colour(0.46, 0.28, 0.18), spine, torch.full_like(index, 0.4)) * 0.9
    tall = p.looked_up(p.rand(1, 499) * 0.22, index)
    gap = step(0.47 - ((p.x * count).frac() - 0.5).abs(), 0.08)
    books = spine * gap * (0.75 + 0.35 * step(0.08 - ((v.frac() - 0.7).abs()), 0.05) * 0.5)
    dark = p.colour(0.12, 0.08, 0.05)
    picture = mix(dark, books, step(v.frac() - 0.10 - tall, 0.03))
    return mix(picture, p.colour(0.46, 0.30, 0.17), step(v.frac() - 0.90, 0.02)) * p.one(0.9, 1.25)


def _meadow(p: Paint, colour: Tensor) -> Tensor:
    horizon = p.one(0.35, 0.5) + 0.06 * (p.stretched(1, 4) - 0.5)
    sky = mix(p.colour(0.40, 0.66, 0.95), p.colour(0.82, 0.92, 0.99), (p.y / horizon).clamp(0, 1))
    sky = mix(sky, p.colour(1, 1, 1), 0.8 * step(p.clouds(4, 8, 16) - 0.6, 0.2))
    blades = p.grown(p.rand(p.side // 6, p.side // 2))
    grass = mix(p.colour(0.20, 0.45, 0.12), p.colour(0.52, 0.76, 0.26), 0.6 * blades + 0.4 * p.clouds(5, 10))
    for flower in ((0.96, 0.92, 0.35), (0.97, 0.97, 0.97), (0.90, 0.35, 0.45)):
        dots = step(p.grown(p.rand(p.side // 5, p.side // 5)) - 0.93, 0.05) * step(p.y - horizon - 0.08, 0.05)
        grass = mix(grass, p.colour(*flower), dots)
    return mix(sky, grass, step(p.y - horizon, 0.015))


_MAKERS: dict[str, Callable[[Paint, Tensor], Tensor]] = {
    "wall": _wall, "curtain": _curtain, "background": _plain, "sunset": _sunset, "beach": _beach,
    "forest": _forest, "city": _city, "brick": _brick, "snow": _snow, "library": _library, "meadow": _meadow,
}  # fmt: skip
