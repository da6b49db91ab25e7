"""The longer works the window hands to the worker: each is one function of (engine, progress)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core import album, models
from core.album import ObjectPhoto
from core.engine import Engine
from core.library import Library, subjects
from core.runner import Chore, ChoreResult, Progress
from core.settings import Settings
from desktop import words
from desktop.i18n import noop, tr

IMPORT = noop("Adding photos")
CUT_OUT = noop("Cutting out")
REFERENCES = noop("Making references")
OBJECT = noop("Adding an object")
WHO = noop("Working out who is where")


def import_photos(library: Library, paths: Sequence[Path]) -> Chore:
    """Photos → faces → suggested people."""

    def chore(engine: Engine, progress: Progress) -> ChoreResult:
        report = album.import_photos(library, engine, list(paths), progress)
        album.group_faces(library, engine, progress)
        return ChoreResult(str(report), tuple((str(path), reason) for path, reason in report.skipped))

    return chore


def try_demo(library: Library, prompts: list[str]) -> Chore:
    """The demo album imported, its people named and everybody prepared, so that pictures can be made at once:
    nobody in it exists, and the record of consent says so. `prompts` gets some that fit."""

    def chore(engine: Engine, progress: Progress) -> ChoreResult:
        from core.demo import Watch, cast, truth
        from core.demo.wishes import FIRST, named

        players = cast.gather(library, engine, truth.read(), _Footer(progress), Watch())
        prompts[:] = [named(text, players) for text in FIRST]
        return ChoreResult(
            tr("The demo album is ready: ten people, none of whom exists, and six objects to go with them.")
        )

    return chore


class _Footer:
    """What the demo tells while it works, as a chore's progress."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def say(self, sentence: str) -> None:
        """The end alone is told."""

    @contextmanager
    def work(self, title: str) -> Iterator[Progress]:
        yield self._progress


def make_references(library: Library, settings: Settings, subject_id: int) -> Chore:
    """A person's best faces become references, unless there are some already."""

    def chore(engine: Engine, progress: Progress) -> ChoreResult:
        with library.read() as session:
            card, known = subjects.card(session, subject_id), subjects.references(session, subject_id)
        if not known:
            progress(0, 1, card.name)
            album.make_references(library, engine, subject_id, encoder_size(settings))
            with library.read() as session:
                known = subjects.references(session, subject_id)
        return ChoreResult(
            tr("{name} has {references}.", name=card.name, references=words.many(len(known), "reference"))
        )

    return chore


def cut_out(
    library: Library, settings: Settings, photo: ObjectPhoto, found: Callable[[ObjectPhoto], None]
) -> Chore:
    """What would stand for an object: `found` is told on the worker's thread."""

    def chore(engine: Engine, progress: Progress) -> ChoreResult:
        progress(0, 0, photo.path.name)
        made = album.cut_out(library, engine, photo, encoder_size(settings))
        found(replace(photo, made=made))
        return ChoreResult(tr("It was cut out of {photo}.", photo=photo.path.name))

    return chore


def add_object(
    library: Library, settings: Settings, name: str, noun: str, photos: Sequence[Path | ObjectPhoto]
) -> Chore:
    def chore(engine: Engine, progress: Progress) -> ChoreResult:
        progress(0, len(photos), name)
        album.add_object(library, engine, name, noun, list(photos), encoder_size(settings))
        return ChoreResult(tr("{name} was added.", name=name))

    return chore


def work_out(library: Library, picture: Path) -> Chore:
    """A picture's weight maps: it is made again for them."""

    def chore(engine: Engine, progress: Progress) -> ChoreResult:
        from core import explain

        progress(0, 0, picture.name)
        explain.work_out(
            picture, engine, library, on_step=lambda step: progress(step.step, step.steps, picture.name)
        )
        return ChoreResult(tr("Who is where is worked out and kept beside the picture."))

    return chore


def encoder_size(settings: Settings) -> int:
    """The side that the chosen model's image encoder reads; 224 for a model without one."""
    return models.find(settings, settings.model).encoder_size or 224
