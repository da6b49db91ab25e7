"""A run as one HTML page that opens without a network: each stage's plots, speed and last looks."""

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

from core.disk import write_whole
from core.training.config import StageConfig
from core.training.running import plots, progress
from core.training.running.looks import FOLDER
from core.training.running.order import Advanced

SHOWN = 4
FORBIDDEN = "default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'"
STYLE = """
body { background: #1e1e1f; color: #e8e8ea; font: 15px/1.5 system-ui, sans-serif; margin: 40px auto;
       max-width: 1200px; padding: 0 24px; }
h1 { font-size: 24px; } h2 { font-size: 18px; margin: 40px 0 4px; } p, figcaption { color: #a9a9ae; }
.plots, .looks { display: flex; flex-wrap: wrap; gap: 12px; } svg { width: 380px; font-size: 11px; }
svg text { fill: #a9a9ae; } svg .title { fill: #e8e8ea; font-size: 12px; }
polyline { fill: none; } .raw { stroke: #4d6485; } .mean { stroke: #78b0ff; stroke-width: 2; }
figure { margin: 12px 0 0; } img { max-width: 560px; border-radius: 4px; display: block; }
"""


def write(file: Path, name: str, stages: Sequence[tuple[StageConfig, Path]]) -> None:
    parts = [_stage(config, folder, file.parent) for config, folder in stages]
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{FORBIDDEN}">'
        f'<meta name="viewport" content="width=device-width"><title>Training {escape(name)}</title>'
        f"<style>{STYLE}</style></head><body><h1>Training {escape(name)}</h1>{''.join(parts)}</body></html>\n"
    )
    write_whole(file, html.encode())


def _stage(config: StageConfig, folder: Path, root: Path) -> str:
    told = progress.read(folder)
    if not told:
        return f"<h2>{escape(config.stage)}</h2><p>Not begun yet.</p>"
    return f"<h2>{escape(config.stage)}</h2><p>{escape(_facts(told))}</p>{_plots(told)}{_looks(folder, root)}"


def _facts(told: Sequence[Advanced]) -> str:
    last = told[-1]
    left = (last.steps - last.step) * last.seconds / max(1, last.step)
    parts = [
        f"step {last.step:,} of {last.steps:,}",
        f"{last.speed:,.1f} pictures a second",
        f"{last.seconds / 60:,.1f} minutes of work",
        f"about {left / 60:,.1f} left" if last.step < last.steps else "finished",
        f"rate {last.rate:.2g}",
        f"{last.memory / 2**30:.1f} GB held at most",
    ]
    return " · ".join(parts)


def _plots(told: Sequence[Advanced]) -> str:
    names = list(dict.fromkeys(name for each in told for name in each.terms))
    drawn = [_plot(name, told) for name in names]
    return f'<div class="plots">{"".join(drawn)}</div>'


def _plot(name: str, told: Sequence[Advanced]) -> str:
    points = [(each.step, each.terms[name]) for each in told if math.isfinite(each.terms.get(name, math.nan))]
    return plots.svg(name, [step for step, _ in points], [value for _, value in points]) if points else ""


def _looks(folder: Path, root: Path) -> str:
    """The last ones, the newest first."""
    files = sorted((folder / FOLDER).glob("*.png"), reverse=True)[:SHOWN]
    figures = [
        f'<figure><img src="{escape(str(file.relative_to(root)))}" alt="Pictures at step {int(file.stem)}">'
        f"<figcaption>step {int(file.stem):,}</figcaption></figure>"
        for file in files
    ]
    return f'<div class="looks">{"".join(figures)}</div>'
