"""Photos turned into the styles captions name. Batched by style; (N, 3, H, W) in [0, 1]."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from core.training.scenes.noise import Paint, blurred, mix
from core.training.scenes.regions import luminance
from core.training.scenes.vocabulary import STYLES

NAMES = tuple(STYLES)


def apply(pictures: Tensor, styles: Tensor, generator: torch.Generator) -> Tensor:
    """`styles` (N,) on the CPU: places in STYLES. Photos stay as they are."""
    made = pictures.clone()
    for style in styles.unique().tolist():
        change = _MAKERS.get(NAMES[style])
        if change is not None:
            rows = (styles == style).nonzero()[:, 0].to(pictures.device)
            made[rows] = change(pictures[rows], Paint(len(rows), pictures.shape[-1], generator)).clamp(0, 1)
    return made


def _grey(rgb: Tensor, paint: Paint) -> Tensor:
    light = ((luminance(rgb) - 0.5) * paint.one(1.0, 1.3) + 0.5 + 0.05 * paint.grain()).clamp(0, 1)
    return light.expand(-1, 3, -1, -1)


def _sepia(rgb: Tensor, paint: Paint) -> Tensor:
    return _grey(rgb, paint) * paint.colour(0.94, 0.78, 0.58) + paint.colour(0.05, 0.03, 0.01)


def _pencil(rgb: Tensor, paint: Paint) -> Tensor:
    """Light divided by its surroundings leaves lines; shade is hatched."""
    light = luminance(rgb)
    lines = light / blurred(light, max(1, rgb.shape[-1] // 40)).clamp_min(0.05)
    hatch = torch.sin((paint.x + paint.y) * rgb.shape[-1] * 0.9) * 0.5 + 0.5
    shade = 1 - 0.5 * (0.55 - light).clamp_min(0) * (0.6 + 0.8 * hatch)
    sketch = lines.clamp(0, 1).pow(2.2) * shade + 0.05 * paint.grain()
    return (0.10 + 0.87 * sketch).expand(-1, 3, -1, -1)


def _oil(rgb: Tensor, paint: Paint) -> Tensor:
    strokes = _kuwahara(rgb, max(1, rgb.shape[-1] // 96))
    grey = luminance(strokes)
    canvas = 0.05 * (paint.stretched(rgb.shape[-1] // 2, rgb.shape[-1] // 6) - 0.5)
    return mix(grey, strokes, torch.full_like(grey, 1.25)) + canvas


def _watercolor(rgb: Tensor, paint: Paint) -> Tensor:
    wash = _kuwahara(blurred(rgb, 1), max(1, rgb.shape[-1] // 96))
    wet = (wash - blurred(wash, 2)).abs().mean(1, keepdim=True)
    paper = 0.10 * (paint.clouds(16, 48, 96) - 0.5) + 0.03 * paint.grain()
    pale = 1 - (1 - wash) * (0.80 + 0.25 * paint.clouds(4, 8))
    return pale - 0.9 * wet + paper


def _pop(rgb: Tensor, paint: Paint) -> Tensor:
    """Four flat colours by lightness, and a printer's dots in the darker middle."""
    light = luminance(_kuwahara(rgb, max(1, rgb.shape[-1] // 96)))
    spread, mean = torch.std_mean(light, (2, 3), keepdim=True)
    light = 0.52 + 0.24 * (light - mean) / spread.clamp_min(0.05)
    inks = paint.rand(1, 4)[:, 0, 0].argsort(1)
    colours = torch.tensor(_INKS, device=rgb.device)[inks[:, :2]]
    dark, deep, bright = (
        paint.colour(0.08, 0.06, 0.14),
        colours[:, 0, :, None, None],
        colours[:, 1, :, None, None],
    )
    turns = rgb.shape[-1] / 5 * 6.2832 / 2
    dots = torch.sin((paint.x + paint.y) * turns) * torch.sin((paint.x - paint.y) * turns)
    tone = light + 0.05 * dots
    picture = torch.where(tone > 0.36, deep, dark.expand_as(deep))
    picture = torch.where(tone > 0.52, bright, picture)
    return torch.where(tone > 0.72, paint.colour(0.99, 0.97, 0.90), picture)


def _pixels(rgb: Tensor, paint: Paint) -> Tensor:
    side = rgb.shape[-1]
    small = F.interpolate(rgb, size=(max(8, side // 4),) * 2, mode="area")
    few = ((small * 1.06 - 0.02).clamp(0, 1) * 7).round() / 7
    return F.interpolate(few, size=(side, side), mode="nearest")


def _cyanotype(rgb: Tensor, paint: Paint) -> Tensor:
    light = ((luminance(rgb) - 0.5) * 1.15 + 0.5).clamp(0, 1)
    stain = 0.06 * (paint.clouds(4, 12, 40) - 0.5)
    return mix(paint.colour(0.03, 0.14, 0.34), paint.colour(0.92, 0.96, 0.97), light) + stain


def _kuwahara(rgb: Tensor, radius: int) -> Tensor:
    """Of the four quarters around a pixel, the mean of the one that varies least: flat strokes, sharp
    edges."""
    size = radius + 1
    padded = F.pad(rgb, (radius,) * 4, mode="replicate")
    mean = F.avg_pool2d(padded, size, 1)
    spread = (F.avg_pool2d(padded.square(), size, 1) - mean.square()).sum(1, keepdim=True)
    corners = [(y, x) for y in (0, radius) for x in (0, radius)]
    height, width = rgb.shape[-2:]
    cut = [(slice(None), slice(None), slice(y, y + height), slice(x, x + width)) for y, x in corners]
    best = torch.stack([spread[at] for at in cut]).argmin(0, keepdim=True).expand(1, -1, 3, -1, -1)
    return torch.stack([mean[at] for at in cut]).gather(0, best)[0]


_INKS = ((0.93, 0.16, 0.36), (0.13, 0.62, 0.86), (0.98, 0.80, 0.14), (0.50, 0.22, 0.72))
_MAKERS: dict[str, Callable[[Tensor, Paint], Tensor]] = {
    "black and white": _grey, "sepia": _sepia, "pencil": _pencil, "oil": _oil, "watercolor": _watercolor,
    "pop art": _pop, "pixel art": _pixels, "cyanotype": _cyanotype,
}  # fmt: skip
