"""One picture of many: each row shows the references, the prompt, the result and how like the person it is.

Drawn with Pillow alone, in the neutral greys of the window; the font is the one Pillow carries.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from core.disk import write_whole
from core.prompt import HANDLE

SHEET, CARD, LINE = (24, 24, 25), (36, 36, 38), (58, 58, 61)
TEXT, DIM, ACCENT = (232, 232, 234), (150, 150, 155), (120, 176, 255)
LIKE, UNLIKE = (104, 190, 140), (196, 140, 88)
MARGIN, GAP, PADDING = 40, 24, 20
THUMB, RESULT, WORDS = 92, 256, 330
CARD_WIDTH = PADDING * 4 + 3 * THUMB + 2 * 8 + WORDS + RESULT
CARD_HEIGHT = RESULT + 2 * PADDING
HEADER = 118


@dataclass(frozen=True)
class Shown:
    """One subject of a row. `person`: a person's name, None for an object. `identity`: cosine similarity of
    the person's face in the result to the references, None where no face was found for them."""

    handle: str
    noun: str
    references: tuple[Path, ...]
    person: str | None = None
    identity: float | None = None


@dataclass(frozen=True)
class Row:
    """One card: who was asked for, what was written, what came out, and a small line of facts below."""

    subjects: tuple[Shown, ...]
    prompt: str
    facts: str
    picture: Path


def save(path: Path, title: str, subtitle: str, rows: Sequence[Row], threshold: float) -> None:
    """Writes the sheet as PNG, whole or not at all. `threshold`: from this similarity on, two faces count as
    one person's."""
    png = BytesIO()
    draw(title, subtitle, rows, threshold).save(png, format="PNG", compress_level=6)
    write_whole(path, png.getvalue())


def draw(title: str, subtitle: str, rows: Sequence[Row], threshold: float, columns: int = 2) -> Image.Image:
    """The sheet as an RGB picture, `columns` cards wide."""
    lines = -(-len(rows) // columns)
    width = 2 * MARGIN + columns * CARD_WIDTH + (columns - 1) * GAP
    height = MARGIN + HEADER + lines * (CARD_HEIGHT + GAP) - GAP + MARGIN
    sheet = Image.new("RGB", (width, height), SHEET)
    _header(sheet, title, subtitle)
    for index, row in enumerate(rows):
        left = MARGIN + (index % columns) * (CARD_WIDTH + GAP)
        top = MARGIN + HEADER + (index // columns) * (CARD_HEIGHT + GAP)
        sheet.paste(_card(row, threshold), (left, top))
    return sheet


def _header(sheet: Image.Image, title: str, subtitle: str) -> None:
    pen = ImageDraw.Draw(sheet)
    pen.text((MARGIN, MARGIN - 8), title, TEXT, _font(40))
    for index, line in enumerate(subtitle.splitlines()):
        pen.text((MARGIN, MARGIN + 50 + 24 * index), line, DIM, _font(17))


def _card(row: Row, threshold: float) -> Image.Image:
    card = Image.new("RGB", (CARD_WIDTH, CARD_HEIGHT), SHEET)
    pen = ImageDraw.Draw(card)
    pen.rounded_rectangle((0, 0, CARD_WIDTH - 1, CARD_HEIGHT - 1), 12, CARD)
    _references(card, row.subjects)
    left = 2 * PADDING + 3 * THUMB + 2 * 8
    _prompt(pen, left, row.prompt)
    _scores(pen, left, row.subjects, threshold)
    pen.text((left, CARD_HEIGHT - PADDING - 16), row.facts, DIM, _font(14))
    _paste(card, row.picture, (CARD_WIDTH - PADDING - RESULT, PADDING), RESULT, 8)
    return card


def _references(card: Image.Image, subjects: Sequence[Shown]) -> None:
    """One line of up to three crops for each subject; a single subject's line stands in the middle."""
    pen = ImageDraw.Draw(card)
    block = THUMB + 24
    top = (CARD_HEIGHT - block * min(len(subjects), 2) - 12 * (len(subjects) == 2)) // 2
    for subject in subjects[:2]:
        pen.text((PADDING, top), f"@{subject.handle}", ACCENT, _font(15))
        after = PADDING + pen.textlength(f"@{subject.handle}", _font(15)) + 8
        pen.text((after, top), subject.noun, DIM, _font(15))
        for index, reference in enumerate(subject.references[:3]):
            _paste(card, reference, (PADDING + index * (THUMB + 8), top + 24), THUMB, 6)
        top += block + 12


def _prompt(pen: ImageDraw.ImageDraw, left: int, prompt: str) -> None:
    """The prompt as written, its handles in the accent's colour."""
    for index, line in enumerate(textwrap.wrap(prompt, 32)[:4]):
        x, y = float(left), PADDING + 4 + 29 * index
        for word in line.split(" "):
            pen.text((x, y), word, ACCENT if HANDLE.match(word) else TEXT, _font(21))
            x += pen.textlength(word + " ", _font(21))


def _scores(pen: ImageDraw.ImageDraw, left: int, subjects: Sequence[Shown], threshold: float) -> None:
    """A bar of the similarity for each person, with a tick where two faces begin to count as one person's."""
    people = [subject for subject in subjects if subject.person]
    top = CARD_HEIGHT - PADDING - 28 - 30 * len(people)
    for subject in people:
        pen.text((left, top), subject.person or "", TEXT, _font(15))
        _bar(pen, left + 84, top + 7, WORDS - 84 - 62, subject.identity, threshold)
        pen.text((left + WORDS - 52, top), _number(subject.identity), TEXT, _font(15))
        top += 30


def _bar(pen: ImageDraw.ImageDraw, x: int, y: int, width: int, value: float | None, threshold: float) -> None:
    pen.rounded_rectangle((x, y, x + width, y + 6), 3, LINE)
    if value is not None and value > 0.02:
        filled = x + round(width * min(value, 1.0))
        pen.rounded_rectangle((x, y, filled, y + 6), 3, LIKE if value >= threshold else UNLIKE)
    tick = x + round(width * threshold)
    pen.line((tick, y - 4, tick, y + 10), DIM, 1)


def _number(value: float | None) -> str:
    return "no face" if value is None else f"{value:+.2f}"


def _paste(card: Image.Image, file: Path, place: tuple[int, int], side: int, radius: int) -> None:
    """The picture, fitted whole into a square with round corners."""
    with Image.open(file) as opened:
        picture = opened.convert("RGB")
    scale = side / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    picture = picture.resize(size, Image.Resampling.LANCZOS)
    at = (place[0] + (side - size[0]) // 2, place[1] + (side - size[1]) // 2)
    card.paste(picture, at, _rounded(size, radius))


def _rounded(size: tuple[int, int], radius: int) -> Image.Image:
    """A mask with smooth round corners: drawn four times as large, then reduced."""
    large = Image.new("L", (size[0] * 4, size[1] * 4), 0)
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), radius * 4, 255)
    return large.resize(size, Image.Resampling.LANCZOS)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
