"""The window as a whole: start, keys, dropping, and closing while something is made."""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QWidget,
)
from pytestqt.qtbot import QtBot
from window_steps import enqueue

from core.engine.fake import FakeEngine
from core.library import jobs, open_library
from core.paths import Home
from desktop.app import COMPOSE, GALLERY, PEOPLE, QUEUE, Application


def test_pages_open_by_keys(qtbot: QtBot, application: Application) -> None:
    application.window.activateWindow()
    for number, page in enumerate((PEOPLE, COMPOSE, QUEUE, GALLERY)):
        qtbot.keyClick(application.window, Qt.Key(Qt.Key.Key_1 + number), Qt.KeyboardModifier.ControlModifier)
        assert application.window.page == page


def test_everything_stays_here_is_always_visible(application: Application) -> None:
    labels = [
        each.text() for each in application.window.footer.findChildren(QWidget) if hasattr(each, "text")
    ]
    assert "Everything stays on this computer" in labels
    assert application.window.footer._work.text() == "Idle"


def test_dropping_a_folder_anywhere_imports_it(qtbot: QtBot, application: Application, album: Path) -> None:
    _drop(application, [album])
    qtbot.waitUntil(lambda: len(application.people.model.rows) == 3)
    assert application.window._veil.isHidden()


def test_dropping_text_is_not_taken(application: Application) -> None:
    mime = QMimeData()
    mime.setText("hello")
    event = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, *_left())
    application.window.dragEnterEvent(event)
    assert application.window._veil.isHidden()


def test_an_import_shows_its_progress(qtbot: QtBot, application: Application, album: Path) -> None:
    seen: list[str] = []
    footer = application.window.footer
    real = footer.show_chore
    footer.show_chore = lambda words, done, total: (seen.append(words), real(words, done, total))  # type: ignore[method-assign]
    application.work.import_photos([album])
    qtbot.waitUntil(lambda: len(application.people.model.rows) == 3)
    assert any(" of 8" in words or " of 7" in words for words in seen)
    qtbot.waitUntil(lambda: footer._chore.isHidden())


def test_size_and_place_are_remembered(open_window: Callable[[], Application]) -> None:
    first = open_window()
    assert first.window.height() != 655
    first.window.resize(1024, 655)  # the offscreen screen is 800 × 800
    assert open_window().window.size().toTuple() == (1024, 655)


def test_a_damaged_library_says_so_and_leaves(qtbot: QtBot, home: Home, dressed: None) -> None:
    home.create()
    home.database.write_bytes(b"this is no database, whatever it says" * 100)
    damaged = Application(home, lambda *_: FakeEngine())
    damaged.show()
    qtbot.waitUntil(lambda: damaged.exit_code == 1)
    assert home.database.read_bytes().startswith(b"this is no database")
    damaged.window.close()
    gc.enable()


def test_closing_while_rendering_puts_the_picture_back(
    qtbot: QtBot, named: Application, engine: FakeEngine
) -> None:
    engine.step_seconds = 0.3  # long enough to be met while it is made
    enqueue(qtbot, named, "a photo of @ada")
    qtbot.waitUntil(lambda: named.queue.model._live != {})
    named.window.close()
    library = open_library(named.home)
    with library.read() as session:
        rows = jobs.rows(session)
    library.close()
    assert [(row.state, row.attempts) for row in rows] == [("queued", 0)]
    assert engine.closed


def test_a_fresh_process_shows_the_window_without_anything_heavy(home: Home) -> None:
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "desktop", "--home", str(home.root), "--quit-after-start"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=env, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["heavy"] == []
    assert told["shown_at"] < told["ready_at"]
    assert done.stderr.replace("This plugin does not support propagateSizeHints()", "").strip() == ""


def _drop(application: Application, paths: list[Path]) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, *_left())
    application.window.dragEnterEvent(enter)
    assert enter.isAccepted()
    assert not application.window._veil.isHidden()
    application.window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, *_left()))


def _left() -> tuple[Qt.MouseButton, Qt.KeyboardModifier]:
    return Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture(autouse=True)
def _collect():  # type: ignore[no-untyped-def]
    yield
    gc.enable()
