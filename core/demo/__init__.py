"""The main job on the demo album: import → people → objects → queue → pictures → contact sheet and summary.

Everything goes through the same calls as the window and the command line. A second run on the same home
finds that all is there and only writes sheet and summary again.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from core.demo import cast, report, truth
from core.demo.wishes import MODEL, PROMPTS, SEED, named
from core.engine import Engine
from core.errors import KnownError
from core.events import Event
from core.library import Library, gallery, jobs
from core.library.gallery import PictureRow
from core.spec import RenderSpec


class Queue(Protocol):
    """Who follows the queue: called with every event. `failed` and `paused` say why pictures are missing."""

    failed: int
    paused: str

    def __call__(self, event: Event) -> None: ...


class Screen(Protocol):
    """What the demo tells while it works."""

    def say(self, sentence: str) -> None: ...
    def work(self, title: str) -> AbstractContextManager[Callable[[int, int, str], None]]: ...
    def queue(self, total: int) -> AbstractContextManager[Queue]: ...


def run(library: Library, make_engine: Callable[[], Engine], out: Path, screen: Screen) -> dict[str, Any]:
    """Does the whole job; returns what summary.json holds. Raises KnownError with what is missing."""
    watch = Watch()
    true = truth.read()
    with _lazily(make_engine) as engine:
        players = cast.gather(library, engine, true, screen, watch)
        found = cast.measure(library, engine, true)
    with watch("queue"):
        specs = _specs(library, players)
    _render(library, make_engine, specs, out, screen, watch)
    pictures = _finished(library, specs)
    if len(pictures) < len(specs):
        raise KnownError(
            f"{len(specs) - len(pictures)} of {len(specs)} pictures are missing: likeness queue list"
        )
    return report.write(out, library, true, found, players, list(pictures.values()), watch.seconds, screen)


class Watch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - began


@contextmanager
def _lazily(make_engine: Callable[[], Engine]) -> Iterator[Engine]:
    engine = make_engine()
    try:
        yield engine
    finally:
        engine.close()


def _specs(library: Library, players: dict[str, str]) -> list[RenderSpec]:
    """Every prompt as a picture's spec; `players`: handles by true name."""
    from core import compose, settings

    own = settings.load(library.home)
    with library.read() as session:
        wishes = [
            compose.Wish(text=named(text, players), seed=seed, model=MODEL)
            for seed, text in enumerate(PROMPTS, SEED)
        ]
        return [spec for wish in wishes for spec in compose.specs(session, library.home, own, wish)]


def _render(
    library: Library,
    make_engine: Callable[[], Engine],
    specs: list[RenderSpec],
    out: Path,
    screen: Screen,
    watch: Watch,
) -> None:
    """Queues what is neither made nor waiting, and works the queue off."""
    from core.runner import Runner

    done = _finished(library, specs)
    with library.write() as session:
        waiting = {(row.text, row.seed, row.model) for row in jobs.rows(session, ("queued", "running"))}
        missing = [spec for spec in specs if spec.to_json() not in done]
        jobs.enqueue(session, [s for s in missing if (s.template, s.seed, s.model) not in waiting])
        if not missing:
            return screen.say(f"All {len(specs)} pictures are there already.")
        jobs.resume(session)
        counts = jobs.counts(session)
    with watch("render"), screen.queue(counts["queued"] + counts["running"]) as follow:
        Runner(library, make_engine, follow, out / "pictures").run_until_idle()
    if follow.paused:
        raise KnownError(f"The queue stopped: {follow.paused}")


def _finished(library: Library, specs: list[RenderSpec]) -> dict[str, PictureRow]:
    """The picture of each spec that has one whose file is still there, in the order of `specs`."""
    with library.read() as session:
        rows = {row.spec: row for row in gallery.rows(session) if Path(row.path).is_file()}
    return {key: rows[key] for key in (spec.to_json() for spec in specs) if key in rows}
