"""The queue's rows: preview, prompt, state and progress."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop import theme
from desktop.thumbnails import PictureKey, Thumbnails
from desktop.widgets.cards import LOOK, draw_covering

HEIGHT = 74
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class JobLook:
    """`progress` in [0, 1], or None for no bar. `preview` is the picture as it stands; else `picture` is
    shown."""

    title: str
    detail: str
    state: str
    token: str
    aside: str
    progress: float | None = None
    preview: QPixmap | None = None
    picture: str = ""


class JobDelegate(QStyledItemDelegate):
    def __init__(self, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look: JobLook = index.data(LOOK)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        tile = option.rect.adjusted(0, 2, 0, -2)
        _ground(painter, tile, option)
        self._preview(painter, QRect(tile.left() + 8, tile.top() + 7, 56, 56), look, option)
        _words(painter, tile.adjusted(76, 8, -14, -8), look, option)
        painter.restore()

    def _preview(self, painter: QPainter, frame: QRect, look: JobLook, option: QStyleOptionViewItem) -> None:
        painter.fillRect(frame, theme.colour("picture"))
        picture = look.preview
        if look.picture:
            ratio = option.widget.devicePixelRatio() if option.widget else 1.0
            picture = self._thumbnails.get(PictureKey(look.picture, round(56 * ratio))) or picture
        if picture is None or picture.isNull():
            theme.icon("gallery", "disabled").paint(painter, frame.adjusted(18, 18, -18, -18))
        draw_covering(painter, frame, picture)


def _ground(painter: QPainter, tile: QRect, option: QStyleOptionViewItem) -> None:
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("selection" if selected else "raised" if hovered else "panel"))
    painter.drawRoundedRect(tile, 6, 6)


def _words(painter: QPainter, room: QRect, look: JobLook, option: QStyleOptionViewItem) -> None:
    bold = QFont(option.font)
    bold.setWeight(QFont.Weight.DemiBold)
    side = max(190, QFontMetrics(bold).horizontalAdvance(look.state) + 2)
    left = QRect(room.left(), room.top(), room.width() - side - 16, room.height() // 2)
    right = QRect(room.right() - side, room.top(), side, room.height() // 2)
    painter.setPen(theme.colour("text"))
    painter.drawText(left, LEFT, _fit(painter, look.title, left.width()))
    painter.setFont(bold)
    painter.setPen(theme.colour(look.token))
    painter.drawText(right, RIGHT, look.state)
    painter.setFont(option.font)
    left.translate(0, room.height() // 2)
    right.translate(0, room.height() // 2)
    painter.setPen(theme.colour("muted"))
    painter.drawText(right, RIGHT, look.aside)
    if look.progress is None:
        painter.drawText(left, LEFT, _fit(painter, look.detail, left.width()))
    else:
        _bar(painter, left, look.progress)


def _bar(painter: QPainter, room: QRect, progress: float) -> None:
    groove = QRectF(room.left(), room.center().y() - 2, room.width(), 5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("field"))
    painter.drawRoundedRect(groove, 2.5, 2.5)
    groove.setWidth(max(5.0, groove.width() * min(1.0, progress)))
    painter.setBrush(theme.colour("accent"))
    painter.drawRoundedRect(groove, 2.5, 2.5)


def _fit(painter: QPainter, words: str, width: int) -> str:
    return painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, width)
