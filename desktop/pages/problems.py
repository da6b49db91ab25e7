"""What stands in the way of a wish, each with the buttons that mend it, if any do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop import theme
from desktop.widgets.buttons import button
from desktop.widgets.flow import clear


@dataclass(frozen=True)
class Way:
    """A button: what it says and does, or what there is to choose from when it is pressed."""

    words: str
    mend: Callable[[], object] | None = None
    choices: tuple["Way", ...] = ()
    tip: str = ""


@dataclass(frozen=True)
class Problem:
    """`button`: what `mend` does, "" where nothing here mends it. `others`: further ways out."""

    words: str
    button: str = ""
    mend: Callable[[], object] | None = None
    others: tuple[Way, ...] = ()

    @property
    def ways(self) -> tuple[Way, ...]:
        return (Way(self.button, self.mend), *self.others) if self.button else self.others


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
    said = QVBoxLayout()
    said.addWidget(theme.text(problem.words, wrap=True))
    row.addLayout(said, 1)
    # One button stands beside the words; several would leave them no room.
    ways = row if len(problem.ways) == 1 else QHBoxLayout()
    for way in problem.ways:
        ways.addWidget(_button(way))
    if ways is not row and problem.ways:
        ways.addStretch()
        said.addLayout(ways)
    return part


def _button(way: Way) -> QPushButton:
    made = button(way.words, way.mend, tip=way.tip)
    if way.choices:
        menu = QMenu(made)
        for each in way.choices:
            menu.addAction(each.words, each.mend)
        made.setMenu(menu)
    return made
