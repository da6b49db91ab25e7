"""Pictures the worker has begun, kept apart from the list of jobs: a crash may leave files of them, and
before the next start the user may cancel them and clear the list, change them, delete who is in them, or have
pictures go elsewhere.

Names of files and hashes alone: nothing of what the pictures show.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import msgspec
from sqlalchemy.orm import Session

from core.library import facts
from core.metadata import portable
from core.spec import RenderSpec

KEY = "begun"


class Claimed(Protocol):
    """A job that a worker took (core.library.jobs.ClaimedJob)."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def spec(self) -> RenderSpec: ...


class Begun(msgspec.Struct, frozen=True):
    """One picture: its job, its file's name without suffix, the hash of its settings, the folder it goes
    to."""

    job: int
    name: str
    settings: str
    folder: str


def note(session: Session, folder: Path, claimed: Iterable[Claimed]) -> None:
    """Before they are rendered. What was begun there before is over, or waits."""
    elsewhere = [each for each in found(session) if each.folder != str(folder)]
    here = [Begun(job.id, job.name, hash_of(job.spec), str(folder)) for job in claimed]
    _keep(session, elsewhere + here)


def found(session: Session) -> list[Begun]:
    """What was begun and has no row."""
    text = facts.read(session, KEY)
    return msgspec.json.decode(text, type=list[Begun]) if text else []


def done(session: Session, folder: Path, name: str) -> None:
    """In the transaction that gives the picture its row."""
    over = (str(folder), name)
    _keep(session, [each for each in found(session) if (each.folder, each.name) != over])


def forget(session: Session, folders: Iterable[Path] | None = None) -> None:
    """What was begun in these folders is looked after, or (None) everywhere."""
    looked = None if folders is None else set(map(str, folders))
    _keep(session, [each for each in found(session) if looked is not None and each.folder not in looked])


def hash_of(spec: RenderSpec) -> str:
    """Equal for a job's settings and for what its picture's file says."""
    return hashlib.sha256(portable(spec).to_json().encode()).hexdigest()


def _keep(session: Session, those: list[Begun]) -> None:
    if those:
        facts.keep(session, KEY, msgspec.json.encode(those).decode())
    else:
        facts.drop(session, KEY)
