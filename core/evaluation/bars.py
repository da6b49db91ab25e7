"""One measure of every line as bars: SVG, drawn here so that no library is needed."""

from collections.abc import Sequence
from html import escape

from core.evaluation.results import Results
from core.evaluation.rows import Column, Figure
from core.evaluation.table import ARROWS, best, cell

LABEL, WIDTH, VALUE, ROW = 330, 320, 130, 24


def svg(results: Results, column: Column) -> str:
    """Bars from 0 (or from the least value, where one is below) to the greatest, with the standard error as
    a thin line."""
    shown = [(line.label, line.figures.get(column.title)) for line in results.lines]
    low, high = _range([figure for _, figure in shown if figure])
    top = best(results, column)
    bars = [
        _bar(index, label, figure, column, (low, high), top) for index, (label, figure) in enumerate(shown)
    ]
    height = ROW * len(shown) + 30
    title = f"{column.title}{ARROWS[column.better]}"
    return (
        f'<svg viewBox="0 0 {LABEL + WIDTH + VALUE} {height}" role="img" aria-label="{escape(title)}">'
        f'<text x="0" y="18" class="title">{escape(title)}</text>{"".join(bars)}</svg>'
    )


def _bar(
    index: int,
    label: str,
    figure: Figure | None,
    column: Column,
    span: tuple[float, float],
    top: float | None,
) -> str:
    y = 30 + ROW * index
    text = f'<text x="{LABEL - 8}" y="{y + 14}" text-anchor="end">{escape(label)}</text>'
    value = f'<text x="{LABEL + WIDTH + 8}" y="{y + 14}">{escape(cell(figure, column))}</text>'
    if figure is None:
        return text + value
    zero, end = _at(0.0, span), _at(figure.mean, span)
    kind = "bar best" if figure.mean == top else "bar"
    left, width = min(zero, end), abs(end - zero)
    bar = f'<rect class="{kind}" x="{left:.1f}" y="{y + 3}" width="{width:.1f}" height="14"/>'
    return text + bar + _error(figure, y + 10, span) + value


def _error(figure: Figure, y: int, span: tuple[float, float]) -> str:
    left, right = (_at(figure.mean + side * figure.error, span) for side in (-1, 1))
    return f'<line class="error" x1="{left:.1f}" x2="{right:.1f}" y1="{y}" y2="{y}"/>'


def _at(value: float, span: tuple[float, float]) -> float:
    """The x of a value, kept inside the drawing."""
    part = (value - span[0]) / (span[1] - span[0])
    return LABEL + WIDTH * min(1.0, max(0.0, part))


def _range(figures: Sequence[Figure]) -> tuple[float, float]:
    ends = [figure.mean + side * figure.error for figure in figures for side in (-1, 1)]
    low, high = min([0.0, *(figure.mean for figure in figures)]), max([0.0, *ends])
    return (low, high) if high > low else (0.0, 1.0)
