"""One picture of many: a line for each way of making them, the same trials under each other."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from core.evaluation.results import Results, write
from core.evaluation.rows import Line
from core.evaluation.trials import Record
from core.paths import Home

SIDE, GAP, LABEL, HEAD = 160, 6, 300, 46
GROUND, TEXT = (24, 24, 25), (232, 232, 234)
EACH = 4
"""Trials shown of each kind."""


def save(path: Path, results: Results, run: Path) -> None:
    """Writes the sheet as JPEG. Raises KnownError."""
    out = BytesIO()
    draw(results, run).save(out, "JPEG", quality=88)
    write(path, out.getvalue())


def draw(results: Results, run: Path) -> Image.Image:
    """`run`: the run's folder, with pictures and references; missing ones leave a gap."""
    columns = _columns(results.records)
    width = LABEL + len(columns) * (SIDE + GAP)
    sheet = Image.new("RGB", (width, HEAD + (1 + len(results.lines)) * (SIDE + GAP)), GROUND)
    pen = ImageDraw.Draw(sheet)
    _words(pen, "References", 8, HEAD + SIDE // 2 - 12, LABEL - 16, 16)
    for index, shown in enumerate(columns.values()):
        _words(pen, shown.prompt, LABEL + index * (SIDE + GAP), 4, SIDE)
        _references(sheet, shown, LABEL + index * (SIDE + GAP), run)
    for index, line in enumerate(results.lines, 1):
        top = HEAD + index * (SIDE + GAP)
        _words(pen, line.label, 8, top + SIDE // 2 - 12, LABEL - 16, 16)
        _pictures(sheet, line, results.records, list(columns), top, run)
    return sheet


def _columns(records: Sequence[Record]) -> dict[str, Record]:
    """The trials shown, by what they have in common over all lines (kind and number), one record of each."""
    found: dict[str, dict[str, Record]] = {}
    for record in records:
        found.setdefault(record.kind, {}).setdefault(_common(record), record)
    return {name: record for kind in found.values() for name, record in list(kind.items())[:EACH]}


def _common(record: Record) -> str:
    """A trial's name without its row."""
    return record.name.rsplit("--", 1)[-1]


def _references(sheet: Image.Image, shown: Record, left: int, run: Path) -> None:
    """Who was asked for, side by side."""
    side = (SIDE - GAP) // 2
    for index, crop in enumerate(list(shown.references.values())[:2]):
        _paste(sheet, Home(run / "work").reference(crop), (left + index * (side + GAP), HEAD), side)


def _pictures(
    sheet: Image.Image, line: Line, records: Sequence[Record], columns: list[str], top: int, run: Path
) -> None:
    own = {_common(record): record.name for record in records if record.row in line.rows}
    for index, column in enumerate(columns):
        if column in own:
            place = (LABEL + index * (SIDE + GAP), top)
            _paste(sheet, run / "pictures" / f"{own[column]}.png", place, SIDE)


def _paste(sheet: Image.Image, file: Path, place: tuple[int, int], side: int) -> None:
    if file.is_file():
        with Image.open(file) as picture:
            sheet.paste(picture.convert("RGB").resize((side, side), Image.Resampling.LANCZOS), place)


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
