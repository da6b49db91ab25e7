"""What an empty page says: what belongs here and how it gets here."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from desktop import motion, theme

WIDTH = 460
CENTRE = Qt.AlignmentFlag.AlignHCenter


class EmptyState(QWidget):
    def __init__(
        self, icon: str, title: str, words: str, *buttons: QAbstractButton, width: int = WIDTH
    ) -> None:
        super().__init__()
        self._said = title, words
        self._buttons = buttons
        picture = theme.text()
        theme.draw_on(picture, icon, "disabled", 64)
        self._title = theme.text(title, "heading")
        self._words = theme.text(words, "muted", wrap=True)
        self._words.setAlignment(CENTRE)
        self._words.setFixedWidth(width)
        self._words.ensurePolished()
        self._words.setMinimumHeight(self._words.heightForWidth(width))
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(picture, 0, CENTRE)
        column.addWidget(self._title, 0, CENTRE)
        column.addWidget(self._words, 0, CENTRE)
        self._bar = QProgressBar(textVisible=False, visible=False)
        self._bar.setFixedWidth(width // 2)
        column.addWidget(self._bar, 0, CENTRE)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        for button in buttons:
            row.addWidget(button)
        row.addStretch()
        column.addSpacing(6)
        column.addLayout(row)
        column.addStretch(3)

    def show_work(self, title: str, words: str, done: int, total: int) -> None:
        """While something is on its way here: what, and how far it is."""
        self._title.setText(title)
        self._words.setText(words)
        motion.show_on(self._bar, done, total)
        self._set_working(True)

    def show_invitation(self) -> None:
        title, words = self._said
        self._title.setText(title)
        self._words.setText(words)
        self._set_working(False)

    def _set_working(self, working: bool) -> None:
        self._bar.setVisible(working)
        for button in self._buttons:
            button.setVisible(not working)
