"""Where the equal cells of a grid under headings lie: arithmetic on blocks, so that a hundred thousand cells
cost what thirty do."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize

HEADING = 44
GAP = 8


@dataclass(frozen=True)
class Heading:
    """`count` rows of the model stand under `title`, beside which stands a `hint`; no heading without a
    title."""

    title: str
    hint: str
    count: int


@dataclass(frozen=True)
class Block:
    """Where one section lies: `top` of its heading, `cells` of its first row, the model's rows from
    `first`."""

    heading: Heading
    top: int
    cells: int
    first: int


class Sections:
    """Places are pixels of the whole page, whatever is scrolled to."""

    def __init__(self, cell: QSize) -> None:
        self.blocks: list[Block] = []
        self.height = 0
        self._columns = 1
        self._width, self._line = cell.width(), cell.height()

    def arrange(self, headings: tuple[Heading, ...], width: int) -> None:
        """Lays all out anew, in as many columns as fit."""
        self._columns = max(1, width // self._width)
        self.blocks, top, first = [], 0, 0
        for heading in headings:
            if not heading.count:
                continue
            cells = top + (HEADING if heading.title else GAP)
            self.blocks.append(Block(heading, top, cells, first))
            top = cells + self._lines(heading) * self._line + GAP
            first += heading.count
        self.height = top

    def cell(self, row: int) -> QRect:
        """An invalid one where no such row is laid out."""
        block = self._block(row)
        if block is None:
            return QRect()
        line, column = divmod(row - block.first, self._columns)
        return self._rect(block, line, column)

    def row_at(self, x: int, y: int) -> int | None:
        """The row whose cell holds a point."""
        column = x // self._width
        block = next((b for b in reversed(self.blocks) if y >= b.cells), None)
        if block is None or not 0 <= column < self._columns:
            return None
        at = (y - block.cells) // self._line * self._columns + column
        return block.first + at if at < block.heading.count else None

    def cells_in(self, area: QRect) -> Iterator[tuple[int, QRect]]:
        """The rows whose cells touch an area, and their cells."""
        left = max(0, area.left() // self._width)
        right = min(self._columns - 1, area.right() // self._width)
        for block in self.blocks:
            first = max(0, (area.top() - block.cells) // self._line)
            last = min((area.bottom() - block.cells) // self._line, self._lines(block.heading) - 1)
            for line in range(first, last + 1):
                for column in range(left, right + 1):
                    at = line * self._columns + column
                    if at < block.heading.count:
                        yield block.first + at, self._rect(block, line, column)

    def below(self, row: int) -> int:
        """The cell under this one, in the next section where this one ends."""
        block = self._block(row)
        if block is None:
            return row
        line, column = divmod(row - block.first, self._columns)
        last = block.heading.count - 1
        if line < last // self._columns:
            return block.first + min(last, (line + 1) * self._columns + column)
        below = next((b for b in self.blocks if b.first > row), None)
        return below.first + min(column, below.heading.count - 1) if below else row

    def above(self, row: int) -> int:
        block = self._block(row)
        if block is None:
            return row
        line, column = divmod(row - block.first, self._columns)
        if line:
            return row - self._columns
        above = next((b for b in reversed(self.blocks) if b.first < block.first), None)
        if above is None:
            return row
        last = above.heading.count - 1
        return above.first + min(last, last // self._columns * self._columns + column)

    def _block(self, row: int) -> Block | None:
        return next((b for b in self.blocks if b.first <= row < b.first + b.heading.count), None)

    def _lines(self, heading: Heading) -> int:
        return -(-heading.count // self._columns)

    def _rect(self, block: Block, line: int, column: int) -> QRect:
        top_left = QPoint(column * self._width, block.cells + line * self._line)
        return QRect(top_left, QSize(self._width, self._line))
