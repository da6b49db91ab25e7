"""A condition that many statements need."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, select


def one_of(column: Any, values: Iterable[int | str]) -> ColumnElement[bool]:
    """Whether a column holds one of these. As one JSON value: a list of parameters would end at SQLite's
    limit of 32,766."""
    listed = func.json_each(msgspec.json.encode(list(values)).decode()).table_valued("value")
    found: ColumnElement[bool] = column.in_(select(listed.c.value))
    return found
