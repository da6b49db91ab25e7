"""The promise that is fuzzed: a value of the kind that was promised, or a KnownError in the user's words."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from core.errors import KnownError

T = TypeVar("T")
LONGEST = 2000
COMMAND = re.compile(r": likeness [^.]*(\.\w+[^.]*)*$")
"""What the user may type stands at the end as it is."""
UNPRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")


class Broken(Exception):
    """A promise that was not kept."""


class _Tally:
    def __init__(self) -> None:
        self.values = self.refused = 0

    def taken(self) -> dict[str, int]:
        """The figures since they were last taken."""
        figures = {"values": self.values, "refused": self.refused}
        self.values = self.refused = 0
        return figures


tally = _Tally()


def promised(call: Callable[[], T], kinds: Any, *names: str) -> T | None:
    """What `call` gives; None where it is refused in words that hold one of `names`. Raises Broken, or
    whatever else comes out of it."""
    try:
        value = call()
    except KnownError as error:
        tally.refused += 1
        check_words(str(error), names)
        return None
    if not isinstance(value, kinds):
        raise Broken(f"It gave {type(value).__name__}: {str(value)[:200]}")
    tally.values += 1
    return value


def check_words(text: str, names: tuple[str, ...] = ()) -> None:
    """Raises Broken for words that no user should read."""
    text = COMMAND.sub(".", text)
    if not text.strip() or not text.rstrip().endswith((".", "!", "?", "”", ")", "'", '"')):
        raise Broken(f"No sentence: {text[-200:]!r}")
    if "Traceback" in text or len(text) > LONGEST:
        raise Broken(f"{len(text)} letters: {text[:300]!r}")
    if found := UNPRINTED.search(text):
        raise Broken(f"It holds {found[0]!r}: {text[:300]!r}")
    if names and not any(name in text for name in names):
        raise Broken(f"It names none of {names}: {text[:300]!r}")
