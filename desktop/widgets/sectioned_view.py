"""A grid of equal cells under headings, of which only what is seen is laid out, painted or asked for: a
hundred thousand rows cost what thirty do.

It is a QListView for its selection, its editors and what it tells screen readers; where each cell lies is
arithmetic (desktop.widgets.sections). The model's rows stand in the order of the sections.
"""

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from desktop import theme
from desktop.thumbnails import Thumbnails
from desktop.widgets.awaited import Awaited
from desktop.widgets.sections import GAP, HEADING, Block, Heading, Sections

Index = QModelIndex | QPersistentModelIndex
Move = QAbstractItemView.CursorAction
Is = QStyle.StateFlag


class SectionedView(QListView):
    """`chosen` after every change of the selection."""

    chosen = Signal()

    def __init__(self, cell: QSize, name: str, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = Awaited(thumbnails, self)
        self._cell = cell
        self._headings: tuple[Heading, ...] = ()
        self._sections = Sections(cell)
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMouseTracking(True)

    def show_headings(self, headings: tuple[Heading, ...]) -> None:
        """To be told after the model changed: together they count its rows."""
        self._headings = headings
        self.scheduleDelayedItemsLayout()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.chosen.emit()

    # Where everything lies

    def doItemsLayout(self) -> None:
        self._sections.arrange(self._headings, self.viewport().width())
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._sections.height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._cell.height() // 3)
        QAbstractItemView.updateGeometries(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        QAbstractItemView.resizeEvent(self, event)
        self.doItemsLayout()

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)

    def visualRect(self, index: Index) -> QRect:
        cell = self._sections.cell(index.row()) if index.isValid() else QRect()
        return cell.translated(0, -self.verticalOffset()) if cell.isValid() else cell

    def indexAt(self, point: QPoint) -> QModelIndex:
        at = self._sections.row_at(point.x(), point.y() + self.verticalOffset())
        return self.model().index(at, 0) if at is not None and self.model() else QModelIndex()

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        rect = self.visualRect(index)
        if not rect.isValid():
            return
        bar, room = self.verticalScrollBar(), self.viewport().height()
        if rect.top() < HEADING:  # the heading of a first row is seen with it
            bar.setValue(bar.value() + rect.top() - HEADING)
        elif rect.bottom() > room:
            bar.setValue(bar.value() + rect.bottom() - room + GAP)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        chosen = QItemSelection()
        for at, _ in self._sections.cells_in(rect.normalized().translated(0, self.verticalOffset())):
            index = self.model().index(at, 0)
            chosen.select(index, index)
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    # Moving by keys

    def moveCursor(self, action: Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        model, here = self.model(), self.currentIndex()
        if model is None or not model.rowCount():
            return QModelIndex()
        if not here.isValid():
            return model.index(0, 0)
        return model.index(self._moved(here.row(), action, model.rowCount() - 1), 0)

    def _moved(self, row: int, action: Move, last: int) -> int:
        match action:
            case Move.MoveLeft | Move.MovePrevious:
                return max(0, row - 1)
            case Move.MoveRight | Move.MoveNext:
                return min(last, row + 1)
            case Move.MoveHome:
                return 0
            case Move.MoveEnd:
                return last
        lines = max(1, self.viewport().height() // self._cell.height())
        down = action in (Move.MoveDown, Move.MovePageDown)
        for _ in range(lines if action in (Move.MovePageDown, Move.MovePageUp) else 1):
            row = self._sections.below(row) if down else self._sections.above(row)
        return row

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with self.pictures.painting:
            self._paint(QPainter(self.viewport()), event)

    def _paint(self, painter: QPainter, event: QPaintEvent) -> None:
        offset, torn = self.verticalOffset(), event.region()
        area = event.rect().translated(0, offset)
        for block in self._sections.blocks:
            if block.heading.title and block.top < area.bottom() and block.cells > area.top():
                self._paint_heading(painter, block, offset)
        cells = ((row, cell.translated(0, -offset)) for row, cell in self._sections.cells_in(area))
        self._paint_cells(painter, [(row, cell) for row, cell in cells if torn.intersects(cell)])

    def _paint_cells(self, painter: QPainter, cells: list[tuple[int, QRect]]) -> None:
        """Asks once what is the same for all of them: this is done with every frame of scrolling."""
        model, delegate, mouse = self.model(), self.itemDelegate(), self._mouse()
        chosen, here = self.selectionModel(), self.currentIndex().row() if self.hasFocus() else -1
        any_chosen, rows = chosen.hasSelection(), model.rowCount()
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.widget = self
        for row, cell in cells:
            if row >= rows:  # the headings count more than the model has, for a moment
                break
            index, state = model.index(row, 0), Is.State_Enabled
            if any_chosen and chosen.isSelected(index):
                state |= Is.State_Selected
            if row == here:
                state |= Is.State_HasFocus
            if cell.contains(mouse):
                state |= Is.State_MouseOver
            option.rect, option.state = cell, state
            delegate.paint(painter, option, index)

    def _mouse(self) -> QPoint:
        here = self.viewport().mapFromGlobal(self.cursor().pos())
        return here if self.viewport().underMouse() else QPoint(-1, -1)

    def _paint_heading(self, painter: QPainter, block: Block, offset: int) -> None:
        where = QRect(4, block.top - offset + 8, self.viewport().width() - 8, HEADING - 12)
        words = f"{block.heading.title}  {block.heading.count:,}"
        font = QFont(self.font())
        font.setPixelSize(15)
        font.setWeight(QFont.Weight.DemiBold)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        painter.drawText(where, middle, words)
        after = painter.fontMetrics().horizontalAdvance(words) + 14
        painter.setFont(self.font())
        painter.setPen(theme.colour("muted"))
        painter.drawText(where.adjusted(after, 1, 0, 1), middle, block.heading.hint)
