"""The results as a table in Markdown, and a file of such tables of which each run replaces its own."""

import re
from collections.abc import Sequence
from pathlib import Path

from core.errors import KnownError
from core.evaluation.results import Results, write
from core.evaluation.rows import Column, Figure

ARROWS = {"more": " ↑", "less": " ↓", "": ""}
OPENING = (
    "# Results\n\n"
    "Made by the commands below, never by hand. What is measured and how: [evaluation.md](evaluation.md).\n"
)


def markdown(results: Results) -> str:
    """Heading, command, what was used, the table, what its columns mean."""
    parts = [
        f"## {results.title}",
        f"```sh\n{results.command}\n```",
        "\n".join(f"- {name}: {value}" for name, value in results.facts.items()),
        _table(results),
        "\n".join(f"- **{column.title}**: {column.about}" for column in results.columns),
        *results.notes,
    ]
    if results.left_out:
        parts.append("Left out:\n" + "\n".join(f"- {row}: {why}" for row, why in results.left_out.items()))
    return "\n\n".join(parts) + "\n"


def update(path: Path, results: Results) -> None:
    """Puts this protocol's section into the file, in place of an earlier one; other sections stay. Raises
    KnownError."""
    begin, end = f"<!-- {results.name} -->", f"<!-- end of {results.name} -->"
    section = f"{begin}\n{markdown(results)}{end}\n"
    before = _read(path)
    known = re.compile(re.escape(begin) + ".*?" + re.escape(end) + "\n", re.S)
    text = known.sub(lambda _: section, before) if known.search(before) else f"{before}\n{section}"
    write(path, text.encode())


def cell(figure: Figure | None, column: Column) -> str:
    """A mean with its standard error, where the values differ at all."""
    if figure is None:
        return "–"
    if column.percent:
        error = f" ± {100 * figure.error:.0f}" if figure.error else ""
        return f"{100 * figure.mean:.0f}{error} %"
    error = f" ± {figure.error:.3f}" if figure.error else ""
    return f"{figure.mean:.3f}{error}"


def best(results: Results, column: Column) -> float | None:
    """The mean that no other line beats; None where all lines are alike or none is better."""
    found = [line.figures[column.title].mean for line in results.lines if column.title in line.figures]
    if len(set(found)) < 2 or not column.better:
        return None
    return max(found) if column.better == "more" else min(found)


def _table(results: Results) -> str:
    heads = ["", *(column.title + ARROWS[column.better] for column in results.columns)]
    lines = [_row(heads), _row(["---", *["---:"] * len(results.columns)])]
    for line in results.lines:
        lines.append(_row([line.label, *(_bold(results, line.figures, each) for each in results.columns)]))
    for theirs in results.published:
        cells = [_published(theirs.figures.get(column.title)) for column in results.columns]
        lines.append(_row([f"*{theirs.label}, as published ({theirs.source})*", *cells]))
    return "\n".join(lines)


def _bold(results: Results, figures: dict[str, Figure], column: Column) -> str:
    figure = figures.get(column.title)
    text = cell(figure, column)
    return f"**{text}**" if figure and figure.mean == best(results, column) else text


def _published(value: float | None) -> str:
    return "–" if value is None else f"*{value:.4f}*"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(text.replace("|", "\\|") for text in cells) + " |"


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return OPENING
    except (OSError, UnicodeDecodeError) as error:
        raise KnownError(f"{path} cannot be read, so no table was written into it: {error}.") from error
