"""Preferences as the user changes them: saved at once, working at once where they can, and taken back."""

import gc
from collections.abc import Callable

import pytest
from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from window_steps import settle

from core import settings
from core.events import JobPreview
from core.paths import Home
from core.settings import CHOICES, Settings
from desktop import app, i18n, motion, theme
from desktop.app import Application
from desktop.looks import Looks
from desktop.pages.preferences import PreferencesPage
from desktop.widgets.fields import choose
from desktop.window import PREFERENCES


@pytest.fixture
def page(qtbot: QtBot, application: Application) -> PreferencesPage:
    application.window.open_page(PREFERENCES)
    settle(qtbot, application)
    return application.preferences


def test_it_opens_by_its_keys(qtbot: QtBot, application: Application) -> None:
    qtbot.keyClick(application.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert application.window.page == PREFERENCES
    assert application.preferences.isVisible()


def test_every_choice_of_the_command_line_is_here(page: PreferencesPage) -> None:
    assert set(page.fields) | {"output"} == set(CHOICES)


def test_the_theme_changes_at_once(qtbot: QtBot, application: Application, page: PreferencesPage) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    application.choices._looks = Looks(app, "dark")
    try:
        choose(page.fields["theme"], "light")
        qtbot.waitUntil(lambda: theme.looks() == theme.LIGHT)
        assert settings.load(application.home).theme == "light"
    finally:
        application.choices._looks.choose("dark")
        application.choices._looks.deleteLater()


def test_motion_stops_at_once(qtbot: QtBot, application: Application, page: PreferencesPage) -> None:
    choose(page.fields["motion"], "reduced")
    qtbot.waitUntil(motion.is_still)
    application.window.footer.show_chore("Adding photos…", 0, 0)
    assert application.window.footer._bar.maximum() == 1
    choose(page.fields["motion"], "full")
    qtbot.waitUntil(lambda: not motion.is_still())
    application.window.footer.show_chore("Adding photos…", 0, 0)
    assert application.window.footer._bar.maximum() == 0


def test_what_waits_for_the_next_start_says_so(
    qtbot: QtBot, application: Application, page: PreferencesPage
) -> None:
    assert page._notes["language"].text() == ""
    choose(page.fields["language"], "zh_CN")
    qtbot.waitUntil(lambda: page._notes["language"].text() == "Not in effect yet")
    choose(page.fields["language"], "")
    qtbot.waitUntil(lambda: page._notes["language"].text() == "")


def test_what_the_engine_is_made_with_counts_from_the_next_picture(
    qtbot: QtBot, application: Application, page: PreferencesPage
) -> None:
    renewed: list[bool] = []
    application.studio.runner.renew = lambda: renewed.append(True)  # type: ignore[method-assign]
    page.fields["margin"].setValue(1.5)
    settle(qtbot, application)
    page.fields["thumbnails"].setValue(400)
    settle(qtbot, application)
    assert renewed == [True]


def test_a_folder_for_new_pictures(
    qtbot: QtBot, application: Application, page: PreferencesPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(application.home.root / "elsewhere")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: folder)
    page.choose_folder()
    qtbot.waitUntil(lambda: page._folder.text() == folder)
    assert settings.load(application.home).output == folder


def test_previews_can_be_left_out(qtbot: QtBot, application: Application, page: PreferencesPage) -> None:
    shown: list[int] = []
    application.queue.model.preview = lambda job, jpeg: shown.append(job)  # type: ignore[method-assign]
    application.studio.bridge.happened.emit(JobPreview(1, b""))
    page.fields["previews"].setChecked(False)
    settle(qtbot, application)
    application.studio.bridge.happened.emit(JobPreview(2, b""))
    assert shown == [1]


def test_the_queue_suggests_what_is_usual(qtbot: QtBot, open_window: Callable[[], Application]) -> None:
    first = open_window()
    first.window.open_page(PREFERENCES)
    choose(first.preferences.fields["then"], "sleep")
    qtbot.waitUntil(lambda: first.queue.night.then == "sleep")
    again = open_window()
    assert again.queue.night.then == "sleep"
    again.queue.night.done.setCurrentIndex(0)
    again.queue.night.forget()
    assert again.queue.night.then == "sleep"


def test_reset_puts_all_back_and_can_be_taken_back(
    qtbot: QtBot, application: Application, page: PreferencesPage
) -> None:
    page.fields["margin"].setValue(2.0)
    page.fields["thumbnails"].setValue(300)
    settle(qtbot, application)
    assert application.studio.thumbnails._most == 300
    page.reset()
    settle(qtbot, application)
    assert settings.load(application.home).margin == Settings().margin
    assert page.fields["margin"].value() == Settings().margin
    _press(application, "Undo")
    settle(qtbot, application)
    assert (settings.load(application.home).margin, page.fields["margin"].value()) == (2.0, 2.0)


def test_a_full_disk_keeps_what_was_chosen_before(
    qtbot: QtBot, application: Application, page: PreferencesPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.settings.write_whole", full)
    page.fields["margin"].setValue(2.0)
    qtbot.waitUntil(lambda: "No space left" in application.window.messages.words)
    assert application.studio.settings.margin == Settings().margin
    assert page.fields["margin"].value() == Settings().margin


def _press(application: Application, words: str) -> None:
    next(
        each for each in application.window.messages.findChildren(QPushButton) if each.text() == words
    ).click()


@pytest.mark.parametrize(
    ("asked", "said", "still"),
    [
        ("reduced-motion", 1, True),
        ("reduced-motion", 0, False),
        ("enable-animations", False, True),
        ("enable-animations", True, False),
        ("AnimationDurationFactor", "0", True),
        ("AnimationDurationFactor", "1", False),
        ("color-scheme", 1, False),
    ],
)
def test_reduced_motion_is_what_any_desktop_of_linux_says(
    monkeypatch: pytest.MonkeyPatch, asked: str, said: object, still: bool
) -> None:
    monkeypatch.setattr(motion.sys, "platform", "linux")
    monkeypatch.setattr(motion, "_portal_says", lambda _, name, end: said if name == asked else None)
    assert motion.system_is_still() is still


def test_no_portal_is_no_wish(qapp: object) -> None:
    assert motion._portal_says("org.gnome.desktop.interface", "enable-animations", 0.0) is None


def test_another_language_is_spoken_by_the_window_opened_anew(qtbot: QtBot, home: Home) -> None:
    opened: list[Application] = []

    def speak(application: Application) -> None:
        application.compose.editor.setPlainText("a photo of @ada")
        qtbot.waitUntil(lambda: application.compose.settings.ready)
        application.compose.settings._steps.setValue(9)
        application.compose.settings.start.show_photo("/photos/a.jpg", 0.3)
        application.window.open_page(PREFERENCES)
        page = application.preferences
        assert page._anew.isHidden()
        choose(page.fields["language"], "zh_CN")
        qtbot.waitUntil(lambda: not page._anew.isHidden())
        page._anew.click()

    def look(application: Application) -> None:
        qtbot.waitUntil(lambda: application.compose.editor.toPlainText() == "a photo of @ada")
        assert application.compose.settings.wish.steps == 9
        start = application.compose.settings.start
        assert (start.path, start.strength.value) == ("/photos/a.jpg", 0.3)
        assert application.window.page == PREFERENCES
        assert application.preferences._anew.text() == i18n.tr("Open the window anew")
        assert i18n.locale().language() == QLocale.Language.Chinese
        application.window.close()

    def started(application: Application, qt: QApplication) -> None:
        opened.append(application)
        do = speak if len(opened) == 1 else look
        application.when_ready(lambda: QTimer.singleShot(0, application, lambda: do(application)))

    try:
        assert app.run(home, started) == 0
    finally:
        i18n.install("en")
        gc.unfreeze()
        gc.enable()
    assert [each.again for each in opened] == [True, False]
