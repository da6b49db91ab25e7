"""A grid of equal cells under headings, of which only what is seen is laid out, painted or asked for: a
hundred thousand rows cost what thirty do.

It is a QListView for its selection, its editors and what it tells screen readers; where each cell lies is
arithmetic here. The model's rows stand in the order of the sections.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from desktop import theme

HEADING = 44
GAP = 8
PAINT_MS = 60
Index = QModelIndex | QPersistentModelIndex
Move = QAbstractItemView.CursorAction


@dataclass(frozen=True)
class Heading:
    """`count` rows of the model stand under `title`, beside which stands a `hint`; no heading without a
    title."""

    title: str
    hint: str
    count: int


@dataclass(frozen=True)
class _Block:
    """Where one section lies: `top` of its heading, `cells` of its first row, the model's rows from
    `first`."""

    heading: Heading
    top: int
    cells: int
    first: int


class SectionedView(QListView):
    """`chosen` after every change of the selection."""

    chosen = Signal()

    def __init__(self, cell: QSize, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cell = cell
        self._headings: tuple[Heading, ...] = ()
        self._blocks: list[_Block] = []
        self._height = 0
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMouseTracking(True)
        # Pictures come by the hundred while one scrolls: one paint shows what came meanwhile.
        self._soon = QTimer(self, singleShot=True, interval=PAINT_MS)
        self._soon.timeout.connect(self.viewport().update)

    def picture_came(self) -> None:
        """Something that is painted here may be ready."""
        if not self._soon.isActive():
            self._soon.start()

    def show_headings(self, headings: tuple[Heading, ...]) -> None:
        """To be told after the model changed: together they count its rows."""
        self._headings = headings
        self.scheduleDelayedItemsLayout()

    @property
    def columns(self) -> int:
        return max(1, self.viewport().width() // self._cell.width())

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.chosen.emit()

    # Where everything lies

    def doItemsLayout(self) -> None:
        self._arrange()
        QAbstractItemView.doItemsLayout(self)

    def _arrange(self) -> None:
        self._blocks, top, first = [], 0, 0
        for heading in self._headings:
            if not heading.count:
                continue
            cells = top + (HEADING if heading.title else GAP)
            self._blocks.append(_Block(heading, top, cells, first))
            top = cells + -(-heading.count // self.columns) * self._cell.height() + GAP
            first += heading.count
        self._height = top

    def updateGeometries(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._height - self.viewport().height()))
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
        block = self._block(index.row()) if index.isValid() else None
        if block is None:
            return QRect()
        row, column = divmod(index.row() - block.first, self.columns)
        left, top = column * self._cell.width(), block.cells + row * self._cell.height()
        return QRect(QPoint(left, top - self.verticalOffset()), self._cell)

    def indexAt(self, point: QPoint) -> QModelIndex:
        at = self._row_at(point.x(), point.y() + self.verticalOffset())
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
        for at in self._rows_in(rect.normalized().translated(0, self.verticalOffset())):
            index = self.model().index(at, 0)
            chosen.select(index, index)
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    def _block(self, row: int) -> _Block | None:
        return next((b for b in self._blocks if b.first <= row < b.first + b.heading.count), None)

    def _row_at(self, x: int, y: int) -> int | None:
        """The model's row whose cell holds a point of the whole page."""
        column = x // self._cell.width()
        block = next((b for b in reversed(self._blocks) if y >= b.cells), None)
        if block is None or not 0 <= column < self.columns:
            return None
        at = (y - block.cells) // self._cell.height() * self.columns + column
        return block.first + at if at < block.heading.count else None

    def _rows_in(self, area: QRect) -> Iterator[int]:
        """The model's rows whose cells touch an area of the whole page."""
        rows = self.model().rowCount() if self.model() else 0  # fewer than the headings say, for a moment
        left = max(0, area.left() // self._cell.width())
        right = min(self.columns - 1, area.right() // self._cell.width())
        for block in self._blocks:
            first = max(0, (area.top() - block.cells) // self._cell.height())
            last = (area.bottom() - block.cells) // self._cell.height()
            lines = -(-block.heading.count // self.columns)
            for line in range(first, min(lines - 1, last) + 1):
                for column in range(left, right + 1):
                    at = line * self.columns + column
                    if at < block.heading.count and block.first + at < rows:
                        yield block.first + at

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
            row = self._line_below(row) if down else self._line_above(row)
        return row

    def _line_below(self, row: int) -> int:
        """The cell under this one, in the next section where this one ends."""
        block = self._block(row)
        if block is None:
            return row
        line, column = divmod(row - block.first, self.columns)
        last = block.heading.count - 1
        if line < last // self.columns:
            return block.first + min(last, (line + 1) * self.columns + column)
        below = next((b for b in self._blocks if b.first > row), None)
        return below.first + min(column, below.heading.count - 1) if below else row

    def _line_above(self, row: int) -> int:
        block = self._block(row)
        if block is None:
            return row
        line, column = divmod(row - block.first, self.columns)
        if line:
            return row - self.columns
        above = next((b for b in reversed(self._blocks) if b.first < block.first), None)
        if above is None:
            return row
        last = above.heading.count - 1
        return above.first + min(last, last // self.columns * self.columns + column)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        offset = self.verticalOffset()
        area = event.rect().translated(0, offset)
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.widget = self
        for block in self._blocks:
            if block.heading.title and block.top < area.bottom() and block.cells > area.top():
                self._paint_heading(painter, block, offset)
        for at in self._rows_in(area):
            self._paint_cell(painter, option, self.model().index(at, 0))

    def _paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        state = QStyle.StateFlag
        option.rect = self.visualRect(index)
        option.state = state.State_Enabled
        if self.selectionModel().isSelected(index):
            option.state |= state.State_Selected
        if index == self.currentIndex() and self.hasFocus():
            option.state |= state.State_HasFocus
        if option.rect.contains(self._mouse()):
            option.state |= state.State_MouseOver
        self.itemDelegate().paint(painter, option, index)

    def _mouse(self) -> QPoint:
        here = self.viewport().mapFromGlobal(self.cursor().pos())
        return here if self.viewport().underMouse() else QPoint(-1, -1)

    def _paint_heading(self, painter: QPainter, block: _Block, offset: int) -> None:
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
