"""The queue as the user handles it: states, order, pause, retry, and a restart."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from pytestqt.qtbot import QtBot
from window_steps import enqueue, read, settle

from core.engine.fake import FakeEngine
from core.library import gallery, jobs
from desktop.app import GALLERY, QUEUE, Application
from desktop.widgets.cards import LOOK


@pytest.fixture
def waiting(qtbot: QtBot, named: Application) -> Application:
    """Three pictures wait; the queue is paused."""
    named.queue.pause_or_resume()
    qtbot.waitUntil(lambda: named.queue._pause.text() == "Resume")
    enqueue(qtbot, named, "one @ada\ntwo @ada\nthree @ben")
    qtbot.waitUntil(lambda: texts(named) == ["one @ada", "two @ada", "three @ben"])
    named.window.open_page(QUEUE)
    return named


def texts(application: Application) -> list[str]:
    return [row.text for row in application.queue.model.rows]


def states(application: Application) -> list[str]:
    return [row.state for row in application.queue.model.rows]


def select(application: Application, *places: int) -> None:
    view = application.queue.view
    view.setFocus()
    view.clearSelection()
    view.selectionModel().setCurrentIndex(
        view.model().index(places[0]), QItemSelectionModel.SelectionFlag.NoUpdate
    )
    for place in places:
        view.selectionModel().select(view.model().index(place), QItemSelectionModel.SelectionFlag.Select)


def test_an_empty_queue_leads_to_compose(application: Application) -> None:
    assert application.queue._stack.currentIndex() == 0


def test_pausing_holds_and_resuming_makes_the_pictures(qtbot: QtBot, waiting: Application) -> None:
    assert waiting.queue._reason.text() == "Paused by you."
    assert "3 pictures waiting" in waiting.queue._summary.text()
    waiting.queue._pause.click()
    qtbot.waitUntil(lambda: states(waiting) == ["done"] * 3)
    assert waiting.queue._pause.text() == "Pause"
    looks = [waiting.queue.model.index(at).data(LOOK) for at in range(3)]
    assert all(look.picture.endswith(".png") for look in looks)


def test_progress_previews_and_time_are_shown_while_rendering(
    qtbot: QtBot, waiting: Application, engine: FakeEngine
) -> None:
    engine.step_seconds = 0.03
    waiting.queue._pause.click()

    def first():  # type: ignore[no-untyped-def]
        return waiting.queue.model.index(0).data(LOOK)

    qtbot.waitUntil(lambda: first().state == "Rendering" and (first().progress or 0) > 0.2)
    assert first().preview is not None
    assert "step" in first().aside
    assert "left" in first().aside
    assert waiting.window.footer._work.text().startswith("Rendering")


def test_cancelling_takes_only_what_is_selected(qtbot: QtBot, waiting: Application) -> None:
    select(waiting, 1)
    qtbot.keyClick(waiting.queue.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: sorted(states(waiting)) == ["cancelled", "queued", "queued"])
    assert texts(waiting) == ["one @ada", "three @ben", "two @ada"]


def test_what_failed_says_why_and_can_be_retried(
    qtbot: QtBot, named: Application, engine: FakeEngine
) -> None:
    enqueue(qtbot, named, "FAIL @ada")
    qtbot.waitUntil(lambda: states(named) == ["failed"])
    assert named.queue.model.index(0).data(LOOK).detail == "The fake engine was told to fail."
    assert "The others go on." in named.window.messages.words
    renders = engine.calls["render"]
    named.queue._retry.click()
    qtbot.waitUntil(lambda: engine.calls["render"] == renders + 1)
    qtbot.waitUntil(lambda: states(named) == ["failed"])


def test_finished_rows_are_cleared_and_pictures_stay(qtbot: QtBot, named: Application) -> None:
    enqueue(qtbot, named, "a photo of @ada", count=2)
    qtbot.waitUntil(lambda: states(named) == ["done", "done"])
    named.queue._clear.click()
    qtbot.waitUntil(lambda: states(named) == [])
    assert read(named, gallery.count) == 2


def test_keys_reorder_what_waits(qtbot: QtBot, waiting: Application) -> None:
    select(waiting, 2)
    qtbot.keyClick(waiting.queue.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert texts(waiting) == ["one @ada", "three @ben", "two @ada"]
    settle(qtbot, waiting)
    assert [row.text for row in read(waiting, jobs.rows)] == ["one @ada", "three @ben", "two @ada"]
    select(waiting, 0)
    qtbot.keyClick(waiting.queue.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    settle(qtbot, waiting)
    assert [row.text for row in read(waiting, jobs.rows)] == ["three @ben", "one @ada", "two @ada"]


def test_dragging_reorders_what_waits(qtbot: QtBot, waiting: Application) -> None:
    model = waiting.queue.model
    assert model.moveRows(QModelIndex(), 0, 1, QModelIndex(), 3)
    settle(qtbot, waiting)
    assert [row.text for row in read(waiting, jobs.rows)] == ["two @ada", "three @ben", "one @ada"]
    assert texts(waiting) == ["two @ada", "three @ben", "one @ada"]


def test_what_is_over_cannot_be_dragged(qtbot: QtBot, waiting: Application) -> None:
    select(waiting, 0)
    waiting.queue.do.cancel()
    qtbot.waitUntil(lambda: "cancelled" in states(waiting))
    model = waiting.queue.model
    over = states(waiting).index("cancelled")
    assert not model.moveRows(QModelIndex(), over, 1, QModelIndex(), 0)
    assert not model.flags(model.index(over)) & Qt.ItemFlag.ItemIsDragEnabled


def test_a_finished_row_opens_its_picture(qtbot: QtBot, named: Application) -> None:
    enqueue(qtbot, named, "a photo of @ada", count=2)
    qtbot.waitUntil(lambda: states(named) == ["done", "done"])
    settle(qtbot, named)
    named.queue.view.activated.emit(named.queue.model.index(1))
    assert named.window.page == GALLERY
    assert named.gallery.selected[0].id == named.queue.model.rows[1].picture_id


def test_the_queue_survives_a_restart(
    qtbot: QtBot, waiting: Application, open_window: Callable[[], Application]
) -> None:
    again = open_window()
    qtbot.waitUntil(lambda: texts(again) == ["one @ada", "two @ada", "three @ben"])
    assert again.queue._pause.text() == "Resume"
