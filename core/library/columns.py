"""Whether a library's tables hold what this version's columns promise: SQLite itself keeps anything anywhere.

Asked when a library or a backup is looked through, and when its rows raised what nobody foresaw: damage that
left the file's pages whole shows only there.
"""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

KINDS: dict[type, tuple[str, ...]] = {
    bool: ("integer",), int: ("integer",), float: ("real", "integer"), str: ("text",), bytes: ("blob",),
    datetime: ("text",),
}  # fmt: skip


def faults(raw: sqlite3.Connection, most: int = 5) -> tuple[str, ...]:
    """What is wrong with them, in words; nothing for a file of another version. Raises sqlite3.Error and
    UnicodeError."""
    from core.library.migrate import HEAD

    (version,) = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    return tuple(islice(_faults(raw), most)) if version == HEAD else ()


def _faults(raw: sqlite3.Connection) -> Iterator[str]:
    from core.library.tables import Base

    for table in Base.metadata.sorted_tables:
        there = {row[1] for row in raw.execute(f'PRAGMA table_info("{table.name}")')}
        gone = [column.name for column in table.columns if column.name not in there]
        if gone:
            yield f"{table.name} has lost {', '.join(gone)}" if there else f"{table.name} is gone"
            continue
        for column in table.columns:
            if _is_spoilt(raw, table.name, column):
                yield f"{table.name} has values in {column.name} that cannot be read"


def _is_spoilt(raw: sqlite3.Connection, table: str, column: Any) -> bool:
    kind = column.type.python_type
    allowed = KINDS[kind] + (("null",) if column.nullable else ())
    marks = ", ".join(f"'{each}'" for each in allowed)
    odd = f'SELECT 1 FROM "{table}" WHERE typeof("{column.name}") NOT IN ({marks}) LIMIT 1'
    if raw.execute(odd).fetchone():
        return True
    dates = raw.execute(f'SELECT "{column.name}" FROM "{table}"') if kind is datetime else ()
    return any(value is not None and not _is_date(value) for (value,) in dates)


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
