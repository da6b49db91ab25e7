"""What everything has in common that shows one picture to be zoomed and moved."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QCursor, QFocusEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QWidget

MOST = 16.0
STEP = 1.2
NOTCH = 120
KEYS = {
    Qt.Key.Key_Plus: STEP * STEP,
    Qt.Key.Key_Equal: STEP * STEP,  # plus without Shift, on many keyboards
    Qt.Key.Key_Minus: 1 / STEP / STEP,
    Qt.Key.Key_Underscore: 1 / STEP / STEP,
}
MARGIN = 12


class Viewport(QObject):
    """Which part of a picture is seen: how often larger than when it is seen whole, and which point of it (as
    parts of its sides) stands in the middle."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zoom = 1.0
        self.middle = QPointF(0.5, 0.5)

    def look(self, zoom: float, middle: QPointF) -> None:
        self.zoom = min(max(zoom, 1.0), MOST)
        half = 0.5 / self.zoom
        self.middle = QPointF(*(min(max(at, half), 1 - half) for at in (middle.x(), middle.y())))
        self.changed.emit()

    def whole(self) -> None:
        self.look(1.0, QPointF(0.5, 0.5))


class Zoomed(QWidget):
    """Ctrl and the wheel, or two fingers, zoom about the pointer; + and − zoom, 0 shows all of it; dragging
    with the middle button, or while the space bar is held, moves it. Whoever inherits takes what the mouse
    does otherwise by `pressed`, `dragged`, `released`, and the wheel by `turned`.
    """

    def __init__(self, viewport: Viewport | None = None) -> None:
        super().__init__()
        self.viewport = viewport or Viewport(self)
        self._shape = QSizeF()
        self._panned_from: QPointF | None = None
        self._space: bool | None = None  # held: whether nothing was moved yet
        self._usual = QCursor(Qt.CursorShape.ArrowCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.viewport.changed.connect(self.update)

    # Where the picture lies

    def fit(self, shape: QSizeF) -> None:
        """Of the picture that is shown; empty while there is none. Only the ratio of its sides counts."""
        self._shape = shape
        self.update()

    @property
    def target(self) -> QRectF:
        """Where the whole picture lies, in and around this widget."""
        size = self._fitted() * self.viewport.zoom
        middle = self.viewport.middle
        left = self.width() / 2 - middle.x() * size.width()
        top = self.height() / 2 - middle.y() * size.height()
        return QRectF(QPointF(left, top), size)

    def part(self, at: QPointF) -> QPointF:
        """Which point of the picture is under `at`, as parts of its sides; beyond 0 and 1 beside it."""
        where = self.target
        return QPointF((at.x() - where.x()) / where.width(), (at.y() - where.y()) / where.height())

    def place(self, part: QPointF) -> QPointF:
        """Where a point of the picture is in this widget."""
        where = self.target
        return QPointF(where.x() + part.x() * where.width(), where.y() + part.y() * where.height())

    def zoom_at(self, at: QPointF, times: float) -> None:
        """What is under `at` stays there, as far as the edges let it."""
        before, zoom = self.part(at), min(max(self.viewport.zoom * times, 1.0), MOST)
        size = self._fitted() * zoom
        away = QPointF(
            (at.x() - self.width() / 2) / size.width(), (at.y() - self.height() / 2) / size.height()
        )
        self.viewport.look(zoom, before - away)

    def zoom_by(self, times: float) -> None:
        self.zoom_at(self.anchor(), times)

    def anchor(self) -> QPointF:
        """What stays where it is when keys or buttons zoom."""
        return QPointF(self.rect().center())

    def reveal(self, part: QPointF) -> None:
        """Moves the picture just so far that this point is seen."""
        at, size = self.place(part), self.target.size()
        beyond = QPointF(_beyond(at.x(), self.width()), _beyond(at.y(), self.height()))
        if not beyond.isNull():
            away = QPointF(beyond.x() / size.width(), beyond.y() / size.height())
            self.viewport.look(self.viewport.zoom, self.viewport.middle + away)

    def _fitted(self) -> QSizeF:
        """The size of the picture when it is seen whole; of the widget while there is none."""
        room = QSizeF(max(1, self.width()), max(1, self.height()))
        if self._shape.isEmpty():
            return room
        return self._shape.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)

    # What the others do with mouse and keys

    def pressed(self, event: QMouseEvent) -> None:
        """A button went down that does not move the picture."""

    def dragged(self, event: QMouseEvent) -> None:
        """The mouse moved, with or without a button."""

    def released(self, event: QMouseEvent) -> None:
        """The button is up again."""

    def tapped(self, event: QKeyEvent) -> None:
        """The space bar was let go, and nothing was moved with it."""

    def turned(self, event: QWheelEvent) -> None:
        event.ignore()

    def interrupted(self) -> None:
        """Two fingers are on it: what the first of them began was not meant."""

    # Moving

    def mousePressEvent(self, event: QMouseEvent) -> None:
        held = self._space is not None and event.button() == Qt.MouseButton.LeftButton
        if held or event.button() == Qt.MouseButton.MiddleButton:
            self.grip(event.position())
        else:
            self.pressed(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._panned_from is None:
            self.dragged(event)
            return
        moved, self._panned_from = event.position() - self._panned_from, event.position()
        size = self.target.size()
        away = QPointF(moved.x() / size.width(), moved.y() / size.height())
        self.viewport.look(self.viewport.zoom, self.viewport.middle - away)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._panned_from is None:
            self.released(event)
            return
        self._panned_from = None
        self._show_hand()

    def grip(self, at: QPointF) -> None:
        """From here on the mouse moves the picture."""
        if self._space is None:
            self._usual = self.cursor()
        else:
            self._space = False
        self._panned_from = at
        self._show_hand()

    def _show_hand(self) -> None:
        if self._panned_from is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space is not None:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.setCursor(self._usual)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in KEYS:
            self.zoom_by(KEYS[key])
        elif key == Qt.Key.Key_0:
            self.viewport.whole()
        elif key != Qt.Key.Key_Space:
            super().keyPressEvent(event)
        elif self._space is None and not event.isAutoRepeat():
            self._usual = self.cursor()
            self._space = True
            self._show_hand()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            tapped, self._space = self._space, None
            self._show_hand()
            if tapped:
                self.tapped(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self._space is not None:
            self._space = None
            self._show_hand()
        super().focusOutEvent(event)

    # Zooming

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_at(event.position(), STEP ** (event.angleDelta().y() / NOTCH))
            event.accept()
        else:
            self.turned(event)

    def event(self, event: QEvent) -> bool:
        """Two fingers on a touchpad, or on the screen."""
        zooms = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == zooms:
            self.zoom_at(event.position(), 1 + event.value())
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._pinched(pinch)
                return True
        return super().event(event)

    def _pinched(self, pinch: QPinchGesture) -> None:
        if pinch.state() == Qt.GestureState.GestureStarted:
            self.interrupted()
        # Qt tells a step of two fingers twice where a widget leaves single touches to the mouse.
        if pinch.scaleFactor() != pinch.lastScaleFactor():
            self.zoom_at(self.mapFromGlobal(pinch.centerPoint()), pinch.scaleFactor())


def _beyond(at: float, room: int) -> float:
    """How far a point is outside of the middle part, to either side."""
    margin = min(MARGIN, room / 4)
    return min(0.0, at - margin) + max(0.0, at - room + margin)
