"""A photo on which one drags a box around an object; without a box it is found by itself."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import theme
from desktop.i18n import tr

Box = tuple[float, float, float, float]
LEAST, STEP = 0.02, 0.02


class PhotoBox(QWidget):
    """`box`: left, top, right, bottom as parts of the photo's sides, or None. Arrow keys move the box, with
    Shift they change its size, Delete takes it away. `changed` after every change by the user."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._photo = QImage()
        self.box: Box | None = None
        self._from: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(260, 260))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(tr("Box around the object: arrow keys move it, with Shift they size it"))

    def show_photo(self, photo: QImage, box: Box | None) -> None:
        self._photo, self.box = photo, box
        self.update()

    def clear_box(self) -> None:
        self._set(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._photo.isNull():
            self._from = self._part(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            return
        here = self._part(event.position())
        (left, right), (top, bottom) = sorted((here.x(), self._from.x())), sorted((here.y(), self._from.y()))
        if right - left >= LEAST and bottom - top >= LEAST:
            self._set((left, top, right, bottom))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._from = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0,
        1), }  # fmt: skip
        if event.key() in moves and not self._photo.isNull():
            across, down = (STEP * way for way in moves[Qt.Key(event.key())])
            box = self.box or (0.25, 0.25, 0.75, 0.75)
            larger = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._set(_sized(box, across, down) if larger else _shifted(box, across, down))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.box:
            self._set(None)
        else:
            super().keyPressEvent(event)

    def _set(self, box: Box | None) -> None:
        self.box = box
        self.update()
        self.changed.emit()

    def _part(self, at: QPointF) -> QPointF:
        page = self._page()
        x, y = (at.x() - page.left()) / page.width(), (at.y() - page.top()) / page.height()
        return QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))

    def _page(self) -> QRectF:
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        aspect = self._photo.width() / max(1, self._photo.height()) if not self._photo.isNull() else 1.0
        width = min(room.width(), room.height() * aspect)
        page = QRectF(0, 0, width, width / aspect)
        page.moveCenter(room.center())
        return page

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        page = self._page()
        painter.fillRect(page, theme.colour("picture"))
        if self._photo.isNull():
            painter.setPen(theme.colour("muted"))
            painter.drawText(page, Qt.AlignmentFlag.AlignCenter, tr("Choose photos first"))
            return
        painter.drawImage(page, self._photo)
        if self.box:
            left, top, right, bottom = self.box
            at = QRectF(page.left() + left * page.width(), page.top() + top * page.height(),
                        (right - left) * page.width(), (bottom - top) * page.height())  # fmt: skip
            painter.setPen(QPen(QColor("black"), 4))
            painter.drawRect(at)
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRect(at)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 1))
            painter.drawRect(page)


def _shifted(box: Box, across: float, down: float) -> Box:
    """Moved, and kept on the photo."""
    across = min(1 - box[2], max(-box[0], across))
    down = min(1 - box[3], max(-box[1], down))
    return box[0] + across, box[1] + down, box[2] + across, box[3] + down


def _sized(box: Box, across: float, down: float) -> Box:
    right, bottom = min(1.0, box[2] + across), min(1.0, box[3] + down)
    return box[0], box[1], max(box[0] + LEAST, right), max(box[1] + LEAST, bottom)
