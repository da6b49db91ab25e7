"""A photo on which one drags a box around an object; without a box it is found by itself."""

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen

from desktop import theme
from desktop.i18n import tr
from desktop.widgets.brush_canvas import ARROWS
from desktop.widgets.zoomed import Zoomed

Box = tuple[float, float, float, float]
LEAST, STEP = 0.02, 0.02


class PhotoBox(Zoomed):
    """`box`: left, top, right, bottom as parts of the photo's sides, or None. Arrow keys move the box, with
    Shift they change its size, Delete takes it away. `changed` after every change by the user."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._photo = QImage()
        self.box: Box | None = None
        self._from: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(260, 260))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(tr("Box around the object: arrow keys move it, with Shift they size it"))

    def show_photo(self, photo: QImage, box: Box | None) -> None:
        self._photo, self.box = photo, box
        self.viewport.whole()
        self.fit(QSizeF(photo.size()))

    def clear_box(self) -> None:
        self._set(None)

    def pressed(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._photo.isNull():
            self._from = self._inside(event.position())

    def dragged(self, event: QMouseEvent) -> None:
        if self._from is None:
            return
        here = self._inside(event.position())
        (left, right), (top, bottom) = sorted((here.x(), self._from.x())), sorted((here.y(), self._from.y()))
        if right - left >= LEAST and bottom - top >= LEAST:
            self._set((left, top, right, bottom))

    def released(self, event: QMouseEvent) -> None:
        self._from = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ARROWS and not self._photo.isNull():
            across, down = (STEP / self.viewport.zoom * way for way in ARROWS[Qt.Key(event.key())])
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

    def interrupted(self) -> None:
        self._from = None

    def _inside(self, at: QPointF) -> QPointF:
        part = self.part(at)
        return QPointF(min(1.0, max(0.0, part.x())), min(1.0, max(0.0, part.y())))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        page = self.target
        painter.fillRect(self.rect(), theme.colour("picture"))
        if self._photo.isNull():
            painter.setPen(theme.colour("muted"))
            painter.drawText(page, Qt.AlignmentFlag.AlignCenter, tr("Choose photos first"))
            return
        painter.drawImage(page, self._photo)
        if self.box:
            left, top, right, bottom = self.box
            at = QRectF(self.place(QPointF(left, top)), self.place(QPointF(right, bottom)))
            painter.setPen(QPen(QColor("black"), 4))
            painter.drawRect(at)
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRect(at)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 1))
            painter.drawRect(QRectF(self.rect()).intersected(page).adjusted(0.5, 0.5, -0.5, -0.5))


def _shifted(box: Box, across: float, down: float) -> Box:
    """Moved, and kept on the photo."""
    across = min(1 - box[2], max(-box[0], across))
    down = min(1 - box[3], max(-box[1], down))
    return box[0] + across, box[1] + down, box[2] + across, box[3] + down


def _sized(box: Box, across: float, down: float) -> Box:
    right, bottom = min(1.0, box[2] + across), min(1.0, box[3] + down)
    return box[0], box[1], max(box[0] + LEAST, right), max(box[1] + LEAST, bottom)
