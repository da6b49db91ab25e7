"""Every control of every page and dialog says its name to a screen reader and is reached by Tab, in the order
it is read."""

import itertools

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QDialog, QWidget
from pytestqt.qtbot import QtBot
from window_steps import enqueue, settle

from desktop.app import COMPOSE, PEOPLE, Application
from desktop.pages.countdown import Countdown
from desktop.window import PAGES, PREFERENCES

TABS = Qt.FocusPolicy.TabFocus.value
MOST_STEPS = 300


def reached_by_tab(whole: QWidget) -> list[QWidget]:
    """What Tab has to reach: visible, enabled and no part of another control."""
    return [
        each
        for each in whole.findChildren(QWidget)
        if each.focusPolicy().value & TABS == TABS and each.isEnabled() and each.isVisibleTo(whole)
        and each.focusProxy() is None and not isinstance(each.parentWidget(), QAbstractSpinBox | QComboBox)
    ]  # fmt: skip


def name_of(control: QWidget) -> str:
    """What a screen reader says."""
    interface = QAccessible.queryAccessibleInterface(control)
    return interface.text(QAccessible.Text.Name) if interface else ""


def nameless(whole: QWidget) -> list[str]:
    return [
        f"{type(each).__name__} {each.toolTip()} in {type(each.parentWidget()).__name__}"
        for each in reached_by_tab(whole)
        if not name_of(each).strip()
    ]


def walk(qtbot: QtBot, whole: QWidget) -> list[QWidget]:
    """What has the keyboard, one Tab after the other, until it comes round."""
    whole.window().activateWindow()
    qtbot.waitUntil(whole.window().isActiveWindow)
    first = reached_by_tab(whole)[0]
    first.setFocus()
    found: list[QWidget] = []
    for _ in range(MOST_STEPS):
        here = QApplication.focusWidget()
        assert here is not None
        if here in found[:-1]:
            return found
        if found[-1:] != [here]:  # a time has hours and minutes
            found.append(here)
        qtbot.keyClick(here, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never comes round: it was at {found[-1]}")


def check(qtbot: QtBot, whole: QWidget) -> None:
    assert nameless(whole) == []
    walked = walk(qtbot, whole)
    missed = [each for each in reached_by_tab(whole) if each not in walked]
    assert [f"{type(each).__name__}: {name_of(each)}" for each in missed] == []
    assert backwards([each for each in walked if whole.isAncestorOf(each)]) == []


def backwards(walked: list[QWidget]) -> list[str]:
    """Steps that go from right to left among neighbours of one line."""
    return [
        f"{name_of(one)} → {name_of(other)}"
        for one, other in itertools.pairwise(walked)
        if one.parentWidget() is other.parentWidget() and _same_line(one, other) and _left(other) < _left(one)
    ]


def _same_line(one: QWidget, other: QWidget) -> bool:
    return (
        abs(one.geometry().center().y() - other.geometry().center().y())
        < min(one.height(), other.height()) / 2
    )


def _left(control: QWidget) -> int:
    return control.mapTo(control.window(), QPoint(0, 0)).x()


def test_every_page(qtbot: QtBot, named: Application) -> None:
    enqueue(qtbot, named, "a photo of @ada", 2)
    for number in (*range(len(PAGES)), PREFERENCES):
        named.window.open_page(number)
        if number == PEOPLE:
            named.people.select(named.people.model.rows[0].id)
        if number == COMPOSE:
            named.compose.editor.setPlainText("a photo of @ada and @ben")
        settle(qtbot, named)
        check(qtbot, named.window)


def test_every_help_window(qtbot: QtBot, application: Application) -> None:
    for name in ("shortcuts", "log", "news", "about"):
        getattr(application.help, f"show_{name}")()
        settle(qtbot, application)
        check(qtbot, application.help.dialog)


OPENED = {
    "consent": lambda app: app.people.ask_consent(app.people.model.rows[0]),
    "delete": lambda app: app.people.do.ask_delete(app.people.model.rows[0]),
    "object": lambda app: app.people.add_object(),
}


def test_every_question(qtbot: QtBot, named: Application) -> None:
    for ask in OPENED.values():
        ask(named)
        settle(qtbot, named)
        (dialog,) = [each for each in named.window.findChildren(QDialog) if each.isVisible()]
        check(qtbot, dialog)
        dialog.reject()


def test_exporting(qtbot: QtBot, named: Application) -> None:
    enqueue(qtbot, named, "a photo of @ada")
    qtbot.waitUntil(lambda: named.gallery.model.rowCount() == 1)
    settle(qtbot, named)
    named.gallery.view.selectAll()
    named.gallery.export()
    settle(qtbot, named)
    (dialog,) = [each for each in named.window.findChildren(QDialog) if each.isVisible()]
    check(qtbot, dialog)


def test_the_countdown(qtbot: QtBot, dressed: None) -> None:
    countdown = Countdown("sleep", 60)
    qtbot.addWidget(countdown)
    countdown.show()
    check(qtbot, countdown)


def test_editing_what_waits(qtbot: QtBot, named: Application) -> None:
    named.queue.do.pause()
    enqueue(qtbot, named, "a photo of @ada")
    named.queue.view.selectAll()
    named.queue.do.edit()
    qtbot.waitUntil(lambda: named.queue.do.dialog is not None)
    check(qtbot, named.queue.do.dialog)


def test_a_control_without_a_name_is_found(qtbot: QtBot, dressed: None) -> None:
    from PySide6.QtWidgets import QHBoxLayout, QPushButton

    whole = QWidget()
    qtbot.addWidget(whole)
    row = QHBoxLayout(whole)
    one, other = QPushButton(), QPushButton("Other")
    row.addWidget(other)
    row.addWidget(one)
    whole.show()
    assert nameless(whole) == ["QPushButton  in QWidget"]
    assert backwards([one, other]) == [" → Other"]
