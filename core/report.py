"""The morning report: what a queue made, what failed and why, how long it took, and the best of each prompt.

One HTML file in the home folder, readable by its owner only, with small pictures inside it; it asks nothing
of any network, and goes when somebody is deleted.
"""

import base64
import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from core import images, report_page
from core.disk import write_whole
from core.errors import KnownError
from core.library import Library, gallery, jobs, search
from core.library.gallery import PictureRow
from core.library.jobs import JobRow
from core.paths import Home

KEPT = 30
"""So many reports stay; the oldest go."""
PAGE_ROWS = 500
MOST_SHOWN = 1000
"""So many small pictures a report holds at most, about 10 MB; it says how many more there are."""
BEST_SIZE, SMALL_SIZE = 320, 128


@dataclass(frozen=True)
class Shown:
    """One picture. `likeness`: by name, None where no face was found. `jpeg`: base64, "" when its file is
    gone."""

    file: str
    seed: int
    seconds: float | None
    rating: int
    likeness: dict[str, float | None]
    jpeg: str = ""

    @property
    def judged(self) -> bool:
        """Whether stars or faces say anything about it."""
        return bool(self.rating) or any(each is not None for each in self.likeness.values())


@dataclass(frozen=True)
class Prompt:
    """All pictures of one prompt, the best first (`core.library.search.best_first`)."""

    text: str
    pictures: tuple[Shown, ...]


@dataclass(frozen=True)
class Failure:
    """Pictures of one prompt that failed for the same reason."""

    text: str
    reason: str
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Report:
    """`cancelled`: how many pictures were; `left_out`: pictures that are not shown, for the file's size."""

    since: datetime
    until: datetime
    made: int
    seconds: float
    prompts: tuple[Prompt, ...]
    failures: tuple[Failure, ...]
    waiting: int
    cancelled: int = 0
    left_out: int = 0


def write(library: Library, since: datetime, until: datetime | None = None) -> Path:
    """Writes the report of what was done since then; where it lies. Raises KnownError."""
    until = until or datetime.now(UTC)
    with library.read() as session:
        found = gather(session, since, until)
    file = library.home.reports / f"{until.astimezone():%Y-%m-%d %H%M%S}.html"
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(file, report_page.page(found).encode())
        _prune(library.home)
    except OSError as error:
        raise KnownError(f"The report could not be written to {file}: {error.strerror or error}.") from error
    return file


def gather(session: Session, since: datetime, until: datetime) -> Report:
    rows = jobs.rows(session)
    pictures = list(_pictures(session, since))
    seconds = {row.id: row.seconds for row in rows}
    over = [row for row in rows if row.finished_at and _utc(row.finished_at) >= since]
    return Report(
        since=since,
        until=until,
        made=len(pictures),
        seconds=sum(filter(None, (seconds.get(row.job_id or 0) for row in pictures))),
        prompts=_prompts(session, pictures[:MOST_SHOWN], seconds),
        failures=_failures(row for row in over if row.state in ("failed", "quarantined")),
        waiting=sum(row.state in jobs.OPEN for row in rows),
        cancelled=sum(row.state == "cancelled" for row in over),
        left_out=max(0, len(pictures) - MOST_SHOWN),
    )


def _failures(rows: Iterable[JobRow]) -> tuple[Failure, ...]:
    seeds: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        seeds.setdefault((row.text, row.error or ""), []).append(row.seed)
    return tuple(Failure(text, reason, tuple(each)) for (text, reason), each in seeds.items())


def _pictures(session: Session, since: datetime) -> Iterator[PictureRow]:
    """Newest first."""
    before = None
    while rows := gallery.rows(session, limit=PAGE_ROWS, before_id=before):
        for row in rows:
            if _utc(row.created_at) < since:
                return
            yield row
        before = rows[-1].id


def _prompts(
    session: Session, rows: list[PictureRow], seconds: dict[int, float | None]
) -> tuple[Prompt, ...]:
    """In the order in which they were first made."""
    place = {number: at for at, number in enumerate(search.ranked(session, [row.id for row in rows]))}
    by_text: dict[str, list[tuple[int, Shown]]] = {}
    for row in reversed(rows):
        text, picture = shown(row, seconds.get(row.job_id or 0))
        by_text.setdefault(text, []).append((place[row.id], picture))
    return tuple(Prompt(text, _best_first(each)) for text, each in by_text.items())


def _best_first(placed: list[tuple[int, Shown]]) -> tuple[Shown, ...]:
    ordered = [picture for _, picture in sorted(placed, key=lambda each: each[0])]
    return tuple(_with_jpeg(shown, SMALL_SIZE if at else BEST_SIZE) for at, shown in enumerate(ordered))


class _Spec(msgspec.Struct):
    """What the report says of a picture's settings."""

    class _Subject(msgspec.Struct):
        uid: str = ""
        name: str = ""
        kind: str = ""

    prompt: str = ""
    template: str = ""
    subjects: tuple[_Subject, ...] = ()


class _Scores(msgspec.Struct):
    identity: dict[str, float] = {}


def shown(row: PictureRow, seconds: float | None = None) -> tuple[str, Shown]:
    """Its prompt as the user wrote it, and the picture without its small copy."""
    spec = msgspec.json.decode(row.spec, type=_Spec)
    identity = msgspec.json.decode(row.scores or "{}", type=_Scores).identity
    people = {each.name: identity.get(each.uid) for each in spec.subjects if each.kind == "person"}
    return spec.template or spec.prompt, Shown(row.path, row.seed, seconds, row.rating, people)


def _with_jpeg(shown: Shown, size: int) -> Shown:
    try:
        jpeg = base64.b64encode(images.thumbnail(Path(shown.file), size)).decode()
    except KnownError:
        jpeg = ""
    return replace(shown, jpeg=jpeg)


def _prune(home: Home) -> None:
    """What cannot be deleted now goes with a later report: this one is written."""
    with contextlib.suppress(OSError):
        for old in sorted(home.reports.glob("*.html"))[:-KEPT]:
            old.unlink(missing_ok=True)


def _utc(moment: datetime) -> datetime:
    """SQLite gives back what it was given without its zone, which is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
