"""Choosing one photo of the album."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop import theme
from desktop.i18n import tr
from desktop.models.rows import ROW, RowModel
from desktop.pages.dialogs import ask_box
from desktop.thumbnails import PictureKey, Thumbnails
from desktop.widgets.awaited import Awaited
from desktop.widgets.cards import draw_covering
from desktop.widgets.dialog import Dialog

SIDE = 112
Index = QModelIndex | QPersistentModelIndex


class PhotoModel(RowModel[str]):
    """The photos' paths."""

    def value(self, row: str, role: int) -> object:
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return Path(row).name
        return super().value(row, role)


class PhotoDialog(Dialog):
    """`photo_chosen` tells the path."""

    photo_chosen = Signal(str)

    def __init__(self, photos: Sequence[str], thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Start from a photo"))
        self.resize(720, 560)
        self.model = PhotoModel(lambda path: path, self)
        self.model.replace(photos)
        self.view = QListView()
        self.view.setAccessibleName(tr("Photos of the album"))
        self.view.setViewMode(QListView.ViewMode.IconMode)
        self.view.setMovement(QListView.Movement.Static)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setUniformItemSizes(True)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setItemDelegate(PhotoDelegate(Awaited(thumbnails, self.view), self.view))
        self.view.setModel(self.model)
        self.view.doubleClicked.connect(lambda _: self.accept())
        box, self._ok = ask_box(self, tr("Start from it"))
        self._ok.setEnabled(False)
        self.view.selectionModel().selectionChanged.connect(lambda: self._ok.setEnabled(True))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        words = tr("The picture keeps the photo's layout, as much of it as you leave.")
        if not photos:
            words = tr("No photos are imported yet.")
        column.addWidget(theme.text(words, "muted", wrap=True))
        column.addWidget(self.view, 1)
        column.addWidget(box)

    def accept(self) -> None:
        index = self.view.currentIndex()
        super().accept()
        if index.isValid():
            self.photo_chosen.emit(index.data(ROW))


class PhotoDelegate(QStyledItemDelegate):
    def __init__(self, pictures: Awaited, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(SIDE + 8, SIDE + 8)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        ratio = option.widget.devicePixelRatio() if option.widget else 1.0
        where = QRect(option.rect).adjusted(4, 4, -4, -4)
        painter.fillRect(where, theme.colour("picture"))
        key = PictureKey(index.data(ROW), round(SIDE * ratio))
        draw_covering(painter, where, self._pictures.get(key, index))
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(theme.colour("accent"))
            for inset in (0, 1):
                painter.drawRect(where.adjusted(inset, inset, -1 - inset, -1 - inset))
