"""The Help menu, and what it opens. Each window is made when it is first asked for."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog

from core import news
from core.doctor import program_version
from desktop import shortcuts, theme
from desktop.i18n import tr
from desktop.studio import Studio
from desktop.support import SupportReport
from desktop.window import Window


class Help(QObject):
    """`dialog` is what was opened last."""

    def __init__(self, studio: Studio, window: Window, support: SupportReport) -> None:
        super().__init__(window)
        self._studio, self._window, self._support = studio, window, support
        self.dialog: QDialog | None = None
        self._fill()
        window.shortcuts_asked.connect(self.show_shortcuts)

    def show_shortcuts(self) -> None:
        from desktop.pages.shortcuts import ShortcutsDialog

        self._open(ShortcutsDialog(self._studio, self._window))

    def show_log(self) -> None:
        from desktop.pages.log_view import LogView

        view = LogView(self._studio.home.log, self._studio.background, self._window)
        view.report_asked.connect(self._support.ask)
        self._open(view)

    def show_news(self) -> None:
        from desktop.pages.about import NewsDialog

        self._open(NewsDialog(self._window))

    def show_about(self) -> None:
        from desktop.pages.about import AboutDialog

        self._open(AboutDialog(self._studio, self._window))

    def tell_news(self) -> None:
        """Once after an update; a first start only notes which version it was."""
        seen, version = self._studio.settings.seen, program_version()
        if seen == version:
            return
        self._studio.choose(seen=version)
        if news.shall_tell(seen, version):
            said = tr("Likeness is now version {version}.", version=version)
            action = (tr("What is new"), self.show_news)
            self._studio.messages.say(said, "done", action=action, stay=True)

    def _open(self, dialog: QDialog) -> None:
        if self.dialog:
            self.dialog.close()
        self.dialog = dialog
        dialog.finished.connect(lambda: self._closed(dialog))
        dialog.open()

    def _closed(self, dialog: QDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None

    def _fill(self) -> None:
        menu = self._window.help
        words = shortcuts.in_menu("shortcuts", tr("Keyboard shortcuts"))
        self._add("keyboard", words, self.show_shortcuts)
        menu.addSeparator()
        self._add("files", tr("Log"), self.show_log)
        self._add("export", tr("Save a report about this program…"), self._support.ask)
        menu.addSeparator()
        self._add("sparkle", tr("What is new"), self.show_news)
        self._add("help", tr("About Likeness"), self.show_about)

    def _add(self, icon: str, words: str, call: Callable[[], object]) -> QAction:
        action = self._window.help.addAction(theme.icon(icon), words)
        action.triggered.connect(lambda: call())
        return action
