"""The log read back: one entry for each thing that happened, with the lines that belong to it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Level = Literal["INFO", "WARNING", "ERROR"]
LEVELS: tuple[Level, ...] = get_args(Level)
_FIRST = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),\d+ ([A-Z]+) core\.(\S+) (\d+) (.*)")


@dataclass(frozen=True)
class Entry:
    """`when` is "2026-11-21 13:30:22", `part` the part of the program that wrote it, `lines` as they stand in
    the file."""

    when: str
    level: Level
    part: str
    message: str
    lines: tuple[str, ...]


def entries(lines: Iterable[str]) -> list[Entry]:
    """The oldest first. Lines that begin nothing belong to what stands before them; those of an entry whose
    beginning is no longer there are left out."""
    found: list[Entry] = []
    for line in lines:
        if match := _FIRST.fullmatch(line):
            day, time, level, part, _, message = match.groups()
            found.append(Entry(f"{day} {time}", _level(level), part, message, (line,)))
        elif found:
            last = found.pop()
            found.append(Entry(last.when, last.level, last.part, last.message, (*last.lines, line)))
    return found


def at_least(found: Iterable[Entry], level: Level) -> list[Entry]:
    """What is as grave as `level`, or graver."""
    return [entry for entry in found if LEVELS.index(entry.level) >= LEVELS.index(level)]


def _level(word: str) -> Level:
    match word:
        case "WARNING":
            return "WARNING"
        case "ERROR" | "CRITICAL":
            return "ERROR"
    return "INFO"
