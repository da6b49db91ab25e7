"""What takes long on the models page, off the GUI thread, one at a time: adding, verifying, downloading; what
needs libraries that the window never imports is done by the command line in a process of its own."""

import os
import subprocess
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from core import ourselves
from core.environment import ENVIRONMENT
from core.errors import Cancelled, KnownError
from core.paths import Home
from desktop import words
from desktop.i18n import tr
from desktop.studio import Studio
from desktop.widgets.progress_line import ProgressLine

LANE = "models"
ASKS = "--yes"
"""Stands in what the command line says when a licence must be accepted first."""
Progress = Callable[[int, int, str], None]


class LicenceNeeded(KnownError):
    """Nothing was changed yet: `licence` must be accepted first."""

    def __init__(self, licence: str) -> None:
        super().__init__(licence)
        self.licence = licence


class ModelWork(QObject):
    """One work at a time; `changed` when it begins and ends. `line` shows how far it is and stops it."""

    changed = Signal()
    _moved = Signal(int, int, str)

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._stop = threading.Event()
        self.line = ProgressLine(tr("Models"))
        self.line.stopped.connect(self._stop.set)
        self._moved.connect(self._show)
        self._title = ""

    @property
    def busy(self) -> bool:
        return bool(self._title)

    def stopped(self) -> bool:
        """Whether it shall end: the user said so, or the window goes. May be asked from any thread."""
        return self._stop.is_set() or self._studio.background.closed

    def progress(self, done: int, total: int, name: str) -> None:
        """From the working thread; raises Cancelled when it shall end."""
        if self.stopped():
            raise Cancelled
        self.moved(done, total, name)

    def moved(self, done: int, total: int, name: str) -> None:
        """From the working thread. Of the file's name the footer has no room to speak."""
        self._moved.emit(*_small(done, total), f"{words.size(done)} / {words.size(total)}")

    def run(
        self,
        title: str,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Does `work`; afterwards the settings are read again, which `work` may have changed."""
        if self.busy:
            return
        self._title = title
        self._stop.clear()
        self.line.show_progress(title, 0, 0)
        self.changed.emit()

        def done(result: Any) -> None:
            self._end()
            self._studio.choose(lambda: then(result))

        def refused(error: Exception) -> None:
            self._end()
            if isinstance(error, Cancelled):
                self._studio.messages.say(tr("Stopped. What is whole was kept."), "warning")
            else:
                (failed or self._studio.background.fail)(error)
            self._studio.choose()

        self._studio.background.run(work, done, refused, LANE)

    def _end(self) -> None:
        self._title = ""
        self.line.show_progress("", 0, 0)
        self.changed.emit()

    @Slot(int, int, str)
    def _show(self, done: int, total: int, detail: str) -> None:
        if self.busy:
            self.line.show_progress(f"{self._title}  {detail}", done, total)


def command(home: Home, stopped: Callable[[], bool], *said: str) -> str:
    """Runs `likeness models …` beside the window; what it printed. Raises KnownError with what it said,
    LicenceNeeded where that is all that is missing, Cancelled."""
    line = ourselves.command("core.cli", "--home", str(home.root), "models", *said)
    process = subprocess.Popen(
        line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        errors="replace", env=os.environ | ENVIRONMENT | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    printed, complained = _wait(process, stopped)
    if process.returncode == 0:
        return printed
    reason = complained.strip().removeprefix("✗ ")
    if ASKS in reason and ASKS not in said:
        raise LicenceNeeded(printed.strip())
    raise KnownError(reason or tr("The command ended without a word. Nothing was changed."))


def _wait(process: "subprocess.Popen[str]", stopped: Callable[[], bool]) -> tuple[str, str]:
    while True:
        try:
            return process.communicate(timeout=0.2)
        except subprocess.TimeoutExpired:
            if stopped():
                process.kill()
                process.communicate()
                raise Cancelled from None


def _small(done: int, total: int) -> tuple[int, int]:
    """Gigabytes do not fit Qt's whole numbers."""
    return done // 1024, total // 1024
