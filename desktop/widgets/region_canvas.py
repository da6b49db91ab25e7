"""The picture to be made, empty, on which one drags a box for each subject."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import theme
from desktop.i18n import tr

Box = tuple[float, float, float, float]
Edges = tuple[bool, bool, bool, bool]
"""Left, top, right, bottom."""
REACH = 7
"""Pixels from an edge at which it is taken hold of."""
LEAST = 0.02
STEP = 0.02


@dataclass(frozen=True)
class Placed:
    """A subject on the canvas. `box`: left, top, right, bottom as parts of the sides, or None."""

    name: str
    colour: QColor
    box: Box | None = None


class RegionCanvas(QWidget):
    """Dragging draws the chosen subject's box anew, moves it where one begins inside it, and changes its size
    from an edge or a corner. Arrow keys move it, with Shift they change its size; Delete takes it away. A
    click on another's box chooses it. `drawn` tells the chosen subject's number, `picked` whose box was
    clicked."""

    drawn = Signal(int)
    picked = Signal(int)

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self._aspect = width / height
        self.placed: list[Placed] = []
        self.chosen = 0
        self._from: QPointF | None = None
        self._moved: Box | None = None
        self._edges: Edges = (False, False, False, False)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(tr("Who is where: arrow keys move the chosen box, with Shift they size it"))
        self.setMinimumSize(QSize(280, 280))

    def show_placed(self, placed: list[Placed], chosen: int) -> None:
        self.placed, self.chosen = placed, chosen
        self.update()

    # Drawing with the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.placed or event.button() != Qt.MouseButton.LeftButton:
            return
        self._from = here = self._part(event.position())
        self._edges = self._near(event.position())
        if not any(self._edges) and (other := self._others_at(here)) is not None:
            self.picked.emit(other)
        box = self.placed[self.chosen].box
        self._moved = box if box and (any(self._edges) or _inside(box, here)) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            self.setCursor(_cursor(self._near(event.position())))
            return
        here = self._part(event.position())
        across, down = here.x() - self._from.x(), here.y() - self._from.y()
        if self._moved and any(self._edges):
            self._place(_pulled(self._moved, self._edges, across, down))
        elif self._moved:
            self._place(_shifted(self._moved, across, down))
        else:
            self._place(_between(self._from, here))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._from = self._moved = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        box = self.placed[self.chosen].box if self.placed else None
        if event.key() in moves and self.placed:
            across, down = (STEP * way for way in moves[Qt.Key(event.key())])
            box = box or (0.25, 0.25, 0.75, 0.75)
            larger = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._place(_sized(box, across, down) if larger else _shifted(box, across, down))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and box:
            self._set(None)
        else:
            super().keyPressEvent(event)

    def _near(self, at: QPointF) -> Edges:
        """Which edges of the chosen box are under the pointer."""
        box = self.placed[self.chosen].box if self.placed else None
        if box is None:
            return False, False, False, False
        drawn = self._drawn(box)
        if not drawn.adjusted(-REACH, -REACH, REACH, REACH).contains(at):
            return False, False, False, False
        return (
            abs(at.x() - drawn.left()) <= REACH, abs(at.y() - drawn.top()) <= REACH,
            abs(at.x() - drawn.right()) <= REACH, abs(at.y() - drawn.bottom()) <= REACH,
        )  # fmt: skip

    def _others_at(self, here: QPointF) -> int | None:
        """Whose box, other than the chosen one's, lies here and is not under the chosen one."""
        chosen = self.placed[self.chosen].box
        if chosen and _inside(chosen, here):
            return None
        found = (at for at, each in enumerate(self.placed) if each.box and _inside(each.box, here))
        return next((at for at in found if at != self.chosen), None)

    def _place(self, box: Box) -> None:
        if box[2] - box[0] >= LEAST and box[3] - box[1] >= LEAST:
            self._set(box)

    def _set(self, box: Box | None) -> None:
        self.placed[self.chosen] = replace(self.placed[self.chosen], box=box)
        self.update()
        self.drawn.emit(self.chosen)

    def _part(self, at: QPointF) -> QPointF:
        """Where a point lies, as parts of the picture's sides."""
        page = self._page()
        x, y = (at.x() - page.left()) / page.width(), (at.y() - page.top()) / page.height()
        return QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))

    # Painting

    def _page(self) -> QRectF:
        """The picture, as large as it goes with its own proportions."""
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        width = min(room.width(), room.height() * self._aspect)
        page = QRectF(0, 0, width, width / self._aspect)
        page.moveCenter(room.center())
        return page

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        page = self._page()
        painter.fillRect(page, theme.colour("picture"))
        painter.setPen(QPen(theme.colour("accent" if self.hasFocus() else "border"), 1))
        painter.drawRect(page)
        for number, placed in enumerate(self.placed):
            if placed.box:
                self._draw(painter, placed, placed.box, number == self.chosen)
        if not any(placed.box for placed in self.placed):
            painter.setPen(theme.colour("muted"))
            painter.drawText(page, Qt.AlignmentFlag.AlignCenter, tr("Drag a box"))

    def _drawn(self, box: Box) -> QRectF:
        """Where a box is drawn."""
        page, (left, top, right, bottom) = self._page(), box
        return QRectF(page.left() + left * page.width(), page.top() + top * page.height(),
                      (right - left) * page.width(), (bottom - top) * page.height())  # fmt: skip

    def _draw(self, painter: QPainter, placed: Placed, box: Box, chosen: bool) -> None:
        at = self._drawn(box)
        fill = QColor(placed.colour)
        fill.setAlphaF(0.25 if chosen else 0.12)
        painter.fillRect(at, fill)
        painter.setPen(QPen(placed.colour, 2 if chosen else 1))
        painter.drawRect(at)
        words = painter.fontMetrics().elidedText(
            placed.name, Qt.TextElideMode.ElideRight, round(at.width()) - 12
        )
        painter.setPen(theme.colour("text"))
        painter.drawText(
            at.adjusted(6, 4, -6, -4), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, words
        )


