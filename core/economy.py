"""What a picture can be made without when memory does not suffice, and what was done without.

Each saving is one the picture hardly shows (the autoencoder's tiles, the order of a sum) or not at all, and
costs time. They are taken where memory ran out, the cheapest in time first: docs/decisions/0015-memory.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal, Self, get_args

from core.errors import KnownError

Saving = Literal["tiled", "sequential", "offloaded"]


@dataclass(frozen=True)
class Economy:
    """`tiled`: the autoencoder works on overlapping tiles. `sequential`: the two halves of guidance go
    through the UNet one after the other. `offloaded`: in memory is only what computes, everything else is
    read again from the disk when its turn comes, and there are no previews."""

    tiled: bool = False
    sequential: bool = False
    offloaded: bool = False

    @property
    def text(self) -> str:
        """As a picture carries it: the savings by name, "" for none."""
        return "+".join(each.name for each in fields(self) if getattr(self, each.name))

    @classmethod
    def read(cls, text: str) -> Self:
        """What `text` wrote. Raises KnownError for anything else."""
        names = text.split("+") if text else []
        if unknown := set(names) - set(get_args(Saving)):
            raise KnownError(
                f"This picture was made with a way to save memory that this Likeness does not know: "
                f"{', '.join(sorted(unknown))}. A newer one may."
            )
        return cls(**dict.fromkeys(names, True))

    def further(self, rungs: Sequence[Saving]) -> Self | None:
        """With the first of `rungs` that is not taken yet, or None."""
        missing = (rung for rung in rungs if not getattr(self, rung))
        rung = next(missing, None)
        return replace(self, **{rung: True}) if rung else None


AS_ASKED = Economy()
LOWEST = Economy(tiled=True, sequential=True, offloaded=True)
