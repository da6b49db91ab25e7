"""Two to four pictures side by side, zoomed and moved together; their references at a key."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.library.gallery import PictureRow
from desktop import shortcuts, theme
from desktop.arrivals import Arrivals
from desktop.i18n import noop, tr
from desktop.models.pictures import caption, likenesses, spec_of
from desktop.studio import Studio
from desktop.thumbnails import PictureKey
from desktop.widgets.buttons import button
from desktop.widgets.dialog import Dialog
from desktop.widgets.flow import FlowLayout
from desktop.widgets.reference_tile import Thumb
from desktop.widgets.stars import Stars
from desktop.widgets.zoom_view import ZoomView
from desktop.widgets.zoomed import Viewport

MOST = 4
LARGE = 4096
CROP = 96
HINT = noop(
    "Wheel: zoom · drag: move · 0 to 5: stars · P, X, U: pick, reject, neither · hold R: references"
    " · Esc: close"
)


class Compare(Dialog):
    """`rated(id, stars)`, `flagged(id, flag)`: what the user thinks of one of them."""

    rated = Signal(int, int)
    flagged = Signal(int, str)

    def __init__(self, studio: Studio, rows: Sequence[PictureRow], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Compare"))
        self.viewport = Viewport(self)
        self.panes = [_Pane(studio, row, self.viewport) for row in rows[:MOST]]
        self._current = 0
        for number, pane in enumerate(self.panes):
            pane.view.clicked.connect(lambda number=number: self.choose(number))
            pane.stars.rated.connect(lambda stars, number=number: self._rate(number, stars))
        self._lay_out()
        self.choose(0)
        self.resize(parent.window().size() * 0.94)

    @property
    def current(self) -> "_Pane":
        return self.panes[self._current]

    def choose(self, number: int) -> None:
        """The picture that keys are about."""
        self._current = number % len(self.panes)
        for at, pane in enumerate(self.panes):
            pane.show_chosen(at == self._current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        flags = {Qt.Key.Key_P: "picked", Qt.Key.Key_X: "rejected", Qt.Key.Key_U: ""}
        key = Qt.Key(event.key())
        if event.text() in tuple("012345"):
            self._rate(self._current, int(event.text()))
        elif key in flags:
            self._flag(flags[key])
        elif key == Qt.Key.Key_R and not event.isAutoRepeat():
            self._show_references(True)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.choose(self._current + (1 if key == Qt.Key.Key_Right else -1))
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_R and not event.isAutoRepeat():
            self._show_references(False)
        else:
            super().keyReleaseEvent(event)

    def _rate(self, number: int, stars: int) -> None:
        self.panes[number].show_row(replace(self.panes[number].row, rating=stars))
        self.rated.emit(self.panes[number].row.id, stars)

    def _flag(self, flag: str) -> None:
        self.current.show_row(replace(self.current.row, flag=flag))
        self.flagged.emit(self.current.row.id, flag)

    def _show_references(self, shown: bool) -> None:
        for pane in self.panes:
            pane.references.setVisible(shown)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(8)
        columns = 2 if len(self.panes) == MOST else len(self.panes)
        for number, pane in enumerate(self.panes):
            grid.addWidget(pane, number // columns, number % columns)
        foot = QHBoxLayout()
        foot.addWidget(theme.text(tr(HINT), "small", wrap=True), 1)
        foot.addWidget(
            shortcuts.of_button("compare.whole", button(tr("See them whole"), self.viewport.whole))
        )
        foot.addWidget(button(tr("Close"), self.accept))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.addLayout(grid, 1)
        whole.addLayout(foot)


class _Pane(QFrame):
    """One of the pictures, with what is known of it."""

    def __init__(self, studio: Studio, row: PictureRow, viewport: Viewport) -> None:
        super().__init__(objectName="pane")
        self._studio = studio
        self.row = row
        self._arrivals = Arrivals(studio.thumbnails, self)
        self.view = ZoomView(viewport, tr("Picture {number}", number=row.id))
        self.view.setAccessibleDescription(caption(row))
        self.stars = Stars()
        self._flag = theme.text()
        self._alike = theme.text(", ".join(map(str, likenesses(row))) or tr("No people"), "muted")
        self.references = self._references()
        self._lay_out()
        self._arrivals.show(self.view, PictureKey(row.path, LARGE))
        self.show_row(row)

    def show_row(self, row: PictureRow) -> None:
        self.row = row
        self.stars.show_rating(row.rating)
        words = {"picked": (tr("Picked"), "good"), "rejected": (tr("Rejected"), "bad")}
        said, role = words.get(row.flag, ("", ""))
        self._flag.setText(said)
        theme.set_role(self._flag, role)

    def show_chosen(self, chosen: bool) -> None:
        self.setProperty("chosen", chosen)
        self.style().unpolish(self)
        self.style().polish(self)

    def _references(self) -> QWidget:
        """Everybody's crops, over the picture's lower edge while a key is held."""
        shown = QFrame(objectName="references")
        flow = FlowLayout(shown, 6)
        spec = spec_of(self.row.spec)
        for subject in spec.subjects if spec else ():
            for reference in subject.references:
                thumb = Thumb(CROP, name=tr("Reference of {name}", name=subject.name))
                self._arrivals.show(thumb, PictureKey(str(self._studio.home.reference(reference.crop)), CROP))
                flow.addWidget(thumb)
        shown.hide()
        return shown

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self.stars)
        foot.addWidget(self._flag)
        foot.addStretch()
        foot.addWidget(self._alike)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(6)
        column.addWidget(self.view, 1)
        column.addWidget(self.references)
        column.addLayout(foot)
