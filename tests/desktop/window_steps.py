"""Steps that several window tests take."""

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot

from core.library import jobs
from desktop.app import Application
from desktop.later import LaterCall


def read(application: Application, ask: Callable[[Any], Any]) -> Any:
    """What the library holds now."""
    assert application.studio is not None
    with application.studio.library.read() as session:
        return ask(session)


def settle(qtbot: QtBot, application: Application) -> None:
    """Waits until nothing is asked, written or decoded any more, and nothing is put off."""

    def quiet() -> bool:
        return not application.busy and not any(
            later.waiting for later in application.window.findChildren(LaterCall)
        )

    for _ in range(2):
        qtbot.waitUntil(quiet)
        qtbot.wait(10)


def subject(application: Application, name: str) -> Any:
    """A person's or object's row as the window has it, or None."""
    return next((row for row in application.people.model.rows if row.name == name), None)


def enqueue(qtbot: QtBot, application: Application, text: str, count: int = 1) -> None:
    """Writes prompts and adds them to the queue, as the user does."""
    application.compose.editor.setPlainText(text)
    application.compose.settings._count.setValue(count)
    qtbot.waitUntil(application.compose._add.isEnabled)
    before = read(application, lambda s: len(jobs.rows(s)))
    application.compose._add.click()
    # Not the message: a picture that is made or fails at once may have said something newer by now.
    qtbot.waitUntil(lambda: read(application, lambda s: len(jobs.rows(s))) > before)
    settle(qtbot, application)
