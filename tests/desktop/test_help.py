"""The Help menu: log, news, versions and licences."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from window_steps import settle

from core import settings
from core.doctor import program_version
from core.log import log
from core.settings import Settings
from desktop.app import Application
from desktop.pages.about import AboutDialog, NewsDialog
from desktop.pages.log_view import LogView
from desktop.widgets.fields import choose


def view(qtbot: QtBot, application: Application) -> LogView:
    application.help.show_log()
    settle(qtbot, application)
    opened = application.help.dialog
    assert isinstance(opened, LogView)
    return opened


def test_the_log_is_shown_newest_first_and_by_how_grave_it_is(qtbot: QtBot, application: Application) -> None:
    log("test").warning("something is odd")
    log("test").error("something broke")
    opened = view(qtbot, application)
    lines = opened.text.toPlainText().splitlines()
    assert "something broke" in lines[0]
    assert "something is odd" in lines[1]
    assert "window: likeness" in opened.text.toPlainText()
    choose(opened.level, "ERROR")
    assert [entry.message for entry in opened.shown] == ["something broke"]


def test_the_log_is_searched_copied_and_read_again(qtbot: QtBot, application: Application) -> None:
    opened = view(qtbot, application)
    log("test").warning("a late warning")
    opened.refresh()
    settle(qtbot, application)
    qtbot.keyClicks(opened.find, "LATE warning")
    opened.copy()
    assert QGuiApplication.clipboard().text().strip().endswith("a late warning")
    qtbot.keyClicks(opened.find, "x")
    assert opened.text.toPlainText() == ""
    assert "Nothing of this kind" in opened._count.text()


def test_a_report_can_be_saved_from_the_log(qtbot: QtBot, application: Application, monkeypatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (asked.append(a[1]), ("", ""))[1])
    opened = view(qtbot, application)
    next(each for each in opened.findChildren(QPushButton) if each.text() == "Save a report…").click()
    assert "without names" in asked[0]


def test_about_tells_versions_models_and_packages(qtbot: QtBot, application: Application) -> None:
    application.help.show_about()
    opened = application.help.dialog
    assert isinstance(opened, AboutDialog)
    settle(qtbot, application)
    assert "mini" in opened._models.toPlainText()
    assert "The project's own" in opened._models.toPlainText()
    opened._tabs.setCurrentWidget(opened._packages)
    assert "pyside6-essentials" in opened._packages.toPlainText()
    assert "YuNet" in opened._packages.toPlainText()


def test_news_are_told_once_after_an_update(qtbot: QtBot, open_window: Callable[[], Application]) -> None:
    first = open_window()
    settle(qtbot, first)
    assert first.window.messages.isHidden()
    assert settings.load(first.home).seen == program_version()
    first.window.close()
    settings.save(first.home, Settings(seen="0.0.9"))
    updated = open_window()
    settle(qtbot, updated)
    assert program_version() in updated.window.messages.words
    updated.window.messages._action.click()
    assert isinstance(updated.help.dialog, NewsDialog)
    updated.help.dialog.reject()
    third = open_window()
    settle(qtbot, third)
    assert third.window.messages.isHidden()


def test_opening_one_closes_the_other(qtbot: QtBot, application: Application) -> None:
    application.help.show_news()
    news = application.help.dialog
    application.help.show_log()
    assert not news.isVisible()
    assert application.help.dialog.isVisible()
    application.help.dialog.reject()
    assert application.help.dialog is None


def test_the_menu_leads_to_all_of_it(application: Application) -> None:
    words = [action.text().split("\t")[0] for action in application.window.help.actions() if action.text()]
    assert words == [
        "Keyboard shortcuts", "Log", "Save a report about this program…", "What is new", "About Likeness",
    ]  # fmt: skip
