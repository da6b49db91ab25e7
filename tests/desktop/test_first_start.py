"""From an empty library to a picture of somebody, as a newcomer goes: three presses, no word typed."""

import re

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from test_demo import true_faces
from window_steps import read, settle

from core.engine.fake import FakeEngine
from core.library import gallery, subjects
from desktop.app import COMPOSE, Application


def press(application: Application, words: str) -> None:
    """The one visible button with these words."""
    buttons = [each for each in application.window.findChildren(QPushButton) if each.isVisible()]
    (found,) = [each for each in buttons if each.text() == words]
    assert found.isEnabled()
    found.click()


def test_three_presses_to_a_picture(qtbot: QtBot, application: Application, engine: FakeEngine) -> None:
    engine.faces = true_faces()
    window = application.window
    press(application, "Try the demo album")
    qtbot.waitUntil(lambda: "The demo album is ready" in window.messages.words, timeout=30_000)
    people = read(application, lambda s: subjects.cards(s, "person"))
    assert len(people) == 10
    assert all(card.named and card.references and card.consent == "granted" for card in people)
    press(application, "Make first pictures")
    assert window.page == COMPOSE
    assert re.search(r"@ada\b", application.compose.editor.toPlainText())
    settle(qtbot, application)
    qtbot.waitUntil(application.compose._add.isEnabled)
    press(application, application.compose._add.text())
    qtbot.waitUntil(lambda: len(read(application, gallery.rows)) == 2, timeout=30_000)


def test_what_somebody_wrote_stays(qtbot: QtBot, application: Application) -> None:
    application.compose.editor.setPlainText("my own words")
    application.work.first_asked.emit(["a photo of @ada"])
    assert application.compose.editor.toPlainText() == "my own words"
    assert application.window.page == COMPOSE
