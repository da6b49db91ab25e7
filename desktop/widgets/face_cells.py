"""Faces cut out of their photos, in a grid."""

from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop import theme
from desktop.models.rows import ROW
from desktop.models.subjects import around
from desktop.thumbnails import PictureKey, Thumbnails
from desktop.widgets.drawn import drawn
from desktop.widgets.sectioned_view import SectionedView

SIDE, CORNER = 108, 8
CELL = QSize(SIDE + 8, SIDE + 8)
Is = QStyle.StateFlag
Index = QModelIndex | QPersistentModelIndex


class FaceGrid(SectionedView):
    def __init__(self, thumbnails: Thumbnails, name: str, parent: QWidget | None = None) -> None:
        super().__init__(CELL, name, thumbnails, parent)
        self.setEditTriggers(self.EditTrigger.NoEditTriggers)
        self.delegate = FaceDelegate(self)
        self.setItemDelegate(self.delegate)


class FaceDelegate(QStyledItemDelegate):
    def __init__(self, view: SectionedView) -> None:
        super().__init__(view)
        self._pictures = view.pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        where, row = QRect(option.rect).adjusted(4, 4, -4, -4), index.data(ROW)
        ratio = painter.device().devicePixelRatioF()
        cut = None
        if row:
            key = PictureKey(row.photo, round(SIDE * ratio), around(row.box), CORNER * ratio)
            cut = self._pictures.get(key, index)
        painter.drawPixmap(where, cut or _no_face(ratio, theme.looks()))
        chosen, here = Is.State_Selected in option.state, Is.State_HasFocus in option.state
        if chosen or here:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("accent"), 3 if chosen else 1))
            painter.drawRoundedRect(where, CORNER, CORNER)
            painter.restore()


@lru_cache(maxsize=8)
def _no_face(ratio: float, looks: str) -> QPixmap:
    """What stands in for a face that is on its way, in the colours of these looks."""
    with drawn(QSize(SIDE, SIDE), ratio) as (picture, painter):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("picture"))
        painter.drawRoundedRect(0, 0, SIDE, SIDE, CORNER, CORNER)
    return picture
