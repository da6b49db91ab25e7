"""From folders of photos to people with references: the library and the engine together.

No transaction is open while the engine works, and every few photos are committed: what was done stays done.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from core.engine import Engine
from core.errors import KnownError
from core.library import Library, face_groups, known_faces, leftovers, photos, subjects
from core.library.depicted import needed
from core.library.photos import Box, Candidate
from core.scanning import ImportReport as ImportReport
from core.scanning import Progress, scan_all, try_again
from core.spec import Reference

COMMIT_EVERY = 8
SAME_SHOT = 0.97
"""Cosine similarity above which two faces are one moment taken twice: a second reference would add
nothing."""


def import_photos(
    library: Library, engine: Engine, paths: Iterable[Path], progress: Progress = lambda *_: None
) -> ImportReport:
    """Adds every photo in `paths` (files, and folders with all that is in them) and finds its faces. Doing
    it again adds nothing; an interrupted import goes on where it stopped. What cannot be read is skipped
    with its reason; a photo that ended the engine's process is passed by, unless it is in `paths` itself or
    the program is a newer one."""
    report, asked = ImportReport(), [Path(path).expanduser().absolute() for path in paths]
    _add_files(library, list(_walk(asked, report.skipped)), report, progress)
    try_again(library, [str(path) for path in asked])
    scan_photos(library, engine, report, progress)
    return report


def scan_photos(
    library: Library, engine: Engine, report: ImportReport, progress: Progress = lambda *_: None
) -> None:
    """Finds the faces of every photo that the engine's face models have not seen yet: of new ones, and
    after a change of models of all."""
    with library.read() as session:
        new = photos.unscanned(session)
    backend = scan_all(library, engine, new, report, progress)
    with library.read() as session:
        old = photos.unscanned(session, backend) if backend else []
    done = {row.id for row in new}
    scan_all(library, engine, [row for row in old if row.id not in done], report, progress)


def rescan_photos(
    library: Library, engine: Engine, backend: str, progress: Progress = lambda *_: None
) -> ImportReport:
    """Has face models of the identity `backend` look at every photo they have not seen: after a change of
    models. Who was named stays named, where a face is found in the same place."""
    report = ImportReport()
    with library.read() as session:
        rows = photos.unscanned(session, backend)
    scan_all(library, engine, rows, report, progress)
    return report


def group_faces(library: Library, engine: Engine, progress: Progress = lambda *_: None) -> int:
    """Sorts all faces into people and suggests a person for each group nobody knows yet; returns how many
    people have faces. Faces the user confirmed stay with their person and draw their group after them; so
    does what came with somebody's profile."""
    with library.read() as session:
        backend = photos.current_backend(session)
        faces = photos.embedded(session, backend) if backend else []
    strangers = known_faces.found(library, backend) if backend else []
    faces += strangers
    progress(0, len(faces), "Comparing faces")
    labels = engine.group([face.embedding for face in faces]) if faces else []
    with library.write() as session:
        # The user may have named or confirmed somebody while the engine compared: what holds is read again.
        now = {face.id: face for face in photos.embedded(session, backend)} if backend else {}
        now |= {face.id: face for face in strangers}
        seen = [(now[face.id], label) for face, label in zip(faces, labels, strict=True) if face.id in now]
        people = face_groups.assign(session, seen)
    progress(len(faces), len(faces), f"{people} people")
    return people


def make_references(library: Library, engine: Engine, subject_id: int, size: int, limit: int = 4) -> int:
    """Prepares the person's best faces as references for an encoder of `size` pixels, from as many photos as
    possible, until there are `limit`. Returns how many were added. Raises KnownError when no face can be
    used."""
    with library.read() as session:
        card = subjects.card(session, subject_id)
        known = subjects.references(session, subject_id)
        found = photos.candidates(session, subject_id)
    faults: list[str] = []
    added = 0
    for face in _distinct(found, {(r.photo_id, r.box) for r in known}):
        if len(known) + added >= limit:
            break
        added += _prepare_face(library, engine, subject_id, face, size, faults)
    if not known and not added:
        raise KnownError(_no_reference(card.name, faults))
    return added


@dataclass(frozen=True)
class ObjectPhoto:
    """One photo of an object. `box`: where it is, as parts of the sides, or None to have it found; `made`:
    what was cut out of it before, and perhaps corrected."""

    path: Path
    box: Box | None = None
    made: Reference | None = None


def add_object(
    library: Library, engine: Engine, name: str, noun: str, pictures: Sequence[Path | ObjectPhoto], size: int
) -> int:
    """A new object with one reference from each photo. Raises KnownError, and adds nothing, when a photo
    cannot be used."""
    from core.images import read_photo_facts

    if not pictures:
        raise KnownError(f"{name} needs at least one photo.")
    chosen = [each if isinstance(each, ObjectPhoto) else ObjectPhoto(Path(each)) for each in pictures]
    facts = [read_photo_facts(each.path.expanduser().absolute()) for each in chosen]
    boxes = [in_pixels(each.box, (fact.width, fact.height)) for each, fact in zip(chosen, facts, strict=True)]
    with _noted(library) as prepared:
        for each, fact, box in zip(chosen, facts, boxes, strict=True):
            prepared.append(each.made or engine.prepare(fact.path, box, "object", size))
        with library.write() as session:
            subject_id = subjects.create(session, "object", name, noun)
            for fact, reference, box in zip(facts, prepared, boxes, strict=True):
                photo_id, _ = photos.add(session, fact)
                subjects.add_reference(session, subject_id, reference, photo_id, box)
    return subject_id


