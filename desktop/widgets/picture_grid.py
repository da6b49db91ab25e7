"""The gallery's grid: 50,000 pictures of one size in lines."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from desktop.i18n import tr
from desktop.models.pictures import PictureModel
from desktop.thumbnails import Thumbnails
from desktop.widgets.awaited import Awaited
from desktop.widgets.picture_cells import CELL, PictureDelegate
from desktop.widgets.still_list import StillList


class PictureGrid(StillList):
    def __init__(self, model: PictureModel, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.pictures = Awaited(thumbnails, self)
        self.setAccessibleName(tr("Pictures"))
        self.setModel(model)
        self.setItemDelegate(PictureDelegate(self.pictures, self))
        # A wrapped list lays 50,000 cells out in half the time the icon mode takes.
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setGridSize(CELL)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setMinimumWidth(2 * CELL.width() + 14)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def paintEvent(self, event: QPaintEvent) -> None:
        with self.pictures.painting:
            super().paintEvent(event)
