"""The results as one HTML page: command, table, bars, pictures. It opens without a network and loads nothing
but its own pictures."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from core.evaluation import bars
from core.evaluation.results import Results, write
from core.evaluation.rows import Line
from core.evaluation.table import ARROWS, best, cell
from core.evaluation.trials import Record

SHOWN = 12
"""Pictures of each line."""

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem;
  color: #1f2328; background: #fff }
table { border-collapse: collapse; margin: 1rem 0; font-size: 14px }
td, th { padding: .3rem .7rem; text-align: right; border-bottom: 1px solid #d9dde2; white-space: nowrap }
td:first-child, th:first-child { text-align: left }
td.best { font-weight: 700 } tr.theirs { color: #646c76; font-style: italic }
code, pre { background: #f3f4f6; padding: .1rem .3rem; border-radius: 4px; white-space: pre-wrap }
svg { width: 100%; max-width: 780px; display: block; margin: 1.2rem 0; font-size: 13px }
svg text { fill: currentColor } svg .title { font-weight: 700; font-size: 15px }
.bar { fill: #8fa6c4 } .bar.best { fill: #2f6fbd } .error { stroke: #1f2328; stroke-width: 1.5 }
figure { display: inline-block; margin: 0 .5rem .8rem 0; width: 170px; vertical-align: top; font-size: 12px }
img { width: 170px; border-radius: 4px; display: block }
@media (prefers-color-scheme: dark) { body { background: #18181a; color: #e8e8ea }
  td, th { border-color: #3a3a3d } code, pre { background: #242426 } .error { stroke: #e8e8ea } }
"""


def save(path: Path, results: Results) -> None:
    """Pictures are expected in `pictures` beside the page. Raises KnownError."""
    write(path, html(results).encode())


def html(results: Results) -> str:
    parts = [
        f"<h1>{escape(results.title)}</h1>",
        f"<pre>{escape(results.command)}</pre>",
        _list([f"{name}: {value}" for name, value in results.facts.items()]),
        _table(results),
        _list([f"{column.title}: {column.about}" for column in results.columns]),
        *(f"<p>{escape(note)}</p>" for note in results.notes),
        _left_out(results.left_out),
        *(bars.svg(results, column) for column in results.columns),
        "<h2>Pictures</h2>",
        *(_pictures(line, results.records) for line in results.lines),
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(results.title)}</title>'
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _table(results: Results) -> str:
    heads = "".join(f"<th>{escape(each.title)}{ARROWS[each.better]}</th>" for each in results.columns)
    ours = "".join(_row(results, line) for line in results.lines)
    theirs = "".join(_their_row(results, index) for index in range(len(results.published)))
    return f"<table><tr><th></th>{heads}</tr>{ours}{theirs}</table>"


def _row(results: Results, line: Line) -> str:
    cells = []
    for column in results.columns:
        figure = line.figures.get(column.title)
        mark = ' class="best"' if figure and figure.mean == best(results, column) else ""
        cells.append(f"<td{mark}>{escape(cell(figure, column))}</td>")
    return f"<tr><td>{escape(line.label)}</td>{''.join(cells)}</tr>"


def _their_row(results: Results, index: int) -> str:
    theirs = results.published[index]
    values = [theirs.figures.get(column.title) for column in results.columns]
    cells = "".join(f"<td>{'–' if value is None else f'{value:.4f}'}</td>" for value in values)
    label = escape(f"{theirs.label}, as published ({theirs.source})")
    return f'<tr class="theirs"><td>{label}</td>{cells}</tr>'


def _pictures(line: Line, records: Sequence[Record]) -> str:
    own = [record for record in records if record.row in line.rows]
    step = max(1, -(-len(own) // SHOWN))
    shown = "".join(_figure(record) for record in own[::step])
    return f"<h3>{escape(line.label)}</h3>{shown}"


def _figure(record: Record) -> str:
    told = ", ".join(f"{name} {value:.2f}" for name, value in record.measures.items() if value is not None)
    return (
        f'<figure><img loading="lazy" src="pictures/{escape(record.name)}.png" alt="{escape(record.prompt)}">'
        f"<figcaption>{escape(record.prompt)} · seed {record.seed}<br>{escape(told)}</figcaption></figure>"
    )


def _left_out(rows: dict[str, str]) -> str:
    return "<h2>Left out</h2>" + _list([f"{row}: {why}" for row, why in rows.items()]) if rows else ""


def _list(entries: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(entry)}</li>" for entry in entries) + "</ul>"
