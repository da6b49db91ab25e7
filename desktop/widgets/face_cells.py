"""Faces cut out of their photos, in a grid."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop import theme
from desktop.models.rows import ROW
from desktop.models.subjects import around
from desktop.thumbnails import PictureKey, Thumbnails
from desktop.widgets.sectioned_view import SectionedView

CELL = QSize(116, 116)
Index = QModelIndex | QPersistentModelIndex


class FaceGrid(SectionedView):
    def __init__(self, thumbnails: Thumbnails, name: str, parent: QWidget | None = None) -> None:
        super().__init__(CELL, name, parent)
        self.setEditTriggers(self.EditTrigger.NoEditTriggers)
        self.delegate = FaceDelegate(thumbnails, self)
        self.setItemDelegate(self.delegate)
        thumbnails.ready.connect(lambda key: self.picture_came())


class FaceDelegate(QStyledItemDelegate):
    def __init__(self, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        where, row = QRect(option.rect).adjusted(4, 4, -4, -4), index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(where.toRectF(), 8, 8)
        ratio = option.widget.devicePixelRatio() if option.widget else 1.0
        side = round(where.width() * ratio)
        cut = self._thumbnails.get(PictureKey(row.photo, side, around(row.box), 8 * ratio)) if row else None
        if not cut:
            painter.fillPath(shape, theme.colour("picture"))
        else:
            painter.drawPixmap(where, cut)
        chosen, here = QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_HasFocus
        if option.state & (chosen | here):
            painter.setPen(QPen(theme.colour("accent"), 3 if option.state & chosen else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(shape)
        painter.restore()
