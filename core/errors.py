"""The world's faults, said in the user's words."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
"""What decoding JSON or msgpack raises for bytes that are something else."""
LONGEST = 1500
# What a terminal obeys, what turns text around, and what cannot be written as UTF-8.
_UNPRINTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class KnownError(Exception):
    """What went wrong, what was kept, and what to do. Its text is shown as it stands; anything else is a
    bug. What files say in it is made fit to be shown."""

    def __init__(self, text: str) -> None:
        super().__init__(_shortened(_UNPRINTED.sub("\ufffd", text)))


class PartlyDone(KnownError):
    """Of several pictures asked for, some cannot be made. `made`: the finished ones by their place in what
    was asked for; `reasons`: why each of the others is not there."""

    def __init__(self, made: Mapping[int, Any], reasons: Mapping[int, str]) -> None:
        distinct = " ".join(dict.fromkeys(reasons.values()))
        super().__init__(f"{len(reasons)} of {len(made) + len(reasons)} pictures were not made. {distinct}")
        self.made, self.reasons = dict(made), dict(reasons)


class Cancelled(Exception):
    """Raised out of an engine's `on_step` to stop a picture between two steps."""


def _shortened(text: str) -> str:
    """Its middle left out: the beginning says what happened, the end what to do."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 400]} … {text[-390:]}"
