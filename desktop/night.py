"""What happens when a queue is done: a report, one notification, and what the user chose for the computer."""

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from core import overnight, report
from core.events import JobStarted, KeptAwake, QueueEnded, QueueIdle
from core.power import Power
from desktop import theme, words
from desktop.i18n import tr
from desktop.pages.countdown import Countdown
from desktop.studio import Studio
from desktop.widgets.night_bar import NightBar

WATCHED_SECONDS = 30.0
"""Whoever waits for a queue sees it end: a report and a notification are for longer ones."""
COUNTDOWN_SECONDS = 60


class Night(QObject):
    """`left` when the window shall close."""

    left = Signal()

    def __init__(self, studio: Studio, power: Power, bar: NightBar, window: QWidget) -> None:
        super().__init__(window)
        self._studio, self._power, self._bar, self._window = studio, power, bar, window
        self._ended = False
        self._tray: QSystemTrayIcon | None = None
        self.countdown: Countdown | None = None
        studio.bridge.happened.connect(self._hear)

    @Slot(object)
    def _hear(self, event: object) -> None:
        match event:
            case KeptAwake(awake, refused):
                self._bar.show_awake(awake, refused)
            case JobStarted():
                self._ended = False
                self._stop_countdown()
            case QueueEnded():
                self._ended = True
                if event.seconds >= WATCHED_SECONDS:
                    self._report(event)
            case QueueIdle() if self._ended:
                self._ended = False
                self._count_down()

    # Report and notification

    def _report(self, event: QueueEnded) -> None:
        library = self._studio.library
        self._studio.background.run(
            lambda: report.write(library, event.since),
            lambda file: self._notify(event, file),
            lambda error: self._notify(event, None),
        )

    def _notify(self, event: QueueEnded, file: Path | None) -> None:
        told = _told(event)
        action = (tr("Open the report"), lambda: open_file(file)) if file else None
        self._studio.messages.say(told, "done", action=action, stay=True)
        if not self._window.isActiveWindow() and QSystemTrayIcon.isSystemTrayAvailable():
            self._tell_outside(told)

    def _tell_outside(self, told: str) -> None:
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.activated.connect(self._come_forward)
            self._tray.messageClicked.connect(self._come_forward)
        self._tray.show()
        self._tray.showMessage("Likeness", told, theme.icon("sparkle", "accent"))

    def _come_forward(self) -> None:
        if self._tray:
            self._tray.hide()
        self._window.showNormal() if self._window.isMinimized() else self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    # Closing, sleeping, shutting down

    def _count_down(self) -> None:
        then = self._bar.then
        if then == "nothing":
            return
        self.countdown = Countdown(then, COUNTDOWN_SECONDS, self._window)
        self.countdown.due.connect(self._leave)
        self.countdown.finished.connect(self._counted)
        self.countdown.begin()

    def _stop_countdown(self) -> None:
        """More was queued meanwhile."""
        if self.countdown:
            self.countdown.reject()

    def _counted(self) -> None:
        self.countdown = None

    def _leave(self) -> None:
        then = self._bar.then
        self._bar.forget()
        if then == "quit":
            self.left.emit()
            return
        # Off this thread: what the system is asked may take its time to answer.
        self._studio.background.run(lambda: overnight.leave(then, self._power))


def _told(event: QueueEnded) -> str:
    made, time = words.many(event.made, "picture"), words.duration(event.seconds)
    if event.failed:
        return tr(
            "{pictures} made in {time}, {failed} failed.", pictures=made, time=time, failed=event.failed
        )
    return tr("{pictures} made in {time}.", pictures=made, time=time)


def open_file(file: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))
