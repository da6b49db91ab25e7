"""From folders of photos to people, and the demo that does the whole job."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli import work
from core.cli.show import JsonOption, duration, json, say
from core.cli.work import ChoreBar, QueueBar, bars, encoder_size, engine, opened, stop_when_told
from core.errors import KnownError
from core.paths import Home

if TYPE_CHECKING:
    from core.album import ImportReport
    from core.engine import Engine
    from core.library import Library

SHOWN = 20


def import_photos(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Photos, or folders of them.")],
    as_json: JsonOption = False,
) -> None:
    """Imports photos, finds the faces, groups them into people and prepares their references."""
    home = context.obj
    with opened(home) as library, engine(home) as made:
        report = take_in(library, made, paths)
        people = profile(library, made, encoder_size(home))
    result = {
        "added": report.added,
        "known": report.known,
        "faces": report.faces,
        "people": people,
        "skipped": [{"path": path, "reason": reason} for path, reason in report.skipped],
    }
    json(result) if as_json else tell(report, people)
    if report.skipped and not report.added and not report.known:
        raise KnownError("None of these could be imported; the library is as it was.")


def take_in(library: "Library", made: "Engine", paths: list[Path]) -> "ImportReport":
    """Photos and their faces into the library."""
    from core import album

    with bars() as progress:
        report = album.import_photos(library, made, paths, ChoreBar(progress, "Importing"))
        album.group_faces(library, made, ChoreBar(progress, "Grouping"))
    return report


def profile(library: "Library", made: "Engine", size: int) -> int:
    """References for everybody who has faces but no references yet; returns how many people there are."""
    from core import album
    from core.library import subjects

    with library.read() as session:
        cards = subjects.cards(session, "person")
    waiting = [card for card in cards if card.faces and not card.references]
    with bars() as progress:
        bar = ChoreBar(progress, "Preparing references")
        for number, card in enumerate(waiting):
            bar(number, len(waiting), card.name)
            try:
                album.make_references(library, made, card.id, size)
            except KnownError as error:
                say(f"{card.name}: {error}")
    return len(cards)


def tell(report: "ImportReport", people: int) -> None:
    say(f"{report} The library has {people} people: likeness people")
    for path, reason in report.skipped[:SHOWN]:
        say(f"  skipped {path}: {reason}")
    if len(report.skipped) > SHOWN:
        say(f"  … and {len(report.skipped) - SHOWN} more; --json lists them all.")


def demo(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where pictures, contact sheet and summary go.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Does the whole job on the demo album, in which nobody exists. A second run only looks."""
    from core import demo

    stop_when_told()
    home: Home = context.obj
    folder = (out or home.root / "out").expanduser().resolve()
    with opened(home) as library:
        summary = demo.run(library, lambda: work.make_engine(home), folder, Screen(silent=as_json))
    json(summary) if as_json else say(closing(summary))


class Screen:
    """What the demo tells while it works, on the terminal."""

    def __init__(self, silent: bool) -> None:
        self._silent = silent

    def say(self, sentence: str) -> None:
        if not self._silent:
            say(sentence)

    @contextmanager
    def work(self, title: str) -> Iterator[ChoreBar]:
        with bars() as progress:
            yield ChoreBar(progress, title)

    @contextmanager
    def queue(self, total: int) -> Iterator[QueueBar]:
        with bars() as progress:
            yield QueueBar(progress, total, silent=self._silent)


def closing(summary: dict[str, Any]) -> str:
    album, identity, seconds = summary["album"], summary["identity"], summary["seconds"]
    mean = identity["mean_similarity"]
    return (
        f"{len(summary['pictures'])} pictures in {duration(seconds['last_run'])}. "
        f"Faces: {album['found_faces']} found of {album['true_faces']}, "
        f"grouping F1 {album['pairwise_f1']:.3f}. "
        f"{identity['faces_found']} of {identity['asked']} people have a face in their picture, "
        f"mean similarity {'none' if mean is None else format(mean, '.2f')}."
    )
