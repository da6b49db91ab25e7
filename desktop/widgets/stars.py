"""Zero to five stars, by click or by the keys 0 to 5."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import theme
from desktop.i18n import tr

STAR = 22


class Stars(QWidget):
    rated = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rating = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Rating"))
        self.setToolTip(tr("Rate with the keys 0 to 5"))
        self.show_rating(0)

    def show_rating(self, rating: int) -> None:
        self._rating = rating
        self.setAccessibleDescription(tr("{stars} of 5 stars", stars=rating))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(5 * STAR, STAR)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(min(5, int(event.position().x() // STAR) + 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() in tuple("012345"):
            self.rated.emit(int(event.text()))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_stars(painter, QPointF(0, 1), self._rating, STAR, hollow=True)
        if self.hasFocus():
            painter.setPen(theme.colour("accent"))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)

    def _choose(self, rating: int) -> None:
        self.rated.emit(0 if rating == self._rating else rating)


def draw_stars(painter: QPainter, at: QPointF, rating: int, side: int, *, hollow: bool = False) -> None:
    """Full stars, and with `hollow` the missing ones as outlines."""
    for n in range(5 if hollow else rating):
        name, token = ("star-full", "warning") if n < rating else ("star", "disabled")
        where = QRect(round(at.x()) + n * side, round(at.y()), side - 2, side - 2)
        theme.icon(name, token).paint(painter, where)
