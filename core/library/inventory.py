"""What a library says is there, and what is: its file, its backups, pictures and crops on the disk."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select

from core.errors import KnownError
from core.library import backup, check, leftovers, rebuild
from core.library.db import Library, open_library
from core.library.depicted import needed
from core.library.tables import Picture, Reference
from core.paths import Home


@dataclass(frozen=True)
class BackupState:
    """One backup, and what is wrong with it."""

    name: str
    what: str
    bytes: int
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Inventory:
    """`faults`: of the library's file; where it has any, only the backups are known as well.
    `pictures_gone`: rows whose file is not there; `pictures_unknown`: files without a row; `crops_gone`:
    hashes of references' files that are not there; `set_aside`: damaged libraries of earlier restores;
    `orphans`: crops, masks, encodings and half-written files that nothing needs any more."""

    file: Path
    bytes: int
    schema: str
    faults: tuple[str, ...]
    backups: tuple[BackupState, ...]
    pictures_gone: tuple[str, ...] = ()
    pictures_unknown: tuple[str, ...] = ()
    crops_gone: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        return not (self.faults or self.pictures_gone or self.pictures_unknown or self.crops_gone)


def take(home: Home) -> Inventory:
    """Looks through everything; nothing is changed. Raises KnownError where there is no library, and for one
    that this program cannot open."""
    if not home.database.exists():
        raise KnownError(f"There is no library in {home.root}.")
    size, backups = home.database.stat().st_size, tuple(map(_state, backup.listed(home)))
    aside = tuple(sorted(map(str, home.root.glob("library.damaged-*.db"))))
    if found := check.whole(home.database):
        return Inventory(home.database, size, "", found, backups, set_aside=aside)
    library = open_library(home)
    try:
        gone, unknown, crops = _gone(library), _unknown(library), _crops_gone(library)
        schema, lost = check.revision(home.database), tuple(map(str, _orphans(library)))
        return Inventory(home.database, size, schema, (), backups, gone, unknown, crops, aside, lost)
    finally:
        library.close()


def forget(library: Library, paths: Iterable[str]) -> int:
    """Takes pictures whose file is gone off the library; those that came back meanwhile stay."""
    doomed = [path for path in paths if not Path(path).exists()]
    with library.write() as session:
        for path in doomed:
            session.execute(delete(Picture).where(Picture.path == path))
    return len(doomed)


def remove_orphans(home: Home) -> int:
    """Deletes what nothing needs at this moment; how many files there were. Nobody can queue what needs one
    of them meanwhile."""
    library = open_library(home)
    try:
        with backup.held(home), library.write() as session:
            return leftovers.remove(leftovers.orphans(home, needed(session))).count
    finally:
        library.close()


def _orphans(library: Library) -> list[Path]:
    with library.read() as session:
        return leftovers.orphans(library.home, needed(session))


def _state(each: backup.Backup) -> BackupState:
    return BackupState(each.path.stem, str(each), each.path.stat().st_size, backup.faults(each))


def _gone(library: Library) -> tuple[str, ...]:
    with library.read() as session:
        paths = list(session.scalars(select(Picture.path).order_by(Picture.id)))
    return tuple(path for path in paths if not Path(path).exists())


def _unknown(library: Library) -> tuple[str, ...]:
    with library.read() as session:
        return tuple(str(file) for file in rebuild.missing(session, rebuild.places(library.home)))


def _crops_gone(library: Library) -> tuple[str, ...]:
    with library.read() as session:
        rows = session.execute(select(Reference.crop, Reference.mask)).all()
    named = {sha256 for row in rows for sha256 in row if sha256}
    return tuple(sorted(each for each in named if not library.home.reference(each).exists()))
