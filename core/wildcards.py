"""Wildcards of prompts: `__place__` stands for one line of the file `place.txt` in the home's wildcards
folder.

Drawn by chance, a picture's seed and prompt decide which line: the same wish makes the same pictures. Or all
of them are made. A line may hold {a|b} and wildcards of its own.
"""

import itertools
import math
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.errors import KnownError
from core.prompt import MAX_PROMPTS, expand

How = Literal["draw", "all"]
PART = r"(?:[^\W_]|-|_(?!_))+"
NAME = re.compile(rf"__({PART}(?:/{PART})*)__")
DEEPEST = 10
MOST_LINES = 10_000
FIRST = 4
COMMENT = "#"


class MissingWildcard(KnownError):
    """No choices for a wildcard; `file` is where they belong."""

    def __init__(self, words: str, file: Path) -> None:
        super().__init__(words)
        self.file = file


def named(text: str) -> list[str]:
    """The wildcards that `text` names, each once, in order."""
    return list(dict.fromkeys(NAME.findall(text)))


@dataclass(frozen=True)
class Choices:
    """How many lines a wildcard has, and the first of them."""

    count: int
    first: tuple[str, ...]


def available(folder: Path) -> dict[str, Choices]:
    """Every wildcard there is, by its name. Raises KnownError for a file that cannot be read."""
    files = sorted(folder.rglob("*.txt")) if folder.is_dir() else []
    names = (file.relative_to(folder).with_suffix("").as_posix() for file in files)
    lines = {name: _lines(folder / f"{name}.txt") for name in names if NAME.fullmatch(f"__{name}__")}
    return {name: Choices(len(found), tuple(found[:FIRST])) for name, found in lines.items()}


def everything(folder: Path, text: str) -> list[str]:
    """All that a prompt without braces can stand for. Raises KnownError for a wildcard that is missing,
    empty, or stands for itself, and for too many prompts."""
    return _all(folder, text, ())


def drawn(folder: Path, text: str, seed: int) -> str:
    """`text` with one line in place of each wildcard, the same for the same seed. Raises KnownError as
    `everything`."""
    return _drawn(folder, text, random.Random(f"{seed}|{text}"), ())


def check(folder: Path, text: str) -> None:
    """Raises KnownError for a wildcard that is missing, empty or stands for itself, however deep: also for
    one that no draw would meet."""
    _check(folder, text, (), set())


def read_prompts(file: Path) -> list[str]:
    """Prompts from a text file, one a line; empty lines and those that begin with # are left out. Raises
    KnownError when the file cannot be read or has none."""
    found = _lines(file)
    if not found:
        raise KnownError(f"{file} holds no prompts: write one a line.")
    return found


def _all(folder: Path, text: str, inside: tuple[str, ...]) -> list[str]:
    pieces = NAME.split(text)  # text and names in turn
    choices = [_each(folder, piece, inside) if at % 2 else [piece] for at, piece in enumerate(pieces)]
    if math.prod(map(len, choices)) > MAX_PROMPTS:
        raise KnownError(f"“{text[:80]}” makes more than {MAX_PROMPTS:,} prompts.")
    return ["".join(choice) for choice in itertools.product(*choices)]


def _each(folder: Path, name: str, inside: tuple[str, ...]) -> list[str]:
    deeper = _deeper(name, inside)
    variants = (variant for line in _read(folder, name) for variant in expand(line))
    return [text for variant in variants for text in _all(folder, variant, deeper)]


def _drawn(folder: Path, text: str, chance: random.Random, inside: tuple[str, ...]) -> str:
    def one(match: re.Match[str]) -> str:
        deeper = _deeper(match[1], inside)
        line = chance.choice(expand(chance.choice(_read(folder, match[1]))))
        return _drawn(folder, line, chance, deeper)

    return NAME.sub(one, text)


def _check(folder: Path, text: str, inside: tuple[str, ...], seen: set[str]) -> None:
    for name in named(text):
        deeper = _deeper(name, inside)
        if name not in seen:
            _check(folder, "\n".join(_read(folder, name)), deeper, seen)
            seen.add(name)


def _deeper(name: str, inside: tuple[str, ...]) -> tuple[str, ...]:
    if name in inside or len(inside) >= DEEPEST:
        raise KnownError(f"The wildcard __{name}__ stands for itself: {' → '.join((*inside, name))}.")
    return *inside, name


def _read(folder: Path, name: str) -> list[str]:
    """The lines, each in braces: what stands between bars there are choices too."""
    file = folder / f"{name}.txt"
    if not file.is_file():
        known = sorted(each.stem for each in folder.glob("*.txt")) if folder.is_dir() else []
        there = f" There are: {', '.join(known[:12])}." if known else ""
        told = f"There is no wildcard __{name}__: write its choices into {file}, one a line.{there}"
        raise MissingWildcard(told, file)
    lines = _lines(file)
    if not lines:
        told = f"The wildcard __{name}__ is empty: write its choices into {file}, one a line."
        raise MissingWildcard(told, file)
    return ["{" + line + "}" for line in lines]


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise KnownError(f"{file} cannot be read: {reason}.") from error
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in lines if line and not line.startswith(COMMENT)]
    if len(found) > MOST_LINES:
        raise KnownError(f"{file} has {len(found):,} lines; at most {MOST_LINES:,} are read.")
    return found
