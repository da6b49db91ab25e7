"""Making a picture again, with another seed, until everybody in it is alike enough or it was tried enough.

What is left to try stands in the job's own settings, and the next one is queued in the transaction that keeps
the picture before: a crash, a restart and a pause change nothing.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec import structs
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.errors import UNREADABLE, KnownError
from core.library import jobs
from core.library.jobs import ClaimedJob
from core.library.one_of import one_of
from core.library.tables import Picture
from core.spec import RenderSpec, Until

Keep = Literal["all", "best"]
Wanted = tuple[float, int, Keep]
"""The likeness, how many tries, and what becomes of the others: as `asked` takes them."""
NO_FACE = -1.0
"""What counts where no face was found for a person: less than any likeness."""
NOBODY = "Nobody is in {prompt}: only a picture of people can be tried again until they are alike."


class NobodyToTry(KnownError):
    """A picture of nobody has no likeness to reach."""


class _Scores(msgspec.Struct):
    identity: dict[str, float] = {}


@dataclass(frozen=True)
class _Try:
    id: int
    alike: float


def asked(specs: Sequence[RenderSpec], score: float, tries: int, keep: Keep = "all") -> list[RenderSpec]:
    """The same, each to be tried until it reaches `score`. Raises KnownError for numbers out of range,
    NobodyToTry for a picture of nobody."""
    return [structs.replace(_peopled(spec), until=_until(score, tries, keep)) for spec in specs]


def least_alike(spec: RenderSpec, scores: str) -> float | None:
    """The similarity of the person least alike, `NO_FACE` where one of them has no face; None in a picture of
    nobody. `scores`: JSON."""
    people = [subject.uid for subject in spec.subjects if subject.kind == "person"]
    try:
        identity = msgspec.json.decode(scores, type=_Scores).identity
    except UNREADABLE:
        identity = {}
    return min((identity.get(uid, NO_FACE) for uid in people), default=None)


def go_on(session: Session, job: ClaimedJob, scores: str) -> int | None:
    """After a picture was kept: queues the next try and returns its job, or None at the end, when those that
    are not the best are marked as rejected if that was asked for."""
    until, alike = job.spec.until, least_alike(job.spec, scores)
    if until is None or alike is None:
        return None
    if alike < until.score and until.number < until.tries:
        following = structs.replace(until, number=until.number + 1)
        seed = secrets.randbelow(2**32)
        if queued := jobs.follow(session, job.id, structs.replace(job.spec, seed=seed, until=following)):
            return queued
    if until.keep == "best":
        _reject_others(session, until.first)
    return None


def _reject_others(session: Session, first: int) -> None:
    """What the user marked meanwhile stays as they marked it."""
    made = list(_made(session, first))
    best = max(made, key=lambda each: (each.alike, each.id), default=None)
    others = [each.id for each in made if best and each.id != best.id]
    unmarked = (one_of(Picture.id, others), Picture.flag == "", Picture.rating == 0)
    session.execute(update(Picture).where(*unmarked).values(flag="rejected"))


def _made(session: Session, first: int) -> Iterator[_Try]:
    mine = func.instr(Picture.spec, f'"first":{first}}}') > 0
    for row in session.execute(select(Picture.id, Picture.spec, Picture.scores).where(mine)):
        spec = RenderSpec.from_json(row.spec)
        alike = least_alike(spec, row.scores)
        if alike is not None and spec.until and spec.until.first == first:
            yield _Try(row.id, alike)


def _until(score: float, tries: int, keep: Keep) -> Until:
    try:
        return msgspec.convert({"score": score, "tries": tries, "keep": keep}, Until)
    except msgspec.ValidationError as error:
        raise KnownError("A likeness lies between -1 and 1, and there are 1 to 100 tries.") from error


def _peopled(spec: RenderSpec) -> RenderSpec:
    if not any(subject.kind == "person" for subject in spec.subjects):
        raise NobodyToTry(NOBODY.format(prompt=f"“{spec.template or spec.prompt}”"))
    return spec
