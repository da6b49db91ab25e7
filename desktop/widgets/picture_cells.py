"""The gallery's cells: a picture, its stars, and how alike its people are."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop import theme
from desktop.thumbnails import PictureKey
from desktop.widgets.awaited import Awaited
from desktop.widgets.cards import LOOK
from desktop.widgets.stars import draw_stars

SIDE = 168
STAR = 14
CELL = QSize(SIDE + 16, SIDE + 58)


@dataclass(frozen=True)
class PictureCell:
    """`caption` is the prompt; `likeness` the identity scores in words; `rating` 0 to 5; `label` a colour's
    name, `flag` picked or rejected; `stack`: how many pictures stand behind this one, itself included."""

    path: str
    caption: str
    likeness: str
    rating: int
    label: str = ""
    flag: str = ""
    stack: int = 1


class PictureDelegate(QStyledItemDelegate):
    def __init__(self, pictures: Awaited, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return CELL

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        cell: PictureCell | None = index.data(LOOK)
        tile = option.rect.adjusted(3, 3, -3, -3)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        _ground(painter, tile, option)
        frame = QRect(tile.left() + 5, tile.top() + 5, SIDE, SIDE)
        ratio = option.widget.devicePixelRatio() if option.widget else 1.0
        if cell is None:
            painter.fillRect(frame, theme.colour("picture"))
        else:
            picture = self._pictures.get(PictureKey(cell.path, round(SIDE * ratio)), index)
            _picture(painter, frame, picture, faint=cell.flag == "rejected")
            _marks(painter, frame, cell)
            _words(painter, frame, cell)
        painter.restore()


def _picture(painter: QPainter, frame: QRect, picture: QPixmap | None, *, faint: bool) -> None:
    painter.fillRect(frame, theme.colour("picture"))
    if picture is None:
        return
    if picture.isNull():
        theme.icon("warning", "disabled").paint(painter, frame.adjusted(60, 60, -60, -60))
        return
    size = picture.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
    where = QRect(frame.topLeft(), size)
    where.moveCenter(frame.center())
    painter.setOpacity(0.35 if faint else 1.0)
    painter.drawPixmap(where, picture)
    painter.setOpacity(1.0)


def _ground(painter: QPainter, tile: QRect, option: QStyleOptionViewItem) -> None:
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
    if not (selected or hovered):
        return
    painter.setPen(QPen(theme.colour("accent"), 1) if selected else Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("selection" if selected else "raised"))
    painter.drawRoundedRect(tile, 6, 6)


def _marks(painter: QPainter, frame: QRect, cell: PictureCell) -> None:
    """What the user thinks of it, and how many stand behind it, on the picture's corners."""
    if cell.flag:
        name, token = ("pick", "good") if cell.flag == "picked" else ("cancel", "bad")
        _spot(painter, QRect(frame.left() + 4, frame.top() + 4, 22, 22))
        theme.icon(name, token).paint(painter, QRect(frame.left() + 7, frame.top() + 7, 16, 16))
    if cell.label:
        painter.fillRect(
            QRect(frame.left(), frame.bottom() - 3, frame.width(), 4), theme.colour(f"label-{cell.label}")
        )
    if cell.stack > 1:
        number = str(cell.stack)
        width = painter.fontMetrics().horizontalAdvance(number) + 14
        badge = QRect(frame.right() - width - 3, frame.top() + 4, width, 22)
        _spot(painter, badge)
        painter.setPen(theme.colour("text"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, number)


def _spot(painter: QPainter, where: QRect) -> None:
    """A ground on which marks are seen over any picture."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("veil"))
    painter.drawRoundedRect(where, 6, 6)


def _words(painter: QPainter, frame: QRect, cell: PictureCell) -> None:
    """The stars shorten the caption, never the scores: those are read at a glance."""
    metrics = painter.fontMetrics()
    line = QRect(frame.left(), frame.bottom() + 5, frame.width(), metrics.height())
    stars = STAR * cell.rating
    painter.setPen(theme.colour("text"))
    caption = metrics.elidedText(cell.caption, Qt.TextElideMode.ElideRight, line.width() - stars - 4)
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft, caption)
    draw_stars(painter, QPointF(line.right() - stars, line.top() + 1), cell.rating, STAR)
    line.translate(0, metrics.height() + 2)
    painter.setPen(theme.colour("muted"))
    likeness = metrics.elidedText(cell.likeness, Qt.TextElideMode.ElideRight, line.width())
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft, likeness)
