"""Boxes on the canvas of who is where: pulled by their edges, chosen by a click."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from desktop import theme
from desktop.widgets.region_canvas import Placed, RegionCanvas


@pytest.fixture
def canvas(qtbot: QtBot, dressed: None) -> RegionCanvas:
    """400 × 400 with two boxes; the first one's is chosen."""
    made = RegionCanvas(100, 100)
    qtbot.addWidget(made)
    made.resize(402, 402)
    with qtbot.waitExposed(made):
        made.show()
    colour = theme.colour("subject-1")
    made.show_placed(
        [Placed("Ada", colour, (0.1, 0.2, 0.4, 0.9)), Placed("Ben", colour, (0.6, 0.2, 0.9, 0.9))], 0
    )
    return made


def drag(qtbot: QtBot, canvas: RegionCanvas, begin: tuple[float, float], end: tuple[float, float]) -> None:
    places = [QPoint(round(1 + x * 400), round(1 + y * 400)) for x, y in (begin, end)]
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=places[0])
    qtbot.mouseMove(canvas, places[1])
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=places[1])


@pytest.mark.parametrize(
    ("begin", "end", "box"),
    [
        ((0.4, 0.5), (0.5, 0.7), (0.1, 0.2, 0.5, 0.9)),
        ((0.1, 0.2), (0.05, 0.1), (0.05, 0.1, 0.4, 0.9)),
        ((0.25, 0.9), (0.25, 0.6), (0.1, 0.2, 0.4, 0.6)),
        ((0.1, 0.5), (0.5, 0.5), (0.4, 0.2, 0.5, 0.9)),
        ((0.25, 0.5), (0.35, 0.5), (0.2, 0.2, 0.5, 0.9)),
        ((0.45, 0.0), (0.55, 0.1), (0.45, 0.0, 0.55, 0.1)),
    ],
    ids=["right edge", "corner", "bottom edge", "turned over", "moved", "drawn anew"],
)
def test_a_box_is_pulled_moved_and_drawn(
    qtbot: QtBot,
    canvas: RegionCanvas,
    begin: tuple[float, float],
    end: tuple[float, float],
    box: tuple[float, ...],
) -> None:
    drag(qtbot, canvas, begin, end)
    assert canvas.placed[0].box == pytest.approx(box, abs=0.006)


def test_a_click_on_anothers_box_chooses_it(qtbot: QtBot, canvas: RegionCanvas) -> None:
    with qtbot.waitSignal(canvas.picked) as picked:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    assert picked.args == [1]
    assert canvas.placed[1].box == (0.6, 0.2, 0.9, 0.9)


def test_the_pointer_tells_what_a_drag_would_do(qtbot: QtBot, canvas: RegionCanvas) -> None:
    for at, shape in (
        ((0.4, 0.5), Qt.CursorShape.SizeHorCursor),
        ((0.25, 0.2), Qt.CursorShape.SizeVerCursor),
        ((0.1, 0.2), Qt.CursorShape.SizeFDiagCursor),
        ((0.4, 0.2), Qt.CursorShape.SizeBDiagCursor),
        ((0.25, 0.5), Qt.CursorShape.CrossCursor),
    ):
        qtbot.mouseMove(canvas, QPoint(round(1 + at[0] * 400), round(1 + at[1] * 400)))
        assert canvas.cursor().shape() == shape
