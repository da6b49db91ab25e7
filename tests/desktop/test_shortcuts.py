"""Keyboard shortcuts: one register, shown as it is, changed in place, without two meanings for one key."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot
from window_steps import enqueue, settle

from core import settings
from core.library import jobs
from desktop import shortcuts
from desktop.app import QUEUE, Application
from desktop.pages.shortcuts import ShortcutsDialog
from desktop.shortcuts import REGISTER

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _as_they_came():
    yield
    shortcuts.choose({})


@pytest.fixture
def dialog(qtbot: QtBot, application: Application) -> ShortcutsDialog:
    application.help.show_shortcuts()
    made = application.help.dialog
    assert isinstance(made, ShortcutsDialog)
    return made


def test_no_two_do_different_things_in_one_place() -> None:
    for entry in REGISTER.values():
        for keys in entry.keys:
            assert shortcuts.conflicts(entry.name, keys) == [], entry.name
            assert not QKeySequence(keys).isEmpty(), keys


def test_every_key_of_the_window_is_in_the_register(application: Application) -> None:
    """And so in the overlay: nothing works by a key that it does not show."""
    known = {id(target) for _, target in shortcuts.bound()}
    window = application.window
    strays = [each for each in window.findChildren(QShortcut) if id(each) not in known]
    strays += [each for each in window.findChildren(QAction) if each.shortcuts() and id(each) not in known]
    strays += [each for each in window.findChildren(QAbstractButton) if not each.shortcut().isEmpty()]
    assert strays == []


def test_every_line_of_the_register_works(application: Application) -> None:
    here = {name for name, target in shortcuts.bound() if application.window.isAncestorOf(_owner(target))}
    elsewhere = {name for name in REGISTER if name.startswith(("compare.", "edit.", "mask.", "viewer."))}
    assert set(REGISTER) - elsewhere == here


def test_the_overlay_shows_the_register(dialog: ShortcutsDialog) -> None:
    shown = {item.data(0, Qt.ItemDataRole.UserRole): item.text(1) for item in dialog._items()}
    assert shown == {name: shortcuts.said(name) for name in REGISTER}


@pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_Question])
def test_it_opens_by_its_keys(qtbot: QtBot, application: Application, key: Qt.Key) -> None:
    qtbot.keyClick(application.window, key)
    assert isinstance(application.help.dialog, ShortcutsDialog)


def test_it_finds_by_words_and_by_keys(qtbot: QtBot, dialog: ShortcutsDialog) -> None:
    qtbot.keyClicks(dialog.find, "ctrl+p")
    assert [i.data(0, Qt.ItemDataRole.UserRole) for i in dialog._items() if not i.isHidden()] == [
        "queue.pause"
    ]


def test_other_keys_work_at_once_and_at_the_next_start(
    qtbot: QtBot, open_window: Callable[[], Application]
) -> None:
    first = open_window()
    _give(qtbot, first, "page.queue", Qt.Key.Key_J)
    settle(qtbot, first)
    assert settings.load(first.home).keys == {"page.queue": "Ctrl+J"}
    qtbot.keyClick(first.window, Qt.Key.Key_3, CTRL)
    assert first.window.page != QUEUE
    qtbot.keyClick(first.window, Qt.Key.Key_J, CTRL)
    assert first.window.page == QUEUE
    shortcuts.choose({})
    again = open_window()
    qtbot.keyClick(again.window, Qt.Key.Key_J, CTRL)
    assert again.window.page == QUEUE


def test_a_conflict_is_named_and_the_other_goes_without(qtbot: QtBot, dialog: ShortcutsDialog) -> None:
    dialog.choose("queue.duplicate")
    dialog.field.setKeySequence(QKeySequence("Ctrl+P"))
    assert "Pause after this picture" in dialog._told.text()
    dialog.keep()
    assert shortcuts.keys_of("queue.duplicate") == ["Ctrl+P"]
    assert shortcuts.keys_of("queue.pause") == []
    assert shortcuts.conflicts("queue.duplicate", "Ctrl+P") == []


def test_one_is_put_back_with_what_it_had_taken(qtbot: QtBot, dialog: ShortcutsDialog) -> None:
    dialog.choose("queue.duplicate")
    dialog.field.setKeySequence(QKeySequence("Ctrl+P"))
    dialog.keep()
    dialog.choose("queue.pause")
    dialog.reset()
    assert shortcuts.keys_of("queue.pause") == ["Ctrl+P"]
    assert shortcuts.keys_of("queue.duplicate") == ["Ctrl+D"]


def test_all_are_put_back(qtbot: QtBot, application: Application, dialog: ShortcutsDialog) -> None:
    dialog.choose("queue.pause")
    dialog.field.setKeySequence(QKeySequence("F9"))
    dialog.keep()
    assert "F9" in application.queue._pause.toolTip()
    dialog.reset_all()
    settle(qtbot, application)
    assert all(shortcuts.keys_of(name) == list(entry.keys) for name, entry in REGISTER.items())
    assert "Ctrl+P" in application.queue._pause.toolTip()
    assert settings.load(application.home).keys == {}


def test_pausing_by_key_works_again_after_resuming(qtbot: QtBot, named: Application) -> None:
    """A button's own shortcut is lost when its words change."""
    enqueue(qtbot, named, "a photo of @ada")
    named.window.open_page(QUEUE)
    for word in ("Resume", "Pause", "Resume"):
        qtbot.keyClick(named.window, Qt.Key.Key_P, CTRL)
        qtbot.waitUntil(lambda word=word: named.queue._pause.text() == word)
    with named.studio.library.read() as session:
        assert jobs.paused(session) is not None


def _give(qtbot: QtBot, application: Application, name: str, key: Qt.Key) -> None:
    """As the user does: chooses the line, presses the keys, and takes them."""
    application.help.show_shortcuts()
    dialog = application.help.dialog
    assert isinstance(dialog, ShortcutsDialog)
    dialog.choose(name)
    qtbot.keyClick(dialog.field, key, CTRL)
    qtbot.mouseClick(dialog.change, Qt.MouseButton.LeftButton)
    dialog.accept()
    application.window.activateWindow()
    qtbot.waitUntil(application.window.isActiveWindow)


def _owner(target: QShortcut | QAction):
    return target.parent()
