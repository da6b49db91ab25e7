"""A damaged library when the window opens: the backup is offered, and the damaged file is never lost."""

import gc
import shutil
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from core.engine.fake import FakeEngine
from core.library import backup, check
from core.paths import Home
from desktop.app import Application


@pytest.fixture
def damaged(home: Home, named_home: Home) -> bytes:
    """A home whose library has a backup and was damaged since: the damaged bytes."""
    shutil.copytree(named_home.root, home.root)
    backup.make(home, "batch")
    data = bytearray(home.database.read_bytes())
    data[8192:-4096] = b"\xa5" * len(data[8192:-4096])
    home.database.write_bytes(data)
    return bytes(data)


@pytest.fixture
def opened(qtbot: QtBot, home: Home, damaged: bytes, dressed: None) -> Iterator[Application]:
    application = Application(home, lambda *_: FakeEngine())
    application.show()
    qtbot.waitUntil(lambda: bool(_buttons(application)))
    yield application
    application.window.close()
    gc.enable()


def _buttons(application: Application) -> dict[str, QPushButton]:
    boxes = application.window.findChildren(QMessageBox)
    return {each.text(): each for box in boxes for each in box.findChildren(QPushButton)}


def test_restoring_opens_the_library_as_it_was(
    qtbot: QtBot, opened: Application, home: Home, damaged: bytes
) -> None:
    (box,) = opened.window.findChildren(QMessageBox)
    assert f"{backup.listed(home)[0]}" in box.informativeText()
    assert home.database.read_bytes() == damaged
    _buttons(opened)["Restore"].click()
    qtbot.waitUntil(lambda: opened.studio is not None)
    assert opened.exit_code == 0
    assert {row.handle for row in opened.people.model.rows} >= {"ada", "ben"}
    (kept,) = home.root.glob("library.damaged-*.db")
    assert kept.read_bytes() == damaged
    assert not opened.window.messages.isHidden()


def test_leaving_changes_nothing(qtbot: QtBot, opened: Application, home: Home, damaged: bytes) -> None:
    _buttons(opened)["Leave"].click()
    qtbot.waitUntil(lambda: opened.exit_code == 1)
    assert home.database.read_bytes() == damaged
    assert not list(home.root.glob("library.damaged-*"))


def test_a_restore_that_fails_says_why_and_leaves(
    qtbot: QtBot, opened: Application, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in backup.listed(home):
        each.path.write_bytes(b"gone bad meanwhile")
    _buttons(opened)["Restore"].click()
    qtbot.waitUntil(lambda: opened.exit_code == 1)
    texts = [box.text() for box in opened.window.findChildren(QMessageBox)]
    assert any("damaged itself" in text for text in texts)
    assert check.whole(home.database) != ()
