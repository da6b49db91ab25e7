"""From the measures of many pictures to one line of a table for each way of making them."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from core.evaluation.trials import Record


class Column(Struct, frozen=True):
    """One measure of one kind of pictures. `kinds`: which ones; `better`: what counts as good; `percent`: a
    share, shown as one; `about`: what it means, in a sentence."""

    title: str
    measure: str
    about: str
    kinds: tuple[str, ...] = ()
    better: Literal["more", "less", ""] = "more"
    percent: bool = False


TIME = Column(
    "s a picture",
    "seconds",
    "mean time of one picture, loading left out; on a busy machine it tells little",
    better="",
)


class Figure(Struct, frozen=True):
    """A mean, its standard error (0 for a single value), and of how many values."""

    mean: float
    error: float
    count: int


class Line(Struct, frozen=True):
    """One way of making pictures. `rows`: the trials' rows that count for it. `figures`: by column title;
    what was never measured is absent."""

    label: str
    rows: tuple[str, ...]
    figures: dict[str, Figure] = {}


def figure(values: Iterable[float | None]) -> Figure | None:
    """None for no values at all."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    error = statistics.stdev(known) / len(known) ** 0.5 if len(known) > 1 else 0.0
    return Figure(statistics.fmean(known), error, len(known))


def filled(lines: Sequence[Line], columns: Sequence[Column], records: Sequence[Record]) -> list[Line]:
    """The lines with their figures; lines of which no picture was made are left out."""
    return [_filled(line, columns, own) for line in lines if (own := _of(line, records))]


def _of(line: Line, records: Sequence[Record]) -> list[Record]:
    return [record for record in records if record.row in line.rows]


def _filled(line: Line, columns: Sequence[Column], records: Sequence[Record]) -> Line:
    found = {column.title: figure(_values(column, records)) for column in columns}
    return Line(line.label, line.rows, {title: each for title, each in found.items() if each})


def _values(column: Column, records: Sequence[Record]) -> list[float | None]:
    if column.measure == "seconds":
        return [record.seconds for record in records]
    asked = [record for record in records if not column.kinds or record.kind in column.kinds]
    return [record.measures.get(column.measure) for record in asked]
