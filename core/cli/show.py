"""What a listing command prints: a table for people, JSON for programs."""

import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]

WIDE = 240

Column = tuple[str, Callable[[Any], object]]


def listing(rows: Sequence[Any], columns: Sequence[Column], as_json: bool, nothing: str) -> None:
    """Prints every field of `rows` as JSON, or the chosen columns as a table; `nothing` for no rows."""
    if as_json:
        return json(rows)
    if not rows:
        return say(nothing)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title, _ in columns:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(cell(row))) for _, cell in columns))
    console().print(table)


def json(value: Any) -> None:
    """One JSON value on the standard output, nothing else."""
    text = msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2).decode()
    sys.stdout.write(text + "\n")


def say(sentence: str) -> None:
    """A sentence, as it stands."""
    console().print(sentence, markup=False, highlight=False, soft_wrap=True)


def console() -> Console:
    """The standard output: coloured on a terminal; plain in a file, where a row stays on its line."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)


def duration(seconds: float) -> str:
    """About how long: "3 s", "4 min 10 s", "2 h 5 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
