"""Weight maps made visible: a translucent colour for each subject, and a sheet that explains a picture.

The colours can be told apart by the colour-blind (Okabe and Ito, 2008). They are the window's own tokens.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.paths import RESOURCES
from core.relevance_map import SubjectMap

OPACITY = 0.62
# Maps that differ by fewer of their 255 steps are shown as they are: there is nothing to tell apart.
FLAT = 24
LARGEST_TINT = 512
SHEET, TEXT, DIM = (24, 24, 25), (232, 232, 234), (150, 150, 155)
MARGIN, GAP, SWATCH = 28, 16, 18
SMALLEST_SIDE, LARGEST_SIDE, NARROWEST = 640, 1024, 480
SAYS = "The stronger a colour, the more that subject's references weigh there: mean over steps and layers."

Colour = tuple[int, int, int]
Strengths = NDArray[np.float32]


@dataclass(frozen=True)
class Shown:
    """One subject's name, colour, and strength (h, w) in [0, 1] where 1 is the strongest of all."""

    name: str
    colour: Colour
    strength: Strengths


@cache
def palette() -> tuple[Colour, ...]:
    """The colours of the first, second, … subject: those of the dark looks, for they lie over pictures."""
    tokens = json.loads((RESOURCES / "styles" / "tokens.json").read_text("utf-8"))["dark"]
    found = (tokens[name] for name in sorted(tokens) if name.startswith("subject-"))
    return tuple((int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)) for text in found)


def shown(maps: Sequence[SubjectMap], width: int, height: int) -> list[Shown]:
    """Each map with its colour, stretched over a picture of that size and, all alike, over the range of the
    colours: weights seldom fall to nothing, and what matters is where they are higher."""
    greys = [np.asarray(_fitted(each.grey, width, height), dtype=np.float32) for each in maps]
    low = min(float(np.percentile(grey, 2)) for grey in greys)
    high = max(float(grey.max()) for grey in greys)
    if high - low < FLAT:
        low = 0.0
    strengths = [np.clip((grey - low) / max(1.0, high - low), 0, 1) for grey in greys]
    colours = palette()
    return [
        Shown(each.name, colours[number % len(colours)], strength)
        for number, (each, strength) in enumerate(zip(maps, strengths, strict=True))
    ]


def tint(subjects: Sequence[Shown]) -> Image.Image:
    """RGBA: at every position the subjects' colours, mixed by their strengths, over nothing."""
    strengths = np.stack([each.strength for each in subjects])
    colours = np.array([each.colour for each in subjects], dtype=np.float32)
    # Squared, so that the one who has a place gives it its colour.
    shares = strengths**2 / np.maximum((strengths**2).sum(axis=0), 1e-6)
    mixed = np.einsum("mhw,mc->hwc", shares, colours)
    alpha = OPACITY * 255 * strengths.max(axis=0)
    return Image.fromarray(np.dstack([mixed, alpha]).round().astype(np.uint8), "RGBA")


def overlay(picture: Image.Image, subjects: Sequence[Shown]) -> Image.Image:
    """The picture in RGB with the tint over its greys: its own colours would be taken for a subject's."""
    layer = tint(subjects).resize(picture.size, Image.Resampling.BICUBIC)
    return Image.alpha_composite(_calm(picture).convert("RGBA"), layer).convert("RGB")


def whereabouts(subject: Shown) -> str:
    """Where a subject weighs most, in words: "left", "top right", "in the middle"."""
    heavy = subject.strength**4
    rows, columns = np.indices(heavy.shape) + 0.5
    total = max(float(heavy.sum()), 1e-6)
    down = _third(float((rows * heavy).sum()) / total / heavy.shape[0], "top", "bottom")
    across = _third(float((columns * heavy).sum()) / total / heavy.shape[1], "left", "right")
    return f"{down} {across}".strip() or "in the middle"


def _third(part: float, low: str, high: str) -> str:
    return low if part < 0.4 else high if part > 0.6 else ""


