"""How large an exported picture is: as it is, by its longer side, fitted into a box or onto paper, or a part
of itself."""

import re
from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.errors import KnownError

LONGEST = 16_000
"""Pixels of a side that every format can hold (WebP ends at 16383)."""

CM = 2.54
"""Centimetres of an inch."""
PRINT = re.compile(r"(\d{1,3}(?:\.\d+)?)[x×](\d{1,3}(?:\.\d+)?)cm(?:@(\d{2,4})dpi)?")
Paper = Annotated[float, Meta(ge=1, le=500)]
Side = Annotated[int, Meta(ge=16, le=LONGEST)]


class Size(Struct, frozen=True, forbid_unknown_fields=True):
    """`way` says which of the others counts: `side` for "longer", `width` and `height` for "fit" (pixels),
    `percent` for "percent"; for "print" the paper's sides in centimetres, either way up, and its `dpi`."""

    way: Literal["whole", "longer", "fit", "percent", "print"] = "whole"
    side: Side = 2048
    width: Side = 1920
    height: Side = 1080
    percent: Annotated[float, Meta(ge=1, le=800)] = 50.0
    paper_width: Paper = 30.0
    paper_height: Paper = 40.0
    dpi: Annotated[int, Meta(ge=50, le=1200)] = 300

    @classmethod
    def read(cls, text: str) -> "Size":
        """ "whole", "2048" (longer side), "1920x1080" (fits into it) or "50%". Raises KnownError."""
        found = re.fullmatch(r"whole|(\d{1,3}(?:\.\d+)?)%|(\d{2,5})(?:[x×](\d{2,5}))?", text.strip())
        if not found:
            raise KnownError(f"“{text}” is no size: write whole, 2048 (longer side), 1920x1080 or 50%.")
        percent, first, second = found.groups()
        if percent:
            return _checked(cls(way="percent", percent=float(percent)))
        if second:
            return _checked(cls(way="fit", width=int(first), height=int(second)))
        return _checked(cls(way="longer", side=int(first))) if first else cls()

    @classmethod
    def paper(cls, text: str) -> "Size":
        """ "30x40cm@300dpi", or without the dots for 300 of them. Raises KnownError."""
        found = PRINT.fullmatch(text.replace(" ", ""))
        if not found:
            raise KnownError(f"“{text}” is no size of a print: write 30x40cm@300dpi.")
        width, height, dpi = float(found[1]), float(found[2]), int(found[3] or 300)
        if not (1 <= width <= 500 and 1 <= height <= 500 and 50 <= dpi <= 1200):
            raise KnownError(f"“{text}” is no size of a print: 1 to 500 cm a side, 50 to 1200 dpi.")
        return cls(way="print", paper_width=width, paper_height=height, dpi=dpi)

    def __str__(self) -> str:
        """As `read` reads it, and `paper` a print's."""
        return {
            "whole": "whole",
            "longer": str(self.side),
            "fit": f"{self.width}x{self.height}",
            "percent": f"{self.percent:g}%",
            "print": f"{self.paper_width:g}x{self.paper_height:g}cm@{self.dpi}dpi",
        }[self.way]

    def of(self, width: int, height: int, enlarge: bool = False) -> tuple[int, int]:
        """The sides of an exported picture of width × height pixels, its shape kept; never larger than it is
        unless `enlarge`. Raises KnownError for sides no format holds."""
        scale = self._scale(width, height)
        scale = scale if enlarge else min(scale, 1.0)
        sides = max(1, round(width * scale)), max(1, round(height * scale))
        if max(sides) > LONGEST:
            raise KnownError(f"{sides[0]} × {sides[1]} pixels are too many: {LONGEST} a side is the most.")
        return sides

    def _scale(self, width: int, height: int) -> float:
        match self.way:
            case "longer":
                return self.side / max(width, height)
            case "fit":
                return min(self.width / width, self.height / height)
            case "percent":
                return self.percent / 100
            case "print":
                long, short = sorted((self.paper_width, self.paper_height), reverse=True)
                dots = self.dpi / CM
                return min(long * dots / max(width, height), short * dots / min(width, height))
            case _:
                return 1.0


def _checked(size: Size) -> Size:
    """The limits of the fields, in words."""
    if not all(16 <= side <= LONGEST for side in (size.side, size.width, size.height)):
        raise KnownError(f"“{size}” is no size: a side has 16 to {LONGEST} pixels.")
    if not 1 <= size.percent <= 800:
        raise KnownError(f"“{size}” is no size: 1% to 800%.")
    return size
