"""Random clicks, keys and drags on every page while a fake engine works: `soak --minutes 10`.

Nothing may raise, and nothing may pile up: after each round the window rests, and its objects and its memory
are counted. How long the window could not answer is told, and what was done then.
"""

import argparse
import gc
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from _monkey import Monkey, fenced
from _small_world import World
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.engine.fake import FakeEngine
from core.environment import set_environment
from core.paths import Home
from desktop import app, theme
from desktop.app import Application

TICK_MS = 4
ROUNDS = 12
REST_MS = 250
MOST_OBJECTS, MOST_MB = 1.25, 40.0
"""From the rest in the middle to the last one: so much more may be there. Dialogs that stay are made as
they are opened first; the gallery fills all the while."""


@dataclass
class Figures:
    seconds: float = 0.0
    acts: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    objects: list[int] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    longest_block_ms: float = 0.0
    slowest: list[tuple[float, str]] = field(default_factory=list)


class Soak(QObject):
    """One act each time the window's loop comes round, and a rest after each round."""

    def __init__(self, application: Application, figures: Figures, seconds: float, seed: int) -> None:
        super().__init__(application)
        self._application, self._figures = application, figures
        self._monkey = Monkey(application.window, seed)
        self._round_seconds = seconds / ROUNDS
        self._round_ends = time.monotonic() + self._round_seconds
        self._resting = self._over = False
        application.reporter.reported.connect(self._reported)
        # Pages that are made when they are first opened are no leak.
        for page in (*range(app.MODELS + 1), app.PREFERENCES, app.PEOPLE):
            application.window.open_page(page)
        self._ticked = time.thread_time()
        self._later()

    @Slot()
    def _tick(self) -> None:
        """Also in the loop of a dialog that an act opened: then within that act."""
        if self._over:
            return
        self._later()
        if self._resting:
            return
        self._measure()
        if time.monotonic() < self._round_ends:
            self._monkey.act()
        else:
            self._rest()

    def _later(self) -> None:
        """A timer of its own each time: Qt does not let one ring within its own ringing."""
        QTimer.singleShot(TICK_MS, self, self._tick)

    def _measure(self) -> None:
        """The processor time of this thread since the last tick: other programs are none of our blocks."""
        now = time.thread_time()
        took, self._ticked = (now - self._ticked) * 1000, now
        if self._monkey.last != "rest":
            self._figures.longest_block_ms = round(max(self._figures.longest_block_ms, took), 1)
            slowest = [*self._figures.slowest, (round(took, 1), self._monkey.last)]
            self._figures.slowest = sorted(slowest, reverse=True)[:10]

    def _rest(self) -> None:
        self._resting = True
        self._monkey.rest()
        QTest.qWait(REST_MS)
        gc.collect()
        self._figures.objects.append(_objects(self._application))
        self._figures.megabytes.append(round(psutil.Process().memory_info().rss / 1e6, 1))
        if len(self._figures.objects) == ROUNDS:
            self._over = True
            self._figures.acts = dict(self._monkey.acts)
            self._application.window.close()
        self._round_ends = time.monotonic() + self._round_seconds
        self._ticked, self._resting = time.thread_time(), False

    @Slot(str, str)
    def _reported(self, words: str, details: str) -> None:
        if details:
            self._figures.violations.append(f"after {self._monkey.last}: {details}")


def soak(home: Home, folder: Path, seconds: float, seed: int) -> Figures:
    """`folder`: for what is thrown away."""
    figures, began = Figures(), time.monotonic()
    qt = QApplication.instance() or QApplication(sys.argv[:1])
    theme.apply(qt)
    with fenced(folder):
        engine = FakeEngine(references=home.references, step_seconds=0.01)
        application = Application(home, lambda *_: engine)
        hook, sys.unraisablehook = sys.unraisablehook, lambda found: figures.violations.append(str(found))
        application.reporter.install()
        application.when_ready(lambda: Soak(application, figures, seconds, seed))
        application.window.closing.connect(qt.quit)
        application.show()
        qt.exec()
        sys.excepthook, sys.unraisablehook = sys.__excepthook__, hook
        application.window.deleteLater()
        gc.enable()
    figures.seconds = round(time.monotonic() - began, 1)
    figures.violations += _piled_up(figures)
    return figures


def _objects(application: Application) -> int:
    return len(application.findChildren(QObject)) + len(application.window.findChildren(QObject))


def _piled_up(figures: Figures) -> list[str]:
    middle = len(figures.objects) // 2
    objects, megabytes = figures.objects[middle:], figures.megabytes[middle:]
    if not objects:
        return ["The window went before its first rest."]
    found = []
    if objects[-1] > objects[0] * MOST_OBJECTS:
        found.append(f"objects pile up: {objects}")
    if megabytes[-1] > megabytes[0] + MOST_MB:
        found.append(f"memory piles up: {megabytes}")
    return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    set_environment()
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder)).make()
        figures = soak(world.home, Path(folder), 60 * chosen.minutes, chosen.seed)
    print(json.dumps(asdict(figures)))
    return 1 if figures.violations else 0
