"""One picture of many: a line for each way of making them, the same trials under each other."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from core.evaluation.results import Results, write
from core.evaluation.rows import Line
from core.evaluation.trials import Record

SIDE, GAP, LABEL, HEAD = 160, 6, 300, 46
GROUND, TEXT = (24, 24, 25), (232, 232, 234)
EACH = 4
"""Trials shown of each kind."""


def save(path: Path, results: Results, pictures: Path) -> None:
    """Writes the sheet as JPEG. Raises KnownError."""
    out = BytesIO()
    draw(results, pictures).save(out, "JPEG", quality=88)
    write(path, out.getvalue())


def draw(results: Results, pictures: Path) -> Image.Image:
    """`pictures`: the folder of the trials' files; missing ones leave a gap."""
    columns = _columns(results.records)
    width = LABEL + len(columns) * (SIDE + GAP)
    sheet = Image.new("RGB", (width, HEAD + len(results.lines) * (SIDE + GAP)), GROUND)
    pen = ImageDraw.Draw(sheet)
    for index, prompt in enumerate(columns.values()):
        _words(pen, prompt, LABEL + index * (SIDE + GAP), 4, SIDE)
    for index, line in enumerate(results.lines):
        top = HEAD + index * (SIDE + GAP)
        _words(pen, line.label, 8, top + SIDE // 2 - 12, LABEL - 16, 16)
        _paste(sheet, line, results.records, list(columns), top, pictures)
    return sheet


def _columns(records: Sequence[Record]) -> dict[str, str]:
    """The trials shown, by what they have in common over all lines (kind and number): their prompts."""
    found: dict[str, dict[str, str]] = {}
    for record in records:
        found.setdefault(record.kind, {}).setdefault(_common(record), record.prompt)
    return {name: prompt for kind in found.values() for name, prompt in list(kind.items())[:EACH]}


def _common(record: Record) -> str:
    """A trial's name without its row."""
    return record.name.rsplit("--", 1)[-1]


def _paste(
    sheet: Image.Image, line: Line, records: Sequence[Record], columns: list[str], top: int, folder: Path
) -> None:
    own = {_common(record): record.name for record in records if record.row in line.rows}
    for index, column in enumerate(columns):
        file = folder / f"{own.get(column)}.png"
        if column in own and file.is_file():
            with Image.open(file) as picture:
                small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            sheet.paste(small, (LABEL + index * (SIDE + GAP), top))


def _words(pen: ImageDraw.ImageDraw, text: str, left: int, top: int, width: int, size: int = 12) -> None:
    """Up to three lines of `text` within `width` pixels."""
    font, lines = ImageFont.load_default(size), [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and pen.textlength(longer, font) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    for index, line in enumerate(lines[:3]):
        pen.text((left, top + index * (size + 1)), line, TEXT, font)
