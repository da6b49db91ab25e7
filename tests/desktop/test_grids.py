"""Grids of many cells: where each lies, and that no more of them are painted than must be."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QModelIndex, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from desktop import theme, thumbnails
from desktop.background import Background
from desktop.models.rows import RowModel
from desktop.thumbnails import AHEAD, PictureKey, Thumbnails
from desktop.widgets.cards import FACE, LOOK, Card, CardView
from desktop.widgets.sections import Heading, Sections

CELL = QSize(50, 70)


class Cards(RowModel[Card]):
    def value(self, row: Card, role: int) -> object:
        return row if role == LOOK else row.title


class Shelf(QObject):
    """Thumbnails of which the test says when they come."""

    ready = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.painting = threading.RLock()
        self.there: dict[PictureKey, QPixmap] = {}

    def get(self, key: PictureKey) -> QPixmap | None:
        return self.there.get(key)

    def bring(self, path: str) -> None:
        key = PictureKey(path, FACE, None, FACE / 2)
        self.there[key] = QPixmap(FACE, FACE)
        self.there[key].fill(Qt.GlobalColor.red)
        self.ready.emit(key)


@pytest.fixture
def shelf(qapp: object) -> Shelf:
    return Shelf()


@pytest.fixture
def view(qtbot: QtBot, shelf: Shelf) -> CardView:
    """Four cards in a line, at rest."""
    view, model = CardView(shelf, "Cards"), Cards(lambda card: card.title)  # type: ignore[arg-type]
    qtbot.addWidget(view)
    model.setParent(view)
    model.replace([Card(f"card {n}", "", PictureKey(f"{n}.jpg", FACE)) for n in range(4)])
    view.setModel(model)
    view.show_headings((Heading("", "", 4),))
    view.resize(700, 300)
    with qtbot.waitExposed(view):
        view.show()
    qtbot.wait(50)
    return view


def painted(view: CardView, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows that are painted from now on."""
    rows, paint = [], view.delegate.paint

    def note(painter: object, option: object, index: QModelIndex) -> None:
        rows.append(index.row())
        paint(painter, option, index)  # type: ignore[arg-type]

    monkeypatch.setattr(view.delegate, "paint", note)
    return rows


def test_a_picture_that_came_paints_its_cell_alone(
    qtbot: QtBot, view: CardView, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = painted(view, monkeypatch)
    shelf.bring("2.jpg")
    shelf.bring("0.jpg")
    shelf.bring("of nobody here.jpg")
    qtbot.waitUntil(lambda: set(rows) == {0, 2})
    qtbot.wait(60)
    assert sorted(rows) == [0, 2]
    middle = view.visualRect(view.model().index(2, 0)).center()
    assert view.viewport().grab().toImage().pixelColor(middle.x(), middle.y() - 20) == Qt.GlobalColor.red


def test_cards_wear_the_colours_of_now(qapp: object, view: CardView) -> None:
    face = view.visualRect(view.model().index(1, 0)).center()
    seen = {}
    try:
        for looks in (theme.LIGHT, theme.DARK):
            theme.apply(qapp, looks)  # type: ignore[arg-type]
            seen[looks] = view.viewport().grab().toImage().pixelColor(face.x(), face.y() - 20)
            assert seen[looks] == theme.colour("picture")
    finally:
        theme.apply(qapp, theme.DARK)  # type: ignore[arg-type]
    assert seen[theme.LIGHT] != seen[theme.DARK]


def test_decoding_waits_while_cells_are_painted_and_goes_on_after_a_fault(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [str(tmp_path / f"{number}.png") for number in range(3 * AHEAD)]
    for path in paths:
        Image.new("RGB", (8, 8)).save(path)
    begun, faults, real = [], [], thumbnails.decode

    def decode(key: PictureKey):  # type: ignore[no-untyped-def]
        begun.append(key.path)
        if key.path == paths[-1]:
            raise ZeroDivisionError
        return real(key)

    monkeypatch.setattr(thumbnails, "decode", decode)
    background = Background(faults.append)
    store = Thumbnails(background)
    with store.painting:
        for path in paths:
            store.get(PictureKey(path, 8))
        qtbot.wait(50)
        assert begun == []
    qtbot.waitUntil(lambda: not background.busy)
    assert begun[:2] == paths[:-3:-1] or begun[:2] == paths[-2:]  # two threads, the newest wish first
    assert sorted(begun) == sorted(paths)
    assert [type(fault) for fault in faults] == [ZeroDivisionError]
    background.close()


@given(st.lists(st.integers(0, 40), max_size=4), st.integers(40, 400))
def test_each_cell_is_found_where_it_lies(counts: list[int], width: int) -> None:
    sections = Sections(CELL)
    sections.arrange(tuple(Heading("Some", "", count) for count in counts), width)
    rows = range(sum(counts))
    cells = [sections.cell(row) for row in rows]
    assert all(sections.row_at(cell.center().x(), cell.center().y()) == row for row, cell in enumerate(cells))
    assert list(sections.cells_in(QRect(0, 0, 1000, sections.height))) == list(enumerate(cells))
    assert all(cell.bottom() < sections.height for cell in cells)
    assert all(sections.below(row) >= row >= sections.above(row) for row in rows)
    assert not sections.cell(len(rows)).isValid()