def _pulled(box: Box, edges: Edges, across: float, down: float) -> Box:
    """With these edges elsewhere, on the picture; never turned inside out."""
    moved = [
        min(1.0, max(0.0, edge + by)) if pulled else edge
        for edge, pulled, by in zip(box, edges, (across, down) * 2, strict=True)
    ]
    left, right = sorted((moved[0], moved[2]))
    top, bottom = sorted((moved[1], moved[3]))
    return left, top, right, bottom


def _cursor(edges: Edges) -> Qt.CursorShape:
    left, top, right, bottom = edges
    if (left and top) or (right and bottom):
        return Qt.CursorShape.SizeFDiagCursor
    if (right and top) or (left and bottom):
        return Qt.CursorShape.SizeBDiagCursor
    if left or right:
        return Qt.CursorShape.SizeHorCursor
    return Qt.CursorShape.SizeVerCursor if top or bottom else Qt.CursorShape.CrossCursor


def _inside(box: Box, at: QPointF) -> bool:
    return box[0] < at.x() < box[2] and box[1] < at.y() < box[3]


def _between(one: QPointF, other: QPointF) -> Box:
    left, right = sorted((one.x(), other.x()))
    top, bottom = sorted((one.y(), other.y()))
    return left, top, right, bottom


def _shifted(box: Box, across: float, down: float) -> Box:
    """Moved, and kept on the picture."""
    across = min(1 - box[2], max(-box[0], across))
    down = min(1 - box[3], max(-box[1], down))
    return box[0] + across, box[1] + down, box[2] + across, box[3] + down


def _sized(box: Box, across: float, down: float) -> Box:
    return box[0], box[1], min(1.0, box[2] + across), min(1.0, box[3] + down)
