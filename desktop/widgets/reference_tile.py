"""One reference: its crop, whether it is used, and how much it counts among the others."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QCheckBox, QFrame, QSlider, QVBoxLayout, QWidget

from desktop import theme
from desktop.i18n import tr
from desktop.widgets.cards import draw_covering

SIDE = 80


class ReferenceTile(QFrame):
    """The slider goes from 0.1 to 3.0; every change applies at once. `warning`: what may be wrong with it, in
    words, or ""; `looked_at` when the picture is clicked."""

    switched = Signal(bool)
    weighed = Signal(float)
    looked_at = Signal()

    def __init__(
        self, name: str, weight: float, enabled: bool, warning: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("tile")
        self.picture = Thumb(SIDE, name=name)
        self.picture.setToolTip(tr("Click to see the mask"))
        self.picture.clicked.connect(self.looked_at)
        self._use = QCheckBox(f"× {weight:.1f}")
        self._use.setChecked(enabled)
        self._use.setAccessibleName(tr("Use {name}", name=name))
        self._use.setToolTip(tr("Use this reference, and how much it counts among the others"))
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(1, 30)
        self._slider.setValue(round(weight * 10))
        self._slider.setAccessibleName(tr("Weight of {name}", name=name))
        self._use.toggled.connect(self._switch)
        self._slider.valueChanged.connect(self._weigh)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(4)
        for part in (self.picture, self._use, self._slider):
            column.addWidget(part)
        if warning:
            said = theme.text(warning, "warning", wrap=True)
            said.setToolTip(warning)
            column.addWidget(said)
        self.setFixedWidth(SIDE + 12)
        self._dim(enabled)

    @property
    def values(self) -> tuple[bool, float]:
        return self._use.isChecked(), self._slider.value() / 10

    def _switch(self, on: bool) -> None:
        self._dim(on)
        self.switched.emit(on)

    def _weigh(self, tenths: int) -> None:
        self._use.setText(f"× {tenths / 10:.1f}")
        self.weighed.emit(tenths / 10)

    def _dim(self, on: bool) -> None:
        self._slider.setEnabled(on)
        self.picture.dim(not on)


class Thumb(QWidget):
    """A small square picture."""

    clicked = Signal()

    def __init__(self, side: int, *, round: bool = False, name: str = "") -> None:
        super().__init__()
        self._picture: QPixmap | None = None
        self._dim = False
        self._round = round
        self._side = side
        self.setFixedSize(QSize(side, side))
        self.setAccessibleName(name)
        self.setToolTip(name)

    def show_picture(self, picture: QPixmap | None) -> None:
        self._picture = picture
        self.update()

    def dim(self, dim: bool) -> None:
        self._dim = dim
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(_outline(self.rect(), self._round))
        painter.fillRect(self.rect(), theme.colour("picture"))
        painter.setOpacity(0.3 if self._dim else 1.0)
        draw_covering(painter, self.rect(), self._picture)


def _outline(rect: QRect, round: bool) -> QPainterPath:
    path = QPainterPath()
    radius = rect.width() / 2 if round else 5
    path.addRoundedRect(rect.toRectF(), radius, radius)
    return path
