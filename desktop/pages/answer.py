"""What a wish would make: how many pictures, in what time, of what size, or what stands in the way."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core import compose, licences
from core.adapters import AdapterInfo
from core.compose import Wish
from core.errors import KnownError
from core.library import jobs
from core.pace import Pace
from core.paths import Home
from core.settings import Settings
from desktop import words
from desktop.i18n import tr


@dataclass(frozen=True)
class Checked:
    """What the wish would make: `prompts` × `count` pictures, of each so many tries, or what stands in the
    way; `licence`: of which adapter nobody accepted it yet. Time and size are the most it can be."""

    prompts: int = 0
    pictures: int = 0
    tries: int = 1
    seconds: float | None = None
    bytes: int = 0
    problem: KnownError | None = None
    licence: AdapterInfo | None = None


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
        return Checked(problem=error, licence=licences.missing(settings, wish))
    one_each = wanted[:: wish.count]
    each = [pace.picture(_Asked(jobs.shape(s), s.steps, s.width, s.height)) for s in one_each]
    known = [seconds for seconds in each if seconds is not None]
    tries = wish.until.tries if wish.until else 1
    return Checked(
        len(one_each),
        len(wanted),
        tries,
        sum(known) * wish.count * tries if len(known) == len(each) else None,
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
    if checked.tries > 1:
        return _at_most(checked, told)
    if checked.seconds is None:
        return tr("{pictures}, {size}", **told)
    return tr("{pictures}, about {time}, {size}", time=words.duration(checked.seconds), **told)


def _at_most(checked: Checked, told: dict[str, str]) -> str:
    """12 pictures, each tried up to 8 times: at most about 16 min, 12 MB"""
    told["times"] = str(checked.tries)
    if checked.seconds is None:
        return tr("{pictures}, each tried up to {times} times: at most {size}", **told)
    time = words.duration(checked.seconds)
    return tr("{pictures}, each tried up to {times} times: at most about {time}, {size}", time=time, **told)
