"""Small pictures that come later reach who still waits for them, and nobody else."""

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from desktop.arrivals import Arrivals
from desktop.thumbnails import PictureKey
from desktop.widgets.reference_tile import Thumb

ONE, TWO = PictureKey("one.jpg", 40), PictureKey("two.jpg", 40)


class Shelf(QObject):
    """Thumbnails of which the test says when they come."""

    ready = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.there: dict[PictureKey, QPixmap] = {}

    def get(self, key: PictureKey) -> QPixmap | None:
        return self.there.get(key)

    def bring(self, key: PictureKey) -> QPixmap:
        self.there[key] = QPixmap(4, 4)
        self.ready.emit(key)
        return self.there[key]


@pytest.fixture
def shelf(qapp: object) -> Shelf:
    return Shelf()


def test_a_picture_for_what_is_shown_no_more_comes_too_late(qtbot: QtBot, shelf: Shelf) -> None:
    arrivals, thumb = Arrivals(shelf, shelf), Thumb(40)  # type: ignore[arg-type]
    qtbot.addWidget(thumb)
    arrivals.show(thumb, ONE)
    arrivals.show(thumb, TWO)
    shelf.bring(ONE)
    assert thumb._picture is None
    assert shelf.bring(TWO) is thumb._picture
    arrivals.show(thumb, None)
    assert thumb._picture is None


def test_a_frame_that_is_gone_is_passed_over(qtbot: QtBot, shelf: Shelf) -> None:
    arrivals, gone, there = Arrivals(shelf, shelf), Thumb(40), Thumb(40)  # type: ignore[arg-type]
    qtbot.addWidget(there)
    for thumb in (gone, there):
        arrivals.show(thumb, ONE)
    gone.deleteLater()
    with qtbot.waitSignal(gone.destroyed):
        pass
    assert shelf.bring(ONE) is there._picture
