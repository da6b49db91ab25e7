"""A bar below the page: what happened, what was kept, what to do. It never blocks and can be copied."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from desktop import theme
from desktop.i18n import tr

Kind = Literal["error", "warning", "done"]
GOOD_NEWS_MS = 8000
LOOKS = {"error": ("error", "bad"), "warning": ("warning", "warning"), "done": ("check", "good")}


class MessageBar(QFrame):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self._details = ""
        self._icon = theme.text()
        self._text = theme.text(wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setAccessibleName(tr("Message"))
        self._action = QPushButton()
        self._act: Callable[[], None] | None = None
        self._action.clicked.connect(self._do)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self._lay_out()
        self.hide()

    @property
    def words(self) -> str:
        return self._text.text()

    def say(
        self,
        words: str,
        kind: Kind = "error",
        details: str = "",
        action: tuple[str, Callable[[], None]] | None = None,
        stay: bool = False,
    ) -> None:
        """Good news goes by itself after a while, unless it is to `stay`; everything else stays until it is
        closed."""
        icon, token = LOOKS[kind]
        theme.draw_on(self._icon, icon, token, 20)
        self._text.setText(words)
        self._details = details
        self._offer(action)
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._timer.stop()
        if kind == "done" and not stay:
            self._timer.start(GOOD_NEWS_MS)
        self.show()

    def copy(self) -> None:
        QGuiApplication.clipboard().setText("\n\n".join(filter(None, (self.words, self._details))))

    def _offer(self, action: tuple[str, Callable[[], None]] | None) -> None:
        self._act = action[1] if action else None
        self._action.setText(action[0] if action else "")
        self._action.setVisible(action is not None)

    def _do(self) -> None:
        act = self._act
        self.hide()
        if act:
            act()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._text, 1)
        row.addWidget(self._action)
        row.addWidget(_button("copy", tr("Copy this message"), self.copy), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(
            _button("cancel", tr("Close this message"), self.hide), 0, Qt.AlignmentFlag.AlignVCenter
        )


def _button(icon: str, name: str, call: Callable[[], object]) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(icon))
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.clicked.connect(lambda: call())
    return button
