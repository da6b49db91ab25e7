"""What stands in the way of a wish, each with the button that mends it, if one does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop import theme
from desktop.widgets.buttons import button
from desktop.widgets.flow import clear


@dataclass(frozen=True)
class Problem:
    """`button`: what `mend` does, "" where nothing here mends it."""

    words: str
    button: str = ""
    mend: Callable[[], object] | None = None


class Problems(QWidget):
    """One line each."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(6)
        self.shown: Sequence[Problem] = ()
        self.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        clear(self._rows)
        self.shown = tuple(problems)
        for problem in problems:
            self._rows.addWidget(_row(problem))
        self.setVisible(bool(problems))


def _row(problem: Problem) -> QWidget:
    part = QFrame(objectName="tile")
    row = QHBoxLayout(part)
    row.setContentsMargins(10, 6, 6, 6)
    picture = theme.text()
    picture.setPixmap(theme.icon("warning", "warning").pixmap(18, 18))
    row.addWidget(picture)
    row.addWidget(theme.text(problem.words, wrap=True), 1)
    if problem.button and problem.mend:
        row.addWidget(button(problem.button, problem.mend))
    return part
