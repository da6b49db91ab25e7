"""What is done while a fault strikes: the queue, and everything else that writes."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from _small_world import START, World, picture_of

from core import album, repeat, report, settings
from core.events import Event, QueuePaused
from core.library import (
    Library,
    backup,
    begun,
    discard,
    files,
    gallery,
    jobs,
    open_library,
    rebuild,
    restore,
    subjects,
)
from core.log import close_log, open_log
from core.paths import Home
from core.settings import Settings


class Faults(Protocol):
    """What strikes: in Python (`_fault_points`) or below it (`_below`)."""

    count: int
    hits: int
    hit: str

    def arm(self, kind: str, nth: int, for_ever: bool = False) -> None: ...
    def disarm(self) -> None: ...
    def end_after(self, more: int) -> None: ...


@dataclass
class Told:
    """What the user heard meanwhile: why the queue paused, and what was skipped."""

    pauses: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Operation:
    """`atomic`: an error means that all is as before, and none that all is done; otherwise what was done so
    far stays, and doing it again ends it. `patient`: without an error all is done. `spared`: whose files may
    be gone after an error while their rows are there, which says so. `finds`: it looks for pictures without a
    row, which may be left after an error. `half`: how an error begins after which it is done but for what
    the error says."""

    act: Callable[[World, Told, Faults], None]
    atomic: bool = True
    patient: bool = True
    spared: tuple[str, ...] = ()
    half: str = "an operation that is done by halves"
    finds: bool = False
    prepare: Callable[[World], None] = lambda world: None


def queue(world: World, told: Told, faults: Faults) -> None:
    """A whole queue as the command line runs it: open, log, back up, render, keep, close."""

    def hear(event: Event) -> None:
        if isinstance(event, QueuePaused):
            told.pauses.append(event.reason)
            # A disk that stays as it is has room again some time after the user was told.
            faults.end_after(4)

    with closing(open_library(world.home)) as library:
        open_log(world.home.log)
        try:
            world.work(library, hear)
        finally:
            close_log()


def _opened(change: Callable[[World, Library, Told], None]) -> Callable[[World, Told, Faults], None]:
    def act(world: World, told: Told, faults: Faults) -> None:
        with closing(open_library(world.home)) as library:
            change(world, library, told)

    return act


def enqueue(world: World, library: Library, told: Told) -> None:
    specs = [picture_of(library, "Ben", seed) for seed in (10, 11)]
    with library.write() as session:
        jobs.enqueue(session, specs)


def cancel(world: World, library: Library, told: Told) -> None:
    with library.write() as session:
        jobs.cancel(session)


def import_photos(world: World, library: Library, told: Told) -> None:
    done = album.import_photos(library, world.engine(), [world.photos])
    told.skipped += [reason for _, reason in done.skipped]


def group(world: World, library: Library, told: Told) -> None:
    album.group_faces(library, world.engine())


def references(world: World, library: Library, told: Told) -> None:
    with library.read() as session:
        ada = subjects.get(session, "Ada").id
    album.make_references(library, world.engine(), ada, 32, limit=4)


def add_object(world: World, library: Library, told: Told) -> None:
    photos = [world.photos / "known" / name for name in ("1.jpg", "2.jpg")]
    album.add_object(library, world.engine(), "Lamp", "lamp", photos, 48)


def delete(world: World, library: Library, told: Told) -> None:
    with library.read() as session:
        found = [card.id for card in subjects.cards(session, "person") if card.name == "Ada"]
    for ada in found:
        receipt = subjects.delete(library, ada)
        told.skipped += [*receipt.left, *([] if receipt.wiped and receipt.backed_up else [str(receipt)])]


def throw_away(world: World, library: Library, told: Told) -> None:
    """Into a folder beside the home, as into the system's trash, from which pictures can return."""

    def away(file: Path) -> Path:
        trash = world.root / "trash"
        trash.mkdir(exist_ok=True)
        return file.rename(trash / file.name)

    with library.read() as session:
        listed = [row.id for row in gallery.rows(session)]
    told.skipped += [reason for _, _, reason in discard.discard(library, listed, away).left]


def write_report(world: World, library: Library, told: Told) -> None:
    report.write(library, START)


def repeat_picture(world: World, library: Library, told: Told) -> None:
    repeat.repeat(world.first, world.engine(), library=library)


def rebuild_rows(world: World, library: Library, told: Told) -> None:
    told.skipped += [reason for _, reason in rebuild.rebuild(library).unreadable]


def make_backup(world: World, told: Told, faults: Faults) -> None:
    backup.make(world.home, "asked")


def restore_backup(world: World, told: Told, faults: Faults) -> None:
    done = restore.restore(world.home, backup.find(world.home, world.asked))
    told.skipped += [reason for _, reason in done.rebuilt.unreadable]


def save_settings(world: World, told: Told, faults: Faults) -> None:
    settings.save(world.home, Settings(device="cuda", output=str(world.home.pictures)))


def open_new(world: World, told: Told, faults: Faults) -> None:
    open_library(Home(world.root / "fresh")).close()


def lose_rows(world: World) -> None:
    """A picture that no row knows any more, and whose job waits."""
    with closing(sqlite3.connect(world.home.database)) as raw, raw:
        raw.execute("DELETE FROM pictures WHERE job_id = 2")
        raw.execute("UPDATE jobs SET state = 'queued' WHERE id = 2")


def clear_list(world: World) -> None:
    """The pictures are there, the list of what was made is not."""
    with closing(open_library(world.home)) as library, library.write() as session:
        jobs.clear(session)


def crash(world: World) -> None:
    """A picture that was written when the program was killed: its job waits."""
    with closing(open_library(world.home)) as library:
        with library.write() as session:
            (job,) = jobs.claim(session, lambda spec: 1).jobs
            begun.note(session, world.pictures, [job])
        (rendered,) = world.engine().render([job.spec], lambda step: None)
        files.save_picture(world.pictures, job.name, rendered, job.spec)
        with library.write() as session:
            jobs.release(session, [job.id])


OPERATIONS = {
    "queue": Operation(queue, atomic=False),
    "crashed": Operation(queue, atomic=False, finds=True, prepare=crash),
    "enqueue": Operation(_opened(enqueue)),
    "cancel": Operation(_opened(cancel)),
    "import": Operation(_opened(import_photos), atomic=False, patient=False),
    "group": Operation(_opened(group)),
    "references": Operation(_opened(references), atomic=False, patient=False),
    "object": Operation(_opened(add_object)),
    "delete": Operation(_opened(delete), spared=("Ada",)),
    "discard": Operation(_opened(throw_away), prepare=clear_list),
    "backup": Operation(make_backup),
    "restore": Operation(restore_backup, half=restore.HALF, finds=True),
    "settings": Operation(save_settings),
    "report": Operation(_opened(write_report)),
    "repeat": Operation(_opened(repeat_picture)),
    "rebuild": Operation(_opened(rebuild_rows), atomic=False, finds=True, prepare=lose_rows),
    "new": Operation(open_new),
}
