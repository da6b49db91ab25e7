"""A term over the steps as one SVG, drawn here so that no library is needed."""

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 380, 170, 52, 22, 26
POINTS = 400
"""More than that are joined: the eye could not tell them apart."""


def svg(title: str, steps: Sequence[int], values: Sequence[float]) -> str:
    """The values as a thin line, their running mean as a thick one."""
    steps, values = _thinned(steps, values)
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 0.5, high + 0.5
    ends = (steps[0], max(steps[-1], steps[0] + 1))
    places = [_place(step, value, ends, (low, high)) for step, value in zip(steps, values, strict=True)]
    smooth = [
        _place(step, value, ends, (low, high)) for step, value in zip(steps, _running(values), strict=True)
    ]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f'<text x="{LEFT}" y="16" class="title">{escape(title)}  {values[-1]:.4g}</text>'
        f'<text x="{LEFT - 6}" y="{TOP + 8}" text-anchor="end">{high:.3g}</text>'
        f'<text x="{LEFT - 6}" y="{HEIGHT - BOTTOM}" text-anchor="end">{low:.3g}</text>'
        f'<text x="{LEFT}" y="{HEIGHT - 4}">{ends[0]:,}</text>'
        f'<text x="{WIDTH - 4}" y="{HEIGHT - 4}" text-anchor="end">step {steps[-1]:,}</text>'
        f'<polyline class="raw" points="{" ".join(places)}"/>'
        f'<polyline class="mean" points="{" ".join(smooth)}"/></svg>'
    )


def _place(step: int, value: float, ends: tuple[int, int], span: tuple[float, float]) -> str:
    x = LEFT + (WIDTH - LEFT - 4) * (step - ends[0]) / (ends[1] - ends[0])
    y = TOP + (HEIGHT - TOP - BOTTOM) * (span[1] - value) / (span[1] - span[0])
    return f"{x:.1f},{y:.1f}"


def _running(values: Sequence[float], keep: float = 0.9) -> list[float]:
    """Each value's mean with those before it, the older the less."""
    found, mean, weight = [], 0.0, 0.0
    for value in values:
        mean, weight = keep * mean + (1 - keep) * value, keep * weight + (1 - keep)
        found.append(mean / weight)
    return found


def _thinned(steps: Sequence[int], values: Sequence[float]) -> tuple[list[int], list[float]]:
    size = -(-len(steps) // POINTS)
    parts = [slice(start, start + size) for start in range(0, len(steps), size)]
    return [steps[part][-1] for part in parts], [sum(values[part]) / len(values[part]) for part in parts]