def cut_out(library: Library, engine: Engine, photo: ObjectPhoto, size: int) -> Reference:
    """What would stand for an object, to be looked at and corrected before it is kept. Raises KnownError."""
    from core.images import upright_size

    path = photo.path.expanduser().absolute()
    return engine.prepare(path, in_pixels(photo.box, upright_size(path)), "object", size)


def forget_cut_out(library: Library, made: Sequence[Reference]) -> None:
    """Takes away what was cut out and is nobody's."""
    with library.read() as session:
        hashes = {each for one in made for each in (one.crop, one.mask) if each}
        leftovers.remove(leftovers.derived(library.home, hashes - needed(session)))


def in_pixels(box: Box | None, size: tuple[int, int]) -> Box | None:
    """A box of parts of the sides, in pixels of a picture of this size."""
    if box is None:
        return None
    return box[0] * size[0], box[1] * size[1], box[2] * size[0], box[3] * size[1]


# Importing


def _walk(paths: Iterable[Path], skipped: list[tuple[str, str]]) -> Iterator[Path]:
    """Every file asked for by name, and every file of a photo's ending in the folders, in a fixed order.
    Hidden files and folders are passed over; a folder that may not be read is reported."""
    from core.images import SUFFIXES

    def refused(error: OSError) -> None:
        skipped.append((_readable(str(error.filename)), f"The folder cannot be read: {error.strerror}."))

    for path in paths:
        try:
            is_folder = path.is_dir()
        except OSError as error:
            skipped.append((_readable(str(path)), f"It cannot be read: {error.strerror}."))
            continue
        if not is_folder:
            yield path
            continue
        for folder, inside, files in os.walk(path, onerror=refused):
            inside[:] = sorted(name for name in inside if not name.startswith("."))
            for name in sorted(files):
                if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                    yield Path(folder, name)


def _add_files(library: Library, files: list[Path], report: ImportReport, progress: Progress) -> None:
    from core.images import read_photo_facts

    for start in range(0, len(files), COMMIT_EVERY):
        facts = []
        for number, file in enumerate(files[start : start + COMMIT_EVERY], start):
            try:
                progress(number, len(files), f"Reading {_readable(file.name)}")
                facts.append(read_photo_facts(_nameable(file)))
            except KnownError as error:
                report.skipped.append((_readable(str(file)), str(error)))
        with library.write() as session:
            new = sum(photos.add(session, each)[1] for each in facts)
        report.added += new
        report.known += len(facts) - new


def _nameable(file: Path) -> Path:
    """The file itself. Raises KnownError for a name that is no text in any language (old disks, archives)."""
    if _readable(str(file)) != str(file):
        raise KnownError("Its name holds bytes that are no letters. Rename it, then add it again.")
    return file


def _readable(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


# References


def _distinct(found: list[Candidate], known: set[tuple[int | None, Box | None]]) -> Iterator[Candidate]:
    """The faces worth preparing, best first: one of each photo before a second of any, and none that shows
    the same moment as one before it."""
    chosen: list[Candidate] = [face for face in found if (face.photo_id, face.box) in known]
    rounds: dict[int, int] = Counter(face.photo_id for face in chosen)
    ranked: list[tuple[int, int, Candidate]] = []
    for place, face in enumerate(found):
        if face not in chosen:
            ranked.append((rounds[face.photo_id], place, face))
            rounds[face.photo_id] += 1
    for _, _, face in sorted(ranked, key=lambda each: each[:2]):
        if not any(_one_moment(face, other) for other in chosen):
            chosen.append(face)
            yield face


def _one_moment(a: Candidate, b: Candidate) -> bool:
    return a.backend == b.backend and face_groups.similarity(a.embedding, b.embedding) > SAME_SHOT


def _prepare_face(
    library: Library, engine: Engine, subject_id: int, face: Candidate, size: int, faults: list[str]
) -> int:
    with _noted(library) as prepared:
        try:
            prepared.append(engine.prepare(Path(face.photo), face.box, "person", size))
        except KnownError as error:
            faults.append(str(error))
            return 0
        with library.write() as session:
            subjects.add_reference(session, subject_id, prepared[0], face.photo_id, face.box)
    return 1


@contextmanager
def _noted(library: Library) -> Iterator[list[Reference]]:
    """What is prepared in here gets its row in here. On an exception crops without one go: nobody would find
    them again, and deleting the person would leave them."""
    prepared: list[Reference] = []
    try:
        yield prepared
    except BaseException:
        with suppress(KnownError), library.read() as session:
            hashes = {each for reference in prepared for each in (reference.crop, reference.mask) if each}
            leftovers.remove(leftovers.derived(library.home, hashes - needed(session)))
        raise


def _no_reference(name: str, faults: list[str]) -> str:
    why = faults[0] if faults else "The library has no face of theirs."
    return f"No reference of {name} could be made. {why}"
