"""The program's log: what happened, the newest first, by how grave it is."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from core.log import last_lines
from core.log_entries import Entry, Level, at_least, entries
from desktop import theme, words
from desktop.background import Background
from desktop.i18n import noop, tr
from desktop.widgets.buttons import button
from desktop.widgets.dialog import Dialog
from desktop.widgets.fields import choices

LINES = 4000
SHOWN: dict[Level, str] = {
    "INFO": noop("Everything"),
    "WARNING": noop("Warnings and errors"),
    "ERROR": noop("Errors only"),
}
TOKENS = {"INFO": "text", "WARNING": "warning", "ERROR": "bad"}


class LogView(Dialog):
    """`report_asked`: a file for somebody who helps."""

    report_asked = Signal()

    def __init__(self, file: Path, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file, self._background = file, background
        self._entries: list[Entry] = []
        self.setWindowTitle(tr("Log"))
        self.resize(900, 560)
        self.level = choices({level: tr(said) for level, said in SHOWN.items()})
        self.level.setMinimumContentsLength(18)
        self.level.setAccessibleName(tr("What is shown"))
        self.level.currentIndexChanged.connect(self._show)
        self.find = QLineEdit(placeholderText=tr("Find in the log"), clearButtonEnabled=True)
        self.find.setAccessibleName(tr("Find in the log"))
        self.find.textChanged.connect(self._show)
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(tr("What happened, the newest first"))
        self._count = theme.text("", "small")
        self._lay_out()
        self.refresh()

    def refresh(self) -> None:
        log = self._file
        self._background.run(lambda: entries(last_lines(log, LINES)), self._fill)

    def copy(self) -> None:
        """All that is shown, as it stands in the file."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self._count.setText(tr("Copied"))

    @property
    def shown(self) -> list[Entry]:
        wanted = self.find.text().strip().lower()
        found = at_least(self._entries, self.level.currentData())
        return [entry for entry in reversed(found) if wanted in "\n".join(entry.lines).lower()]

    def _fill(self, found: list[Entry]) -> None:
        self._entries = found
        self._show()

    def _show(self) -> None:
        shown = self.shown
        self.text.clear()
        cursor = QTextCursor(self.text.document())
        cursor.beginEditBlock()
        for entry in shown:
            cursor.insertText("\n".join(entry.lines) + "\n", _coloured(theme.colour(TOKENS[entry.level])))
        cursor.endEditBlock()
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        nothing = tr("Nothing of this kind was logged.")
        self._count.setText(words.many(len(shown), "entry") if shown else nothing)

    def _lay_out(self) -> None:
        about = tr("No names, prompts or folders are in it. It stays on this computer unless you send it.")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.level)
        head.addWidget(self.find, 1)
        head.addWidget(button(tr("Read again"), self.refresh, "retry"))
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._count, 1)
        foot.addWidget(button(tr("Copy"), self.copy, "copy", tip=tr("Copy what is shown")))
        foot.addWidget(button(tr("Save a report…"), self.report_asked.emit, "export"))
        close = button(tr("Close"), self.accept, role="primary")
        close.setDefault(True)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(theme.text(about, "muted", wrap=True))
        column.addLayout(head)
        column.addWidget(self.text, 1)
        column.addLayout(foot)


def _coloured(colour: QColor) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(colour)
    return made
