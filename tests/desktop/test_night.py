"""The window overnight: starting at a time, the end of a queue, and what the computer does then."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from test_queue_page import select, states, texts, waiting  # noqa: F401
from window_steps import enqueue, read, settle

from core import power
from core.events import KeptAwake
from core.library import jobs
from core.power import LeftAlone
from desktop import night
from desktop.app import Application
from desktop.widgets.cards import LOOK
from desktop.widgets.night_bar import THEN


class Computer(LeftAlone):
    def __init__(self) -> None:
        self.done: list[str] = []

    def stay_awake(self) -> bool:
        return True

    def sleep(self) -> None:
        self.done.append("sleep")

    def shut_down(self) -> None:
        self.done.append("shut down")


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch) -> Computer:
    """Asked for before a window is opened."""
    made = Computer()
    monkeypatch.setattr(power, "this_computer", lambda use_battery=False: made)
    return made


@pytest.fixture
def home_alone(computer: Computer, named: Application) -> Application:
    return named


def choose(application: Application, then: str) -> None:
    application.queue.night.done.setCurrentIndex(list(THEN).index(then))  # type: ignore[arg-type]


def counted_down(qtbot: QtBot, application: Application) -> night.Countdown:
    qtbot.waitUntil(lambda: application.night.countdown is not None)
    shown = application.night.countdown
    assert shown
    return shown


def test_start_at_holds_the_queue_until_then(qtbot: QtBot, home_alone: Application) -> None:
    soon = (datetime.now().astimezone() + timedelta(hours=2)).strftime("%H:%M")
    home_alone.queue.do.start_at(soon)
    enqueue(qtbot, home_alone, "a photo of @ada")
    qtbot.waitUntil(lambda: soon in home_alone.queue._reason.text())
    held = read(home_alone, jobs.hold)
    assert held.ends == "time"
    assert timedelta(hours=1) < held.at - datetime.now(UTC) <= timedelta(hours=2)
    assert states(home_alone) == ["queued"]
    qtbot.waitUntil(lambda: home_alone.queue.night._awake.text() == "This computer is kept awake")
    home_alone.queue._pause.click()
    qtbot.waitUntil(lambda: states(home_alone) == ["done"])
    qtbot.waitUntil(lambda: home_alone.queue.night._awake.text() == "")


def test_the_time_comes_from_the_row(qtbot: QtBot, home_alone: Application) -> None:
    with qtbot.waitSignal(home_alone.queue.night.start_asked) as asked:
        home_alone.queue.night.start.click()
    assert asked.args == ["23:00"]


@pytest.mark.parametrize(("then", "done"), [("sleep", "sleep"), ("shutdown", "shut down")])
def test_when_all_is_done_it_counts_down_and_sleeps_or_ends(
    qtbot: QtBot, home_alone: Application, computer: Computer, then: str, done: str
) -> None:
    choose(home_alone, then)
    enqueue(qtbot, home_alone, "a photo of @ada")
    shown = counted_down(qtbot, home_alone)
    assert re.search(r" in (60|5\d) s$", shown.words)  # a second may have passed
    for _ in range(night.COUNTDOWN_SECONDS):
        assert computer.done == []
        shown.tick()
    qtbot.waitUntil(lambda: computer.done == [done])
    assert home_alone.queue.night.then == "nothing"


def test_it_can_be_cancelled(qtbot: QtBot, home_alone: Application, computer: Computer) -> None:
    choose(home_alone, "shutdown")
    enqueue(qtbot, home_alone, "a photo of @ada")
    shown = counted_down(qtbot, home_alone)
    shown.tick()
    qtbot.waitUntil(lambda: shown.cancel.hasFocus())
    qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Space)
    settle(qtbot, home_alone)
    assert home_alone.night.countdown is None
    assert not isValid(shown), "it counts no more"
    assert computer.done == []


def test_more_pictures_stop_the_countdown(qtbot: QtBot, home_alone: Application, computer: Computer) -> None:
    choose(home_alone, "sleep")
    enqueue(qtbot, home_alone, "a photo of @ada")
    first = counted_down(qtbot, home_alone)
    enqueue(qtbot, home_alone, "a photo of @ben")
    qtbot.waitUntil(lambda: not isValid(first))
    qtbot.waitUntil(lambda: home_alone.night.countdown not in (None, first))
    assert computer.done == []
    counted_down(qtbot, home_alone).reject()


def test_closing_is_one_of_the_ways(qtbot: QtBot, home_alone: Application, computer: Computer) -> None:
    choose(home_alone, "quit")
    enqueue(qtbot, home_alone, "a photo of @ada")
    with qtbot.waitSignal(home_alone.window.closing):
        counted_down(qtbot, home_alone).now.click()
    assert computer.done == []


def test_nothing_is_the_default(qtbot: QtBot, home_alone: Application, computer: Computer) -> None:
    enqueue(qtbot, home_alone, "a photo of @ada")
    qtbot.waitUntil(lambda: states(home_alone) == ["done"])
    settle(qtbot, home_alone)
    assert home_alone.night.countdown is None


def test_one_message_for_a_long_queue_with_its_report(
    qtbot: QtBot, home_alone: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(night, "WATCHED_SECONDS", 0.0)
    monkeypatch.setattr(night, "open_file", opened.append)
    home_alone.queue.pause_or_resume()
    enqueue(qtbot, home_alone, "one @ada\nFAIL @ada\nthree @ben")
    qtbot.waitUntil(lambda: home_alone.queue._pause.text() == "Resume")
    home_alone.queue.pause_or_resume()
    messages = home_alone.window.messages
    qtbot.waitUntil(lambda: "2 pictures made" in messages.words)
    assert messages.words.endswith("1 failed.")
    messages._action.click()
    (report,) = home_alone.home.reports.glob("*.html")
    assert opened == [report]


def test_a_short_queue_says_nothing_more(qtbot: QtBot, home_alone: Application) -> None:
    enqueue(qtbot, home_alone, "a photo of @ada")
    qtbot.waitUntil(lambda: states(home_alone) == ["done"])
    settle(qtbot, home_alone)
    assert not home_alone.home.reports.exists()


def test_being_kept_awake_is_said(home_alone: Application) -> None:
    home_alone.night._hear(KeptAwake(True))
    assert home_alone.queue.night._awake.text() == "This computer is kept awake"
    home_alone.night._hear(KeptAwake(False, refused=True))
    assert home_alone.queue.night._awake.text() == "This computer may fall asleep by itself"
    home_alone.night._hear(KeptAwake(False))
    assert home_alone.queue.night._awake.text() == ""


def test_cancelling_offers_to_take_it_back(
    qtbot: QtBot,
    waiting: Application,  # noqa: F811
) -> None:
    waiting.queue.do.cancel_waiting()
    qtbot.waitUntil(lambda: set(states(waiting)) == {"cancelled"})
    assert waiting.window.messages.words == "3 pictures cancelled."
    waiting.window.messages._action.click()
    qtbot.waitUntil(lambda: states(waiting) == ["queued"] * 3)
    assert texts(waiting) == ["one @ada", "two @ada", "three @ben"]


def test_first_and_background_and_once_more(qtbot: QtBot, waiting: Application) -> None:  # noqa: F811
    select(waiting, 2)
    waiting.queue.do.set_lane("first")
    qtbot.waitUntil(lambda: texts(waiting) == ["three @ben", "one @ada", "two @ada"])
    assert waiting.queue.model.index(0).data(LOOK).state == "Waiting, comes first"
    select(waiting, 0)
    waiting.queue.do.set_lane("background")
    qtbot.waitUntil(lambda: texts(waiting) == ["one @ada", "two @ada", "three @ben"])
    select(waiting, 0)
    waiting.queue.do.duplicate()
    qtbot.waitUntil(lambda: texts(waiting) == ["one @ada", "two @ada", "one @ada", "three @ben"])


def test_pausing_now_stops_in_the_middle(qtbot: QtBot, home_alone: Application, engine: object) -> None:
    engine.step_seconds = 0.3  # type: ignore[attr-defined]
    enqueue(qtbot, home_alone, "a photo of @ada")
    qtbot.waitUntil(lambda: states(home_alone) == ["running"])
    home_alone.queue.do.pause_now(free=True)
    qtbot.waitUntil(lambda: states(home_alone) == ["queued"])
    qtbot.waitUntil(lambda: engine.closed)  # type: ignore[attr-defined]


class Tray(QObject):
    """A tray that writes down what it shows."""

    activated, messageClicked = Signal(), Signal()
    shown: list[str] = []

    def __init__(self, icon: object, parent: QObject) -> None:
        super().__init__(parent)
        self.visible = False

    @staticmethod
    def isSystemTrayAvailable() -> bool:
        return True

    def show(self) -> None:
        self.visible = True

    def hide(self) -> None:
        self.visible = False

    def showMessage(self, title: str, told: str, icon: object) -> None:
        self.shown.append(told)


def test_who_works_in_another_window_is_told_once_a_queue(
    qtbot: QtBot, home_alone: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    Tray.shown.clear()
    monkeypatch.setattr(night, "QSystemTrayIcon", Tray)
    monkeypatch.setattr(night, "WATCHED_SECONDS", 0.0)
    monkeypatch.setattr(home_alone.window, "isActiveWindow", lambda: False)
    home_alone.queue.pause_or_resume()
    enqueue(qtbot, home_alone, "a photo of @ada", count=3)
    qtbot.waitUntil(lambda: home_alone.queue._pause.text() == "Resume")
    home_alone.queue.pause_or_resume()
    qtbot.waitUntil(lambda: bool(Tray.shown))
    settle(qtbot, home_alone)
    assert [told.split(" in ")[0] for told in Tray.shown] == ["3 pictures made"]
    tray = home_alone.night._tray
    assert isinstance(tray, Tray)
    assert tray.visible
    tray.messageClicked.emit()
    assert not tray.visible
