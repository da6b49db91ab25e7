"""Who is where in a picture: a switch, and a line that is the legend or says what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from desktop import theme
from desktop.i18n import noop, tr
from desktop.widgets.buttons import button
from desktop.widgets.flow import FlowLayout, clear

SWATCH = 14
SCALE = 3
NO_PLACES = noop("This picture was made from words alone: there are no references whose place could be shown")


@dataclass(frozen=True)
class Entry:
    """One subject of the legend: its name, its colour, and in words where it is."""

    name: str
    colour: tuple[int, int, int]
    where: str

    def __str__(self) -> str:
        return f"{self.name}: {self.where}"


class WhoIsWhere(QWidget):
    """The line, there only while it has something to say; `switch` stands where the page wants it.
    `switched(on)`: the user wants the overlay or no longer; `work_asked`: it shall be worked out."""

    switched = Signal(bool)
    work_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.switch = button(tr("Who is where"), None, "where", "switch")
        self.switch.setCheckable(True)
        self.switch.toggled.connect(self._switched)
        self._said = theme.text("", "muted", wrap=True)
        self._work = button(tr("Work it out"), self.work_asked.emit, "sparkle")
        self._work.setToolTip(
            tr("Makes the picture again, with the same pixels, and keeps where each one acts")
        )
        self._entries = QWidget()
        self._flow = FlowLayout(self._entries, 14)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._entries, 1)
        row.addWidget(self._said, 1)
        row.addWidget(self._work)
        self.offer(False)

    @property
    def on(self) -> bool:
        return self.switch.isEnabled() and self.switch.isChecked()

    def toggle(self) -> None:
        if self.switch.isEnabled():
            self.switch.toggle()

    def offer(self, possible: bool) -> None:
        """Whether anybody can be where in the present picture; nothing is shown yet."""
        self.switch.setEnabled(possible)
        self.switch.setToolTip(tr("Shows where each one's references act (O)") if possible else tr(NO_PLACES))
        self._show()

    def show_legend(self, entries: Sequence[Entry]) -> None:
        self._show()
        for entry in entries:
            self._flow.addWidget(_legend(entry))
        who = ", ".join(map(str, entries))
        self._entries.setAccessibleName(tr("Who is where: {who}", who=who))
        self._entries.show()
        self.show()

    def show_missing(self) -> None:
        self._show(tr("Not worked out for this picture yet."))
        self._work.show()

    def show_working(self) -> None:
        self._show(tr("Being worked out…"))

    def _show(self, said: str = "") -> None:
        """This sentence alone."""
        clear(self._flow)
        self._entries.hide()
        self._work.hide()
        self._said.setText(said)
        self._said.setVisible(bool(said))
        self.setVisible(bool(said))

    def _switched(self, on: bool) -> None:
        if not on:
            self._show()
        self.switched.emit(on)


def _legend(entry: Entry) -> QWidget:
    made = QWidget()
    made.setToolTip(str(entry))
    swatch = QLabel()
    swatch.setPixmap(_swatch(QColor(*entry.colour)))
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(swatch)
    row.addWidget(theme.text(entry.name))
    row.addWidget(theme.text(entry.where, "muted"))
    return made


def _swatch(colour: QColor) -> QPixmap:
    drawn = QPixmap(SWATCH * SCALE, SWATCH * SCALE)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(drawn.rect(), 3 * SCALE, 3 * SCALE)
    painter.end()
    drawn.setDevicePixelRatio(SCALE)
    return drawn
