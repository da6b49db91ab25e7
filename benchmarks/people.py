"""How People does with 100,000 faces: `python -m benchmarks.people [--faces 100000]`, offscreen.

300 named people, 4,000 suggested groups and one person with a tenth of all faces; the photos are links to a
few real pictures. Measured are the time from asking for the page to the first paint with faces, each paint at
rest and while scrolling to random places (of all people, and of one person's faces), and the longest time the
event loop was held up meanwhile, by a timer that should come every millisecond. Beside other programs the
clock tells of them too: so each time is told as well as the window's thread spent it on the processor.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from sqlalchemy import insert

from core.library import Library, open_library
from core.library.tables import Face, Photo, Setting, Subject
from core.paths import Home
from desktop.app import Application, run

NAMED, SUGGESTED, REAL, SCROLLS = 300, 4000, 24, 200
NOW = datetime(2026, 1, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=100_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        library = open_library(home)
        fill(library, chosen.faces)
        library.close()
        run(home, lambda application, app: application.when_ready(lambda: _later(application)))


def _later(application: Application) -> None:
    QTimer.singleShot(500, lambda: _measure(application))


class _Pulse:
    """How long the event loop was held up: the longest time between two beats, by the clock, and the longest
    by the processor."""

    def __init__(self) -> None:
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        self._start()

    def _start(self) -> None:
        self._longest, self._last = (0.0, 0.0), _now()

    def _beat(self) -> None:
        now = _now()
        gone = (now[0] - self._last[0], now[1] - self._last[1])
        self._longest = (max(self._longest[0], gone[0]), max(self._longest[1], gone[1]))
        self._last = now

    def tell(self, what: str) -> None:
        clock, ours = self._longest
        print(f"{what:45} {_ms(clock)} ms (goal 50), {_ms(ours)} of the processor")
        self._start()

    def forget(self) -> None:
        self._start()


def _now() -> tuple[float, float]:
    """By the clock, and by this thread's processor."""
    return time.perf_counter(), time.thread_time()


def _measure(application: Application) -> None:
    page, pulse = application.people, _Pulse()
    _until(lambda: bool(page.model.rows) and not application.busy)
    print(f"{sum(card.faces for card in page.model.cards):,} faces, {len(page.model.rows):,} cards")
    page.model.show_cards([])
    pulse.forget()
    began = time.perf_counter()
    page.refresh()
    _until(lambda: bool(page.model.rows))
    page.view.viewport().repaint()
    print(f"{'read and first paint':45} {_ms(time.perf_counter() - began)} ms (goal 500)")
    _until(lambda: not application.busy)
    pulse.tell("longest block while it is read")
    _tell_view("cards", page.view, pulse)
    began = time.perf_counter()
    page.open_faces(max(page.model.cards, key=lambda card: card.faces))
    _until(lambda: bool(page.faces.model.ids))
    page.faces.grid.viewport().repaint()
    print(f"{len(page.faces.model.ids):,} faces of one, shown after {_ms(time.perf_counter() - began)} ms")
    _tell_view("faces", page.faces.grid, pulse)
    _until(lambda: not application.busy)
    page.close_faces()
    pulse.forget()
    page._search.setText("person 39")
    _until(lambda: len(page.model.rows) < SUGGESTED)
    pulse.tell("longest block while searching")
    application.window.close()


def _scroll(view) -> tuple[list[tuple[float, float]], list[float]]:  # type: ignore[no-untyped-def]
    """Of each paint the seconds by the clock and those of this thread's processor; and those of all that was
    painted after it, as its pictures came."""
    bar, dice, paints, after = view.verticalScrollBar(), random.Random(1), [], []
    for step in range(SCROLLS):
        bar.setValue(bar.value() + bar.pageStep() if step % 2 else dice.randrange(max(1, bar.maximum())))
        paints.append(_paint(view))
        began, end = time.thread_time(), time.perf_counter() + 0.02
        while time.perf_counter() < end:
            QApplication.processEvents()
            time.sleep(0.001)
        after.append(time.thread_time() - began)
    return paints, after


def _rest(view) -> list[tuple[float, float]]:  # type: ignore[no-untyped-def]
    return [_paint(view) for _ in range(SCROLLS)]


def _paint(view) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    began, of_ours = _now()
    view.viewport().repaint()
    ended, ours = _now()
    return ended - began, ours - of_ours


def _tell_view(of: str, view, pulse: _Pulse) -> None:  # type: ignore[no-untyped-def]
    _tell(f"paint of {of} at rest", _rest(view))
    pulse.forget()
    paints, after = _scroll(view)
    _tell(f"paint of {of} while scrolling", paints)
    _tell_one("what comes after it, of the processor", after)
    pulse.tell("longest block meanwhile")


def _tell(what: str, paints: list[tuple[float, float]]) -> None:
    clock, ours = zip(*paints, strict=True)
    _tell_one(what, clock, " (goal 16)")
    _tell_one("what that takes of the processor", ours)


def _tell_one(what: str, seconds: Sequence[float], goal: str = "") -> None:
    cuts = statistics.quantiles(seconds, n=100)
    said = f"median {_ms(cuts[49])} ms, p99 {_ms(cuts[98])} ms{goal}, longest {_ms(max(seconds))} ms"
    print(f"{what:45} {said}")


def _until(done, seconds: float = 60) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise SystemExit("The window did not get ready.")
        QApplication.processEvents()
        time.sleep(0.0005)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def fill(library: Library, count: int) -> None:
    """One face a photo; photos are links to a few real files."""
    dice = random.Random(1)
    real = [_real(library.home, number) for number in range(REAL)]
    people = NAMED + SUGGESTED
    with library.write() as session:
        session.execute(insert(Subject), [_subject(number) for number in range(1, people + 1)])
        session.execute(insert(Setting), [{"key": "faces", "value": "toy"}])
        for start in range(0, count, 5000):
            some = range(start + 1, min(count, start + 5000) + 1)
            session.execute(insert(Photo), [_photo(real[number % REAL], number) for number in some])
            session.execute(insert(Face), [_face(number, count, dice, people) for number in some])


def _real(home: Home, number: int) -> Path:
    path = home.root / f"photo-{number}.jpg"
    Image.effect_noise((640, 480), 20 + 8 * number).convert("RGB").save(path)
    return path


def _subject(number: int) -> dict[str, object]:
    named = number <= NAMED
    name = f"Somebody {number}" if named else f"Person {number}"
    return {"id": number, "uid": f"{number:032x}", "kind": "person", "name": name, "noun": "person",
            "handle": name.lower().replace(" ", ""), "named": named, "created_at": NOW}  # fmt: skip


def _photo(path: Path, number: int) -> dict[str, object]:
    return {"id": number, "path": str(path), "sha256": f"{number:064x}", "bytes": 1000, "width": 640,
            "height": 480, "imported_at": NOW, "backend": "toy"}  # fmt: skip


def _face(number: int, count: int, dice: random.Random, people: int) -> dict[str, object]:
    who = 1 if number <= count // 10 else dice.randrange(people) + 1
    left, top = dice.randrange(40, 400), dice.randrange(40, 280)
    return {"id": number, "photo_id": number, "subject_id": who, "left": left, "top": top,
            "right": left + 120, "bottom": top + 140, "landmarks": "[]", "score": 0.9,
            "quality": dice.random(), "embedding": b"\0" * 512, "backend": "toy",
            "state": "confirmed" if who <= NAMED and number % 5 else "suggested"}  # fmt: skip


if __name__ == "__main__":
    main()
