"""A report for somebody who helps, saved where the user chooses. Nothing is sent."""

import os
import subprocess
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from core import ourselves
from core.environment import ENVIRONMENT
from core.errors import KnownError
from core.paths import Home
from desktop.background import Background
from desktop.i18n import noop, tr
from desktop.window import Window

WAIT_SECONDS = 300.0
SAVED = noop("{file} was saved; nothing was sent. Look through it before you send it to anybody.")


class SupportReport(QObject):
    """Asks where it goes, and makes it beside the window's other work."""

    def __init__(self, home: Home, background: Background, window: Window) -> None:
        super().__init__(window)
        self._home, self._background, self._window = home, background, window
        window.footer.report_asked.connect(self.ask)

    def ask(self) -> None:
        suggested = str(Path.home() / "likeness-report.zip")
        title = tr("Save a report about this program, without names, prompts and photos")
        name, _ = QFileDialog.getSaveFileName(self._window, title, suggested, tr("Report (*.zip)"))
        if name:
            self.save(Path(name))

    def save(self, file: Path) -> None:
        self._window.messages.say(tr("The report is being made. That takes some seconds."), "done")
        told = tr(SAVED, file=file)
        self._background.run(
            lambda: write(self._home, file),
            lambda _: self._window.messages.say(told, "done", stay=True),
            lane="export",
        )


def write(home: Home, file: Path) -> None:
    """By the command line's own words, in a process of its own: it looks at libraries that the window never
    imports. Raises KnownError with what that says."""
    words = ["--home", str(home.root), "doctor", "--bundle", str(file), "--json"]
    try:
        done = subprocess.run(
            ourselves.command("core.cli", *words), capture_output=True, text=True, timeout=WAIT_SECONDS,
            env=os.environ | ENVIRONMENT,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise KnownError(tr("The report could not be made: {error}.", error=error)) from error
    if done.returncode:
        raise KnownError(done.stderr.strip().removeprefix("✗ ") or tr("The report could not be made."))