def sheet(picture: Image.Image, subjects: Sequence[Shown]) -> Image.Image:
    """The overlay with its legend, and below it for each subject the picture lit where that one weighs."""
    main = overlay(_scaled(picture), subjects)
    width = max(main.width, NARROWEST)
    columns = max(2, min(4, len(subjects)))
    side = (width - GAP * (columns - 1)) // columns
    panels = [_panel(picture, each, side) for each in subjects]
    lines = -(-len(panels) // columns)
    top = MARGIN + main.height + GAP
    words = _legend_height(width, subjects)
    height = top + words + lines * (panels[0].height + GAP) + MARGIN - GAP
    made = Image.new("RGB", (width + 2 * MARGIN, height), SHEET)
    made.paste(main, (MARGIN + (width - main.width) // 2, MARGIN))
    _legend(ImageDraw.Draw(made), top, width, subjects)
    for number, panel in enumerate(panels):
        line, column = divmod(number, columns)
        made.paste(panel, (MARGIN + column * (side + GAP), top + words + line * (panel.height + GAP)))
    return made


def _fitted(grey: Image.Image, width: int, height: int) -> Image.Image:
    scale = min(1.0, LARGEST_TINT / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return grey.resize(size, Image.Resampling.BICUBIC)


def _calm(picture: Image.Image) -> Image.Image:
    grey = picture.convert("L").convert("RGB")
    return Image.blend(picture.convert("RGB"), grey, 0.7)


def _scaled(picture: Image.Image) -> Image.Image:
    side = min(max(*picture.size, SMALLEST_SIDE), LARGEST_SIDE)
    return _within(picture, side, side)


def _within(picture: Image.Image, width: int, height: int) -> Image.Image:
    """In RGB, as large as fits."""
    scale = min(width / picture.width, height / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _panel(picture: Image.Image, subject: Shown, side: int) -> Image.Image:
    """A name over the picture, at most `side` pixels wide: bright where the subject weighs, dark
    elsewhere."""
    small, top = _within(picture, side, side * 3 // 2), SWATCH + 10
    light = Image.fromarray((40 + 215 * subject.strength).astype(np.uint8)).resize(small.size)
    panel = Image.new("RGB", (side, top + small.height), SHEET)
    panel.paste(Image.composite(small, Image.new("RGB", small.size), light), (0, top))
    pen = ImageDraw.Draw(panel)
    _entry(pen, 0, 0, subject.name, subject.colour, side)
    pen.rectangle((0, top, small.width - 1, panel.height - 1), outline=subject.colour)
    return panel


def _places(width: int, subjects: Sequence[Shown]) -> list[tuple[int, int]]:
    """Where each name of the legend begins, line after line."""
    places, x, y = [], 0, 0
    for subject in subjects:
        needs = SWATCH + 8 + round(_font(17).getlength(subject.name)) + GAP
        if x and x + needs > width:
            x, y = 0, y + SWATCH + 10
        places.append((x, y))
        x += needs
    return places


def _legend_height(width: int, subjects: Sequence[Shown]) -> int:
    return _places(width, subjects)[-1][1] + SWATCH + 10 + 24 * len(_sentence(width)) + GAP


def _legend(pen: ImageDraw.ImageDraw, top: int, width: int, subjects: Sequence[Shown]) -> None:
    places = _places(width, subjects)
    for subject, (x, y) in zip(subjects, places, strict=True):
        _entry(pen, MARGIN + x, top + y, subject.name, subject.colour, width)
    top += places[-1][1] + SWATCH + 10
    for number, line in enumerate(_sentence(width)):
        pen.text((MARGIN, top + 24 * number), line, DIM, _font(15))


def _entry(pen: ImageDraw.ImageDraw, x: int, y: int, name: str, colour: Colour, width: int) -> None:
    pen.rounded_rectangle((x, y, x + SWATCH - 1, y + SWATCH - 1), 4, colour)
    while len(name) > 1 and _font(17).getlength(name) > width - SWATCH - 8:
        name = f"{name[:-2]}…"
    pen.text((x + SWATCH + 8, y + SWATCH // 2), name, TEXT, _font(17), anchor="lm")


def _sentence(width: int) -> list[str]:
    """SAYS in lines no longer than `width` pixels."""
    lines = [""]
    for word in SAYS.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _font(15).getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
