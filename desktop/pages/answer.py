"""What a wish would make: how many pictures, in what time, of what size, or what stands in the way."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from core import compose, licences
from core.adapters import AdapterInfo
from core.compose import Wish
from core.errors import KnownError
from core.library import jobs
from core.pace import Pace
from core.paths import Home
from core.settings import Settings
from core.wildcards import MissingWildcard
from desktop import words
from desktop.i18n import tr


@dataclass(frozen=True)
class Checked:
    """What the wish would make: `prompts` × `count` pictures, or what stands in the way; `licence`: of which
    adapter nobody accepted it yet; `wildcard`: the file that is missing or empty."""

    prompts: int = 0
    pictures: int = 0
    seconds: float | None = None
    bytes: int = 0
    problem: str = ""
    licence: AdapterInfo | None = None
    wildcard: Path | None = None


@dataclass(frozen=True)
class _Asked:
    """A picture not yet made, as far as its time goes."""

    shape: str
    steps: int
    width: int
    height: int
    seconds: float | None = None


def find_out(session: Session, home: Home, settings: Settings, pace: Pace, wish: Wish) -> Checked:
    """Reads the library; not for the GUI thread."""
    try:
        wanted = compose.specs(session, home, settings, wish)
    except KnownError as error:
        file = error.file if isinstance(error, MissingWildcard) else None
        return Checked(problem=str(error), licence=licences.missing(settings, wish), wildcard=file)
    one_each = wanted[:: wish.count]
    each = [pace.picture(_Asked(jobs.shape(s), s.steps, s.width, s.height)) for s in one_each]
    known = [seconds for seconds in each if seconds is not None]
    return Checked(
        len(one_each),
        len(wanted),
        sum(known) * wish.count if len(known) == len(each) else None,
        compose.estimate(wanted).bytes,
    )


def amounts(checked: Checked, count: int) -> str:
    """3 prompts × 4 seeds = 12 pictures, about 2 min, 1.5 MB"""
    if not checked.pictures:
        return ""
    told = {"pictures": words.many(checked.pictures, "picture"), "size": words.size(checked.bytes)}
    if checked.pictures > 1:
        several = {"prompts": words.many(checked.prompts, "prompt"), "seeds": words.many(count, "seed")}
        told["pictures"] = tr("{prompts} × {seeds} = {pictures}", **several, pictures=told["pictures"])
    if checked.seconds is None:
        return tr("{pictures}, {size}", **told)
    return tr("{pictures}, about {time}, {size}", time=words.duration(checked.seconds), **told)
