"""Painting on a start photo what is made anew: with the mouse, by keys, from the album's faces."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from window_steps import read, settle

from core import masks
from core.library import jobs, photos
from desktop.app import COMPOSE, Application
from desktop.pages.paint_dialog import PaintDialog
from desktop.widgets.paint_canvas import PaintCanvas

SQUARE = (200, 200)


@pytest.fixture
def canvas(qtbot: QtBot, dressed: None) -> PaintCanvas:
    made = PaintCanvas(*SQUARE)
    qtbot.addWidget(made)
    made.resize(400, 400)
    made.show()
    return made


def white(canvas: PaintCanvas, x: int, y: int) -> bool:
    return QImage.fromData(canvas.png).pixelColor(x, y).value() == 255


def drag(qtbot: QtBot, canvas: PaintCanvas, *points: tuple[int, int], button: Qt.MouseButton) -> None:
    qtbot.mousePress(canvas, button, pos=QPoint(*points[0]))
    for each in points[1:]:
        qtbot.mouseMove(canvas, QPoint(*each))
    qtbot.mouseRelease(canvas, button, pos=QPoint(*points[-1]))


def test_dragging_paints_and_the_right_button_erases(qtbot: QtBot, canvas: PaintCanvas) -> None:
    assert canvas.empty
    drag(qtbot, canvas, (100, 200), (300, 200), button=Qt.MouseButton.LeftButton)
    assert [white(canvas, x, 100) for x in (50, 100, 150)] == [True] * 3
    assert not white(canvas, 100, 20)
    drag(qtbot, canvas, (200, 180), (200, 220), button=Qt.MouseButton.RightButton)
    assert [white(canvas, x, 100) for x in (50, 100, 150)] == [True, False, True]
    assert not canvas.empty


def test_every_stroke_is_taken_back(qtbot: QtBot, canvas: PaintCanvas) -> None:
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    canvas.invert()
    assert [white(canvas, *at) for at in ((50, 50), (150, 150))] == [False, True]
    canvas.undo()
    assert [white(canvas, *at) for at in ((50, 50), (150, 150))] == [True, False]
    canvas.undo()
    assert canvas.empty
    assert not canvas.can_undo


def test_keys_move_the_brush_paint_and_size_it(qtbot: QtBot, canvas: PaintCanvas) -> None:
    before = canvas.brush
    qtbot.keyClick(canvas, "]")
    assert canvas.brush > before
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert white(canvas, 104, 100)
    for _ in range(40):
        qtbot.keyClick(canvas, "[")
    assert canvas.brush == 0.005


def opened(qtbot: QtBot, application: Application, photo: str) -> PaintDialog:
    application.window.open_page(COMPOSE)
    application.compose.settings.start.show_photo(photo)
    application.compose.settings.start._part.click()
    settle(qtbot, application)
    return application.window.findChildren(PaintDialog)[-1]


@pytest.fixture
def adas(named: Application) -> str:
    return next(path for path in read(named, photos.paths) if Path(path).name == "ada0.jpg")


def test_a_painted_part_is_queued_and_comes_back_with_the_settings(
    qtbot: QtBot, named: Application, adas: str
) -> None:
    named.studio.runner.pause()
    dialog = opened(qtbot, named, adas)
    assert not dialog._ok.isEnabled()
    qtbot.mouseClick(dialog.canvas, Qt.MouseButton.LeftButton, pos=dialog.canvas.rect().center())
    dialog._feather.value = 0.05
    dialog._ok.click()
    start = named.compose.settings.start
    qtbot.waitUntil(lambda: start.inside is not None)
    assert start.strength.value == 0.9
    named.compose.editor.setPlainText("a photo of @ben")
    qtbot.waitUntil(named.compose._add.isEnabled)
    named.compose._add.click()
    qtbot.waitUntil(lambda: read(named, jobs.peek) is not None)
    spec = read(named, jobs.peek)
    assert (spec.start.inside.feather, spec.start.strength) == (0.05, 0.9)
    start.show_photo("")
    assert named.compose.wish.inside is None
    named.compose.load(spec)
    settle(qtbot, named)
    again = opened_again(qtbot, named)
    assert not again.canvas.empty
    assert again._feather.value == 0.05


def opened_again(qtbot: QtBot, application: Application) -> PaintDialog:
    application.compose.settings.start._part.click()
    settle(qtbot, application)
    return application.window.findChildren(PaintDialog)[-1]


def test_a_face_of_the_album_is_painted_by_its_button(qtbot: QtBot, named: Application, adas: str) -> None:
    dialog = opened(qtbot, named, adas)
    assert [dialog._whose.itemText(at) for at in range(dialog._whose.count())] == ["Ada"]
    dialog._face_button.click()
    assert QImage.fromData(dialog.canvas.png).pixelColor(50, 45).value() == 255
    assert QImage.fromData(dialog.canvas.png).pixelColor(5, 85).value() == 0


def test_a_whole_person_is_found_by_the_worker(qtbot: QtBot, named: Application, adas: str) -> None:
    dialog = opened(qtbot, named, adas)
    dialog._person.click()
    assert not dialog._person.isEnabled()
    qtbot.waitUntil(lambda: not dialog.canvas.empty)
    assert dialog._person.isEnabled()


def test_a_photo_without_known_faces_says_so(qtbot: QtBot, named: Application, tmp_path: Path) -> None:
    file = tmp_path / "stranger.png"
    Image.new("RGB", (90, 60), "teal").save(file)
    dialog = opened(qtbot, named, str(file))
    assert not dialog._whose.isVisible()


def test_a_dialog_that_was_closed_takes_no_outline_any_more(
    qtbot: QtBot, named: Application, adas: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(masks, "person", lambda *_: asked.append(1) or Image.new("L", (9, 9), 255))
    dialog = opened(qtbot, named, adas)
    dialog._person.click()
    dialog.reject()
    qtbot.waitUntil(lambda: bool(asked))
    settle(qtbot, named)
    qtbot.waitUntil(lambda: "outline" in named.window.messages.words)
