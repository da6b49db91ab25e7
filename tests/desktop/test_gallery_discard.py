"""Pictures go from the gallery to the trash and come back; they are tried again until people are alike."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from window_steps import enqueue, read, settle

from core.library import gallery, jobs
from desktop.app import GALLERY, Application

CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


class Bin:
    """Stands for Qt's file that moves itself to the trash: the user's own is left alone."""

    folder: Path
    there = True

    def __init__(self, name: str) -> None:
        self._file = Path(name)

    def moveToTrash(self) -> bool:
        if self.there:
            self._file = self._file.replace(self.folder / self._file.name)
        return self.there

    def fileName(self) -> str:
        return str(self._file)


@pytest.fixture
def bin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[Bin]:
    Bin.folder, Bin.there = tmp_path / "Trash" / "files", True
    Bin.folder.mkdir(parents=True)
    monkeypatch.setattr("desktop.trash.QFile", Bin)
    return Bin


@pytest.fixture
def finished(qtbot: QtBot, named: Application, bin: type[Bin]) -> Application:
    """Three pictures, the newest first; the newest is chosen."""
    enqueue(qtbot, named, "@ada on the beach", count=3)
    qtbot.waitUntil(lambda: len(named.gallery.model.ids) == 3)
    named.window.open_page(GALLERY)
    named.gallery.open_picture(named.gallery.model.ids[0])
    settle(qtbot, named)
    return named


def press(qtbot: QtBot, application: Application, key: Qt.Key, how: Qt.KeyboardModifier = NONE) -> None:
    application.gallery.view.setFocus()
    qtbot.keyClick(application.gallery.view, key, how)
    settle(qtbot, application)


def ids(application: Application) -> list[int]:
    return [row.id for row in read(application, gallery.rows)]


def answer(qtbot: QtBot, application: Application, words: str) -> None:
    """Presses the button of the question that begins with these words."""
    question = application.gallery.discarding.question
    (wanted,) = [each for each in question.buttons() if each.text().startswith(words)]
    qtbot.mouseClick(wanted, Qt.MouseButton.LeftButton)
    settle(qtbot, application)


def test_delete_moves_to_the_trash_and_ctrl_z_brings_back(
    qtbot: QtBot, finished: Application, bin: type[Bin]
) -> None:
    rows = read(finished, gallery.rows)
    press(qtbot, finished, Qt.Key.Key_Delete)
    assert ids(finished) == [row.id for row in rows[1:]]
    assert [file.name for file in bin.folder.iterdir()] == [Path(rows[0].path).name]
    assert finished.gallery.current_id == rows[1].id
    assert finished.window.messages.words == "1 picture moved to the trash."
    press(qtbot, finished, Qt.Key.Key_Z, CTRL)
    assert read(finished, gallery.rows) == rows
    assert Path(rows[0].path).exists()
    assert "back in the gallery" in finished.window.messages.words


def test_several_go_at_once(qtbot: QtBot, finished: Application) -> None:
    finished.gallery.view.selectAll()
    press(qtbot, finished, Qt.Key.Key_Delete)
    assert ids(finished) == []
    finished.window.messages._do()
    settle(qtbot, finished)
    assert len(ids(finished)) == 3


def test_changes_are_taken_back_in_their_order(qtbot: QtBot, finished: Application) -> None:
    first = finished.gallery.current_id
    press(qtbot, finished, Qt.Key.Key_4)
    press(qtbot, finished, Qt.Key.Key_Delete)
    for _ in range(2):
        press(qtbot, finished, Qt.Key.Key_Z, CTRL)
    assert [row.rating for row in read(finished, gallery.rows)] == [0, 0, 0]
    assert first in ids(finished)


def test_the_rejected_ones_of_what_is_shown_go_after_a_question(qtbot: QtBot, finished: Application) -> None:
    for _ in range(2):
        press(qtbot, finished, Qt.Key.Key_X)
    finished.gallery.delete_rejected()
    settle(qtbot, finished)
    assert "2 pictures of what is shown" in finished.gallery.discarding.question.text()
    answer(qtbot, finished, "Keep")
    assert len(ids(finished)) == 3
    finished.gallery.delete_rejected()
    settle(qtbot, finished)
    answer(qtbot, finished, "Move 2 pictures")
    assert len(ids(finished)) == 1
    finished.gallery.delete_rejected()
    settle(qtbot, finished)
    assert "None of the pictures shown is rejected" in finished.window.messages.words


def test_where_there_is_no_trash_nothing_goes_before_it_is_said(
    qtbot: QtBot, finished: Application, bin: type[Bin]
) -> None:
    bin.there = False
    press(qtbot, finished, Qt.Key.Key_Delete)
    assert len(ids(finished)) == 3
    assert "there is no trash" in finished.window.messages.words
    finished.window.messages._do()
    answer(qtbot, finished, "Delete 1 picture")
    assert len(ids(finished)) == 2


def test_pictures_are_tried_again_until_they_are_alike(
    qtbot: QtBot, finished: Application, open_menu: Callable[[], list[str]]
) -> None:
    assert "Try again until they are alike…" in open_menu()
    finished.gallery.try_again()
    dialog = finished.gallery.trying.dialog
    dialog.fields.score.setValue(0.9)
    dialog.fields.tries.setValue(3)
    dialog.fields.keep.setCurrentIndex(1)
    assert dialog._most.text() == "At most 3 pictures."
    dialog.accept()
    qtbot.waitUntil(lambda: len(ids(finished)) == 6)
    settle(qtbot, finished)
    made = read(finished, gallery.rows)[:3]
    assert sorted(row.flag for row in made) == ["", "rejected", "rejected"]
    assert "Try 3 of 3, until likeness 0.90" in detail(finished, made[0].job_id)


@pytest.fixture
def open_menu(finished: Application) -> Callable[[], list[str]]:
    def titles() -> list[str]:
        finished.gallery.menu.fill([])
        return [action.text() for action in finished.gallery.menu.menu.actions()]

    return titles


def detail(application: Application, job: int) -> str:
    model = application.queue.model
    return model.look(model.rows[model.find(job)]).detail


def test_what_waits_may_be_tried_again_or_no_more_than_once(qtbot: QtBot, finished: Application) -> None:
    finished.queue.do.pause()
    settle(qtbot, finished)
    enqueue(qtbot, finished, "@ada in the snow")
    (waiting,) = [row.id for row in read(finished, jobs.rows) if row.state == "queued"]
    finished.queue._choose({waiting})
    finished.queue.do.ask_tries()
    finished.queue.do.tries.accept()
    settle(qtbot, finished)
    assert read(finished, lambda s: jobs.spec_of(s, waiting)).until.tries == 8
    finished.queue._choose({waiting})
    finished.queue.do.try_once()
    settle(qtbot, finished)
    assert read(finished, lambda s: jobs.spec_of(s, waiting)).until is None
