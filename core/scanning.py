"""Finding the faces of photos that are in the library: each photo by itself, so that none keeps the others
waiting for ever."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from core.engine import Engine, EngineDied
from core.errors import KnownError
from core.library import Library, photos
from core.library import deadly as deadly_photos
from core.library.photos import PhotoRow
from core.metadata import program_version

Progress = Callable[[int, int, str], None]
HARMLESS = 64
"""Side of the plain picture that tells a photo that ends the engine from an engine that ends with any."""
PASSED_BY = "It is not tried again; add it by itself to try once more."


@dataclass
class ImportReport:
    """`added` photos are new, `known` were there already; `skipped` says of each path why it was not
    taken."""

    added: int = 0
    known: int = 0
    scanned: int = 0
    faces: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        text = f"{_many(self.added, 'new photo')}, {_many(self.faces, 'face')}"
        text += f", {self.known} already there" if self.known else ""
        return text + (f", {len(self.skipped)} skipped." if self.skipped else ".")


def scan_all(
    library: Library, engine: Engine, rows: list[PhotoRow], report: ImportReport, progress: Progress
) -> str | None:
    """The identity of the engine's face models, or None when nothing could be scanned. A photo that ends the
    engine's process, by a crash or by silence, is passed by from now on. Raises KnownError for an engine that
    ends with any photo."""
    backend = None
    with library.read() as session:
        deadly = deadly_photos.known(session, program_version())
    for number, row in enumerate(rows):
        if row.sha256 in deadly:
            _give_up(library, row, f"{deadly[row.sha256]} {PASSED_BY}", report)
            continue
        progress(number, len(rows), f"Finding faces in {Path(row.path).name}")
        try:
            scan = engine.scan(Path(row.path))
        except KnownError as error:
            _give_up(library, row, str(error), report)
            continue
        except EngineDied as error:
            if not _is_well(library, engine):
                raise KnownError(f"{error} The import stopped; what was found so far is kept.") from error
            with library.write() as session:
                deadly_photos.remember(session, program_version(), row.sha256, str(error))
            _give_up(library, row, str(error), report)
            continue
        with library.write() as session:
            photos.save_scan(session, row.id, scan.faces, scan.backend)
        report.scanned += 1
        report.faces += len(scan.faces)
        backend = scan.backend
    if rows:
        progress(len(rows), len(rows), "")
    return backend


def _give_up(library: Library, row: PhotoRow, reason: str, report: ImportReport) -> None:
    """A photo whose pixels cannot be read is no photo of the library, unless an earlier scan could read it
    or its disk is only away."""
    report.skipped.append((row.path, reason))
    if row.backend is None and photos.is_there(row.path):
        with library.write() as session:
            photos.remove(session, row.id)
        report.added = max(0, report.added - 1)


def try_again(library: Library, paths: Iterable[str]) -> None:
    """Photos that were passed by and are asked for by their own names."""
    named = set(paths)
    with library.read() as session:
        again = {row.sha256 for row in photos.unscanned(session) if row.path in named}
    if again:
        with library.write() as session:
            deadly_photos.forget(session, program_version(), again)


def _is_well(library: Library, engine: Engine) -> bool:
    """Whether it was the photo: the engine looks at a plain picture."""
    from PIL import Image

    from core.images import to_jpeg

    plain = library.home.thumbnails / "plain.jpg"
    try:
        plain.parent.mkdir(parents=True, exist_ok=True)
        plain.write_bytes(to_jpeg(Image.new("RGB", (HARMLESS, HARMLESS), "grey")))
        engine.scan(plain)
    except (EngineDied, KnownError, OSError):
        return False
    finally:
        plain.unlink(missing_ok=True)
    return True


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
