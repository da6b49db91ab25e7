"""Buttons with our icons, in one line each."""

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton, QToolButton

from desktop import theme


def button(
    words: str,
    call: Callable[[], object] | None = None,
    icon: str = "",
    role: str = "",
    tip: str = "",
) -> QPushButton:
    made = QPushButton(words)
    if icon:
        made.setIcon(
            theme.icon_before_text(icon, {"primary": "on-accent", "danger": "bad"}.get(role, "text"))
        )
        made.setIconSize(theme.BEFORE_TEXT)
    if role:
        made.setProperty("role", role)
    made.setAccessibleName(words)
    made.setToolTip(tip)
    if call:
        made.clicked.connect(lambda: call())
    return made


def icon_button(icon: str, name: str, call: Callable[[], object] | None = None) -> QToolButton:
    """A button that is an icon alone: its name is its tooltip and what a screen reader says."""
    made = QToolButton()
    made.setIcon(theme.icon(icon))
    made.setIconSize(QSize(18, 18))
    made.setToolTip(name)
    made.setAccessibleName(name.split(" (")[0])
    if call:
        made.clicked.connect(lambda: call())
    return made
