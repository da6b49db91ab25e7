"""Zooming and moving what one paints on: wheel, keys, space bar, middle button, two fingers."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QNativeGestureEvent, QPixmap, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.widgets.mask_editor import MaskEditor
from desktop.widgets.paint_canvas import PaintCanvas
from desktop.widgets.photo_box import PhotoBox
from desktop.widgets.zoom_bar import ZoomBar
from desktop.widgets.zoomed import STEP, Zoomed

SIDE, PHOTO = 400, 200


@pytest.fixture
def canvas(qtbot: QtBot, dressed: None) -> PaintCanvas:
    made = PaintCanvas(PHOTO, PHOTO)
    qtbot.addWidget(made)
    made.resize(SIDE, SIDE)
    made.show()
    return made


def turn(view: Zoomed, at: QPointF, notches: int, keys: Qt.KeyboardModifier) -> None:
    where = view.mapToGlobal(at)
    event = QWheelEvent(
        at, where, QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def close_up(view: Zoomed, notches: int = 5, at: QPointF | None = None) -> None:
    turn(view, at or QPointF(SIDE / 2, SIDE / 2), notches, Qt.KeyboardModifier.ControlModifier)


def drag(qtbot: QtBot, view: Zoomed, start: QPoint, end: QPoint, button: Qt.MouseButton) -> None:
    qtbot.mousePress(view, button, pos=start)
    qtbot.mouseMove(view, end)
    qtbot.mouseRelease(view, button, pos=end)


def widths(canvas: PaintCanvas, y: int) -> int:
    """How many pixels of a line of the photo are painted."""
    mask = QImage.fromData(canvas.png)
    return sum(mask.pixelColor(x, y).value() > 127 for x in range(mask.width()))


def test_ctrl_and_the_wheel_zoom_about_the_pointer(canvas: PaintCanvas) -> None:
    at = QPointF(300, 100)
    under, brush = canvas.part(at), canvas.brush
    close_up(canvas, 3, at)
    assert canvas.viewport.zoom == pytest.approx(STEP**3)
    assert (canvas.part(at) - under).manhattanLength() < 1e-6
    assert canvas.brush == brush
    turn(canvas, at, 1, Qt.KeyboardModifier.NoModifier)
    assert canvas.brush > brush, "without Ctrl it sizes the brush"
    assert canvas.viewport.zoom == pytest.approx(STEP**3)


def test_two_fingers_on_a_touchpad_zoom(canvas: PaintCanvas) -> None:
    at = QPointF(100, 100)
    under = canvas.part(at)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice(), 2, at, at,
        canvas.mapToGlobal(at), 0.5, QPointF(),
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
    assert canvas.viewport.zoom == pytest.approx(1.5)
    assert (canvas.part(at) - under).manhattanLength() < 1e-6


def test_two_fingers_on_the_screen_zoom_and_take_back_what_the_first_began(
    qtbot: QtBot, canvas: PaintCanvas
) -> None:
    screen = QTest.createTouchDevice()
    left, right = QPoint(180, 200), QPoint(220, 200)
    touch = QTest.touchEvent(canvas, screen, False)
    touch.press(0, left, canvas).press(1, right, canvas)
    touch.commit()
    for _ in range(4):
        left, right = left - QPoint(20, 0), right + QPoint(20, 0)
        touch.move(0, left, canvas).move(1, right, canvas)
        touch.commit()
    touch.release(0, left, canvas).release(1, right, canvas)
    touch.commit()
    assert canvas.viewport.zoom == pytest.approx(5)
    assert (canvas.place(QPointF(0.5, 0.5)) - QPointF(200, 200)).manhattanLength() < 4
    assert canvas.empty


def test_the_brush_covers_the_same_of_the_photo_however_large_it_is_shown(
    qtbot: QtBot, canvas: PaintCanvas
) -> None:
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    before = widths(canvas, 50)
    canvas.clear()
    close_up(canvas, 6)
    at = canvas.place(QPointF(0.5, 0.45)).toPoint()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    assert widths(canvas, 90) == pytest.approx(before, abs=1)
    assert before == pytest.approx(0.08 * PHOTO, abs=1)


def test_keys_zoom_about_the_brush_and_show_all_again(qtbot: QtBot, canvas: PaintCanvas) -> None:
    qtbot.mouseMove(canvas, QPoint(100, 300))
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.viewport.zoom == pytest.approx(STEP**2)
    assert (canvas.place(QPointF(0.25, 0.75)) - QPointF(100, 300)).manhattanLength() < 1e-6
    qtbot.keyClick(canvas, Qt.Key.Key_Equal)
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.viewport.zoom == pytest.approx(STEP**2)
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.target == canvas.rect().toRectF()


@pytest.mark.parametrize("space", [True, False])
def test_it_is_moved_by_the_middle_button_and_with_the_space_bar(
    qtbot: QtBot, canvas: PaintCanvas, space: bool
) -> None:
    close_up(canvas)
    before, cursor = canvas.target.topLeft(), canvas.cursor().shape()
    button = Qt.MouseButton.LeftButton if space else Qt.MouseButton.MiddleButton
    if space:
        qtbot.keyPress(canvas, Qt.Key.Key_Space)
        assert canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
    drag(qtbot, canvas, QPoint(200, 200), QPoint(230, 180), button)
    if space:
        qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert (canvas.target.topLeft() - before).toPoint() == QPoint(30, -20)
    assert canvas.empty, "nothing was painted by it"
    assert canvas.cursor().shape() == cursor


def test_arrow_keys_take_the_picture_along(qtbot: QtBot, canvas: PaintCanvas) -> None:
    close_up(canvas, 8)
    for _ in range(400):
        qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas._at.x() == 1.0
    assert canvas.rect().toRectF().contains(canvas.place(canvas._at))
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert not canvas.empty


def test_the_ring_is_as_wide_as_what_is_painted(qtbot: QtBot, canvas: PaintCanvas) -> None:
    """Both are seen on the screen: paint once, look how wide it is, then erase and look at the ring."""
    photo = QPixmap(PHOTO, PHOTO)
    photo.fill(Qt.GlobalColor.gray)
    canvas.show_picture(photo)
    close_up(canvas, 4)
    qtbot.mouseMove(canvas, QPoint(5, 5))
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    qtbot.mouseMove(canvas, QPoint(5, 5))
    seen = canvas.grab().toImage()
    line = [seen.pixelColor(x, 200) for x in range(SIDE)]
    painted = sum(colour.red() > colour.green() + 10 for colour in line)
    assert painted == pytest.approx(0.08 * canvas.target.width(), abs=3)


def test_a_box_is_drawn_on_the_part_that_is_seen(qtbot: QtBot, dressed: None) -> None:
    box = PhotoBox()
    qtbot.addWidget(box)
    box.resize(SIDE, SIDE)
    box.show_photo(QImage(300, 300, QImage.Format.Format_RGB32), None)
    box.show()
    close_up(box)
    corners = [box.place(QPointF(*at)).toPoint() for at in ((0.4, 0.45), (0.6, 0.55))]
    drag(qtbot, box, *corners, Qt.MouseButton.LeftButton)
    assert box.box == pytest.approx((0.4, 0.45, 0.6, 0.55), abs=0.005)
    before = box.target.topLeft()
    drag(qtbot, box, QPoint(200, 200), QPoint(190, 190), Qt.MouseButton.MiddleButton)
    assert box.target.topLeft() != before
    assert box.box == pytest.approx((0.4, 0.45, 0.6, 0.55), abs=0.005)


def test_buttons_do_it_too_and_say_how_large_it_is(qtbot: QtBot, dressed: None) -> None:
    editor = MaskEditor()
    qtbot.addWidget(editor)
    editor.canvas.show_pictures(QImage(64, 64, QImage.Format.Format_RGB32), QImage())
    editor.show()
    bar = editor.findChild(ZoomBar)
    assert not bar.out.isEnabled()
    bar.closer.click()
    assert bar.findChild(QLabel).text() == "× 1.4"
    bar.whole.click()
    assert editor.canvas.viewport.zoom == 1
