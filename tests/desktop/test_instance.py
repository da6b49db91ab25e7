"""One window for one home, and a window beside a worker in another program: real processes, offscreen."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot
from window_steps import settle

from core.library import jobs
from core.lock import Lock
from core.paths import Home
from core.spec import RenderSpec
from desktop.app import Application

WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from core.environment import set_environment
set_environment()
from core.paths import Home
from desktop import app

def say(*words):
    print(*words, flush=True)

def started(application, qt):
    def minimised():
        application.window.showMinimized()
        say("minimised", application.window.isMinimized())
    def asked():
        QTimer.singleShot(0, lambda: say("shown", not application.window.isMinimized()))
    application._instance.called.connect(asked)
    application.when_ready(minimised)

def dismiss():
    from PySide6.QtWidgets import QApplication
    box = QApplication.activeModalWidget()
    if box:
        say("said", box.text())
        box.accept()

timer = QTimer()
timer.timeout.connect(dismiss)
from PySide6.QtWidgets import QApplication
qt = QApplication(sys.argv[:1])
timer.start(50)
code = app.run(Home(Path(sys.argv[1])), started)
say("left", code, "core.library" in sys.modules)
sys.exit(code)
"""


class Started:
    """A program of its own, and what it prints. Without a thread that reads it: Python might collect another
    test's window there."""

    def __init__(self, said: Path, program: str, home: Path, env: dict[str, str]) -> None:
        env = os.environ | env | {"QT_QPA_PLATFORM": "offscreen"}
        self._said, self._heard = said, 0
        with said.open("w") as out:
            command = [sys.executable, "-c", program, str(home)]
            self.process = subprocess.Popen(command, stdout=out, stdin=subprocess.PIPE, env=env)

    def until(self, words: str) -> str:
        """The next line that begins so."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            whole, _, _ = self._said.read_text().rpartition("\n")
            for line in whole.splitlines()[self._heard :]:
                self._heard += 1
                if line.startswith(words):
                    return line
            time.sleep(0.02)
        raise TimeoutError(words)

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()

    def left(self) -> str:
        told = self.until("left")
        assert told.split()[1] == str(self.process.wait(60))
        return told


@pytest.fixture
def runtime() -> Iterator[Path]:
    """Where sockets go: a short path, as a system's own is."""
    with tempfile.TemporaryDirectory(prefix="likeness-") as folder:
        yield Path(folder)


@pytest.fixture
def start(tmp_path: Path, runtime: Path) -> Iterator[Callable[..., Started]]:
    started: list[Started] = []

    def one(home: Path = tmp_path / "home", **env: str) -> Started:
        said = tmp_path / f"said {len(started)}"
        started.append(Started(said, WINDOW, home, {"XDG_RUNTIME_DIR": str(runtime)} | env))
        return started[-1]

    yield one
    for each in started:
        each.end()


def test_a_second_start_brings_the_first_to_the_front(start: Callable[..., Started], runtime: Path) -> None:
    first = start()
    assert first.until("minimised") == "minimised True"
    assert start().left() == "left 0 False", "it left before it loaded the library"
    assert first.until("shown") == "shown True"
    (socket,) = runtime.iterdir()
    assert stat.S_ISSOCK(socket.stat().st_mode)
    assert socket.stat().st_mode & 0o077 == 0
    assert psutil.Process(first.process.pid).net_connections("inet") == []


def test_what_a_crash_left_stands_in_nobodys_way(start: Callable[..., Started], runtime: Path) -> None:
    crashed = start()
    crashed.until("minimised")
    crashed.end()
    assert len(list(runtime.iterdir())) == 1
    next_one = start()
    assert next_one.until("minimised") == "minimised True"
    assert start().left().startswith("left 0")
    assert next_one.until("shown") == "shown True"


def test_a_first_one_that_does_not_answer_is_named(start: Callable[..., Started]) -> None:
    first = start()
    first.until("minimised")
    first.process.send_signal(signal.SIGSTOP)
    second = start()
    assert "does not answer" in second.until("said")
    assert second.left() == "left 1 False"


def test_another_home_has_a_window_of_its_own(start: Callable[..., Started], tmp_path: Path) -> None:
    start().until("minimised")
    assert start(tmp_path / "other").until("minimised") == "minimised True"


def test_a_socket_lies_in_the_home_where_the_system_has_no_place(
    start: Callable[..., Started], runtime: Path
) -> None:
    first = start(runtime / "home", XDG_RUNTIME_DIR="")
    first.until("minimised")
    assert any(stat.S_ISSOCK(file.stat().st_mode) for file in (runtime / "home").iterdir())
    assert start(runtime / "home", XDG_RUNTIME_DIR="").left().startswith("left 0")


# A worker in another program


WORKER = """
import sys
from pathlib import Path
from core.engine.fake import FakeEngine
from core.library import open_library
from core.paths import Home
from core.runner import Runner
home = Home(Path(sys.argv[1]))
library = open_library(home)
runner = Runner(library, FakeEngine, lambda event: None, home.pictures)
runner.start()
print("works", flush=True)
sys.stdin.read()
runner.stop()
library.close()
"""


@pytest.fixture
def elsewhere(home: Home, named_home: Home, tmp_path: Path) -> Iterator[Started]:
    """The worker of another program, as `likeness queue run` has one, until its input is closed."""
    shutil.copytree(named_home.root, home.root)
    other = Started(tmp_path / "said elsewhere", WORKER, home.root, {})
    other.until("works")
    yield other
    other.end()


def test_a_window_beside_a_worker_shows_what_that_one_makes(
    qtbot: QtBot, elsewhere: Started, open_window: Callable[[], Application]
) -> None:
    window = open_window()
    assert window.exit_code == 0
    assert not window.window.footer._elsewhere.isHidden(), "it says so from the start"
    with window.studio.library.write() as session:
        jobs.enqueue(session, [RenderSpec("a beach", "mini", 64, 64, 1, 3, 3.0, template="a beach")])
    qtbot.waitUntil(lambda: [row.state for row in window.queue.model.rows] == ["done"], timeout=20_000)
    qtbot.waitUntil(lambda: len(window.gallery.model.rows) == 1, timeout=20_000)


def test_the_window_takes_over_and_does_what_waited(
    qtbot: QtBot, elsewhere: Started, open_window: Callable[[], Application], album: Path
) -> None:
    window = open_window()
    footer = window.window.footer
    window.work.import_photos([album / "guitar.jpg"])
    qtbot.waitUntil(lambda: "waits for the other Likeness" in footer._chore.text(), timeout=20_000)
    elsewhere.process.communicate()
    qtbot.waitUntil(footer._elsewhere.isHidden, timeout=20_000)
    qtbot.waitUntil(footer._chore.isHidden, timeout=20_000)
    settle(qtbot, window)


def test_a_window_that_waits_can_be_closed(
    qtbot: QtBot, elsewhere: Started, open_window: Callable[[], Application]
) -> None:
    window = open_window()
    runner = window.studio.runner
    window.window.close()
    assert runner._thread is None
    assert not Lock(window.home.root / "library.open").alone(), "the other one has it open"
