"""What is under way, how far it is, and the way out of it, in one line."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from desktop import motion, theme
from desktop.i18n import tr
from desktop.widgets.buttons import icon_button


class ProgressLine(QWidget):
    """`stopped`: the user wants it to end. Hidden while nothing is shown."""

    stopped = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._words = theme.text("", "small")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(120)
        self._bar.setAccessibleName(tr("Progress: {name}", name=name))
        self.stop = icon_button("cancel", tr("Stop: {name}", name=name), self.stopped.emit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self._words, self._bar, self.stop):
            row.addWidget(part)
        self.hide()

    @property
    def words(self) -> str:
        return self._words.text() if not self.isHidden() else ""

    def show_progress(self, words: str, done: int, total: int) -> None:
        """Without words there is nothing under way."""
        self._words.setText(words)
        motion.show_on(self._bar, done, total)
        self.setVisible(bool(words))
