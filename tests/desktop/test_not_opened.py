"""Pages that cannot be built: the window says what happened, and the ways on from there lead somewhere."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from window_steps import settle

from core.engine.fake import FakeEngine
from core.paths import Home
from desktop import app
from desktop.app import Application
from desktop.pages import compose
from desktop.pages.log_view import LogView
from desktop.pages.not_opened import NotOpened

WHAT = "the canvas has no paint"


class Broken:
    def __init__(self, *_: object) -> None:
        raise ValueError(WHAT)


@pytest.fixture
def failed(qtbot: QtBot, home: Home, dressed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    monkeypatch.setattr(compose, "ComposePage", Broken)
    application = Application(home, lambda *_: FakeEngine())
    application.show()
    qtbot.waitUntil(lambda: bool(pages(application)))
    settle(qtbot, application)
    yield application
    application.window.close()
    gc.enable()


def pages(application: Application) -> list[NotOpened]:
    return application.window.findChildren(NotOpened)


def test_it_says_what_happened_and_shows_the_log(qtbot: QtBot, failed: Application) -> None:
    (page,) = pages(failed)
    assert page.isVisible()
    assert any(WHAT in label.text() for label in page.findChildren(QLabel))
    assert failed.studio is None
    assert not hasattr(failed, "queue"), "nothing is built after it"
    page.log.click()
    (view,) = failed.window.findChildren(LogView)
    qtbot.waitUntil(lambda: "the window was not built" in view.text.toPlainText())
    assert "ValueError" in view.text.toPlainText()
    assert WHAT not in view.text.toPlainText(), "what an exception says may name somebody"
    view.accept()


def test_quit_closes_the_window_and_all_behind_it(qtbot: QtBot, failed: Application) -> None:
    studio = failed._studio
    pages(failed)[0].quit.click()
    assert not failed.window.isVisible()
    assert not failed.again
    assert studio.background.closed
    assert not [each for each in threading.enumerate() if each is studio.runner._thread]


def test_a_library_that_cannot_be_read_at_all_is_said_there_too(
    qtbot: QtBot, home: Home, dressed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_open", Broken)
    application = Application(home, lambda *_: FakeEngine())
    application.show()
    qtbot.waitUntil(lambda: bool(pages(application)))
    application.window.close()
    gc.enable()


def test_try_again_opens_another_window_in_its_place(
    qtbot: QtBot, home: Home, dressed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, opened = compose.ComposePage, []
    monkeypatch.setattr(compose, "ComposePage", Broken)
    looking = QTimer(interval=10)

    def look() -> None:
        last = opened[-1]
        if (found := pages(last)) and not last.again:
            monkeypatch.setattr(compose, "ComposePage", whole)
            found[0].again.click()

    def started(application: Application, qt: QApplication) -> None:
        opened.append(application)
        application.when_ready(application.window.close)

    looking.timeout.connect(look)
    looking.start()
    assert app.run(home, started) == 0
    looking.stop()
    first, second = opened
    assert first.again
    assert not second.again
    assert second.compose is not None
    gc.enable()
