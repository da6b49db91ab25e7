"""An object from a photo: a box, what is cut out of it, and the mask corrected with brush and eraser."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from window_steps import read, settle, subject

from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.library import subjects
from core.library.tables import Reference
from desktop.app import Application
from desktop.pages.mask_dialog import MaskDialog
from desktop.pages.object_dialog import ObjectDialog
from desktop.widgets.mask_canvas import MaskCanvas
from desktop.widgets.photo_box import PhotoBox


@pytest.fixture
def canvas(qtbot: QtBot, dressed: None) -> MaskCanvas:
    made = MaskCanvas()
    qtbot.addWidget(made)
    made.resize(300, 300)
    mask = QImage(100, 100, QImage.Format.Format_Grayscale8)
    mask.fill(255)
    made.show_pictures(QImage(100, 100, QImage.Format.Format_RGB32), mask)
    made.show()
    return made


def grey(canvas: MaskCanvas, x: int = 50, y: int = 50) -> int:
    return canvas.mask.pixelColor(x, y).red()


def test_eraser_and_brush_paint_and_a_stroke_is_taken_back(qtbot: QtBot, canvas: MaskCanvas) -> None:
    canvas.set_erasing(True)
    with qtbot.waitSignal(canvas.changed):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    assert (grey(canvas), grey(canvas, 5, 5)) == (0, 255)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, QPoint(150, 150))
    assert grey(canvas) == 255, "with Alt the eraser is a brush"
    canvas.undo()
    assert grey(canvas) == 0
    canvas.undo()
    assert grey(canvas) == 255
    assert not canvas.can_undo


def test_a_mask_is_painted_by_keys_alone(qtbot: QtBot, canvas: MaskCanvas) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_X)
    qtbot.keyClick(canvas, Qt.Key.Key_BracketRight)
    for _ in range(5):
        qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert canvas.brush == pytest.approx(0.144)
    assert (grey(canvas, 60, 50), grey(canvas, 40, 50)) == (0, 255)


def test_a_box_is_drawn_moved_sized_and_taken_away(qtbot: QtBot, dressed: None) -> None:
    box = PhotoBox()
    qtbot.addWidget(box)
    box.resize(302, 302)
    box.show_photo(QImage(300, 300, QImage.Format.Format_RGB32), None)
    box.show()
    qtbot.mousePress(box, Qt.MouseButton.LeftButton, pos=QPoint(61, 61))
    qtbot.mouseMove(box, QPoint(151, 181))
    qtbot.mouseRelease(box, Qt.MouseButton.LeftButton, pos=QPoint(151, 181))
    assert box.box == pytest.approx((0.2, 0.2, 0.5, 0.6), abs=0.01)
    qtbot.keyClick(box, Qt.Key.Key_Right)
    assert box.box == pytest.approx((0.22, 0.2, 0.52, 0.6), abs=0.01)
    qtbot.keyClick(box, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert box.box == pytest.approx((0.22, 0.2, 0.52, 0.62), abs=0.01)
    qtbot.keyClick(box, Qt.Key.Key_Delete)
    assert box.box is None


def add_object(application: Application, photo: Path) -> ObjectDialog:
    application.people.add_object()
    dialog = application.window.findChildren(ObjectDialog)[-1]
    dialog._name.setText("Strat")
    dialog._noun.setCurrentText("guitar")
    dialog.take([photo])
    return dialog


def test_what_is_cut_out_of_a_box_is_corrected_and_kept(
    qtbot: QtBot, filled: Application, album: Path
) -> None:
    dialog = add_object(filled, album / "guitar.jpg")
    settle(qtbot, filled)
    dialog.box.box = (0.1, 0.2, 0.5, 0.6)
    dialog.box.changed.emit()
    dialog._cut_out.click()
    qtbot.waitUntil(lambda: dialog.photos[0].made is not None)
    settle(qtbot, filled)
    assert dialog._stack.currentWidget() is dialog.mask
    before = dialog.photos[0].made.mask
    dialog.mask.canvas.set_erasing(True)
    qtbot.mouseClick(dialog.mask.canvas, Qt.MouseButton.LeftButton, pos=dialog.mask.canvas.rect().center())
    dialog.accept()
    qtbot.waitUntil(lambda: subject(filled, "Strat") is not None)
    (row,) = read(filled, lambda s: subjects.references(s, subject(filled, "Strat").id))
    assert row.box == pytest.approx((10, 20, 50, 60))
    assert row.mask != before
    with Image.open(filled.home.reference(row.mask)) as kept:
        assert kept.mode == "L"
        assert kept.getpixel((kept.width // 2, kept.height // 2)) == 0
        assert kept.getpixel((2, 2)) == 255


def test_what_was_cut_out_and_not_kept_leaves_no_file(qtbot: QtBot, filled: Application, album: Path) -> None:
    dialog = add_object(filled, album / "guitar.jpg")
    dialog._cut_out.click()
    qtbot.waitUntil(lambda: dialog.photos[0].made is not None)
    crop = filled.home.reference(dialog.photos[0].made.crop)
    assert crop.exists()
    dialog.reject()
    settle(qtbot, filled)
    assert not crop.exists()


def test_a_photo_that_cannot_be_cut_out_is_told_in_the_dialog(
    qtbot: QtBot, filled: Application, album: Path, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: object) -> None:
        raise KnownError("Nothing stands out in this photo.")

    monkeypatch.setattr(engine, "prepare", nothing)
    dialog = add_object(filled, album / "guitar.jpg")
    dialog._cut_out.click()
    qtbot.waitUntil(lambda: "Nothing stands out" in dialog._said.text())
    assert dialog._cut_out.isEnabled()


def test_a_references_mask_is_corrected_and_its_hints_are_kept(qtbot: QtBot, named: Application) -> None:
    ada = subject(named, "Ada")
    named.people.select(ada.id)
    part = named.people.panel._references
    qtbot.waitUntil(lambda: part.flow.count() == 3)
    settle(qtbot, named)
    rows = read(named, lambda s: subjects.references(s, ada.id))
    assert all("blurred" in (row.hints or ()) and "small" in (row.hints or ()) for row in rows)
    part.show_mask(rows[0])
    dialog = named.window.findChildren(MaskDialog)[-1]
    qtbot.waitUntil(lambda: not dialog.editor.canvas.mask.isNull())
    dialog.editor._eraser.click()
    qtbot.mouseClick(
        dialog.editor.canvas, Qt.MouseButton.LeftButton, pos=dialog.editor.canvas.rect().center()
    )
    dialog.accept()
    qtbot.waitUntil(lambda: read(named, lambda s: s.get(Reference, rows[0].id).mask) != rows[0].mask)
