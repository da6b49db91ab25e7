"""What an empty page says: what belongs here and how it gets here."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from desktop import theme

WIDTH = 460
CENTRE = Qt.AlignmentFlag.AlignHCenter


class EmptyState(QWidget):
    def __init__(self, icon: str, title: str, words: str, *buttons: QAbstractButton) -> None:
        super().__init__()
        picture = theme.text()
        picture.setPixmap(theme.icon(icon, "disabled").pixmap(QSize(64, 64), self.devicePixelRatio()))
        self._words = theme.text(words, "muted", wrap=True)
        self._words.setAlignment(CENTRE)
        self._words.setFixedWidth(WIDTH)
        self._words.ensurePolished()
        self._words.setMinimumHeight(self._words.heightForWidth(WIDTH))
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(picture, 0, CENTRE)
        column.addWidget(theme.text(title, "heading"), 0, CENTRE)
        column.addWidget(self._words, 0, CENTRE)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        for button in buttons:
            row.addWidget(button)
        row.addStretch()
        column.addSpacing(6)
        column.addLayout(row)
        column.addStretch(3)
