"""Every action on the queue's rows, by key, by menu, and its way back."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot
from test_queue_page import select, states, texts, waiting  # noqa: F401
from window_steps import enqueue, read, settle

from core.engine.fake import FakeEngine
from core.library import jobs, undo
from core.spec import RenderSpec
from desktop.app import Application
from desktop.pages.edit_job import EditJobDialog

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def three(waiting: Application) -> Application:  # noqa: F811
    """Three pictures wait; the queue is paused."""
    return waiting


def press(qtbot: QtBot, window: Application, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    held = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    qtbot.keyClick(window.queue.view, key, held)
    settle(qtbot, window)


def told(window: Application) -> str:
    return window.window.messages.words


def settings(window: Application, place: int) -> RenderSpec:
    """Of the row at this place, as the library has it now."""
    return read(window, lambda s: jobs.spec_of(s, window.queue.model.rows[place].id))  # type: ignore[no-any-return]


def open_settings(qtbot: QtBot, window: Application, *places: int) -> EditJobDialog:
    select(window, *places)
    before = window.queue.do.dialog
    window.queue.menus.edit.trigger()
    qtbot.waitUntil(lambda: window.queue.do.dialog not in (None, before))
    dialog = window.queue.do.dialog
    assert dialog
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def test_delete_is_taken_back_and_done_again_by_keys(qtbot: QtBot, three: Application) -> None:
    select(three, 0, 1)
    press(qtbot, three, Qt.Key.Key_Delete)
    assert told(three) == "2 pictures cancelled."
    press(qtbot, three, Qt.Key.Key_Z, CTRL)
    assert told(three) == "2 pictures wait again."
    assert texts(three) == ["one @ada", "two @ada", "three @ben"]
    press(qtbot, three, Qt.Key.Key_Z, CTRL, SHIFT)
    assert told(three) == "2 pictures are cancelled again."
    assert sorted(states(three)) == ["cancelled", "cancelled", "queued"]
    three.window.messages._action.click()  # “Undo” of the redoing
    settle(qtbot, three)
    assert states(three) == ["queued"] * 3


def test_when_nothing_is_left_to_take_back_it_is_said(qtbot: QtBot, three: Application) -> None:
    press(qtbot, three, Qt.Key.Key_Z, CTRL)
    assert told(three) == "3 pictures are taken out of the queue."
    assert three.queue._stack.currentIndex() == 0
    three.queue.do.undo()
    settle(qtbot, three)
    assert told(three) == "There is nothing to take back."
    assert not three.window.messages._action.isVisible()
    three.queue.do.redo()
    settle(qtbot, three)
    assert states(three) == ["queued"] * 3


def test_order_by_keys_is_one_change_each_and_the_selection_stays(qtbot: QtBot, three: Application) -> None:
    select(three, 1, 2)
    press(qtbot, three, Qt.Key.Key_Home, ALT)
    assert texts(three) == ["two @ada", "three @ben", "one @ada"]
    assert told(three) == "2 pictures moved."
    assert [row.text for row in three.queue.selected] == ["two @ada", "three @ben"]
    press(qtbot, three, Qt.Key.Key_End, ALT)
    assert texts(three) == ["one @ada", "two @ada", "three @ben"]
    press(qtbot, three, Qt.Key.Key_Up, ALT)
    assert texts(three) == ["two @ada", "three @ben", "one @ada"]
    press(qtbot, three, Qt.Key.Key_Z, CTRL)
    assert told(three) == "2 pictures are where they were."
    assert texts(three) == ["one @ada", "two @ada", "three @ben"]


def test_the_lane_is_told_and_taken_back(qtbot: QtBot, three: Application) -> None:
    select(three, 2)
    three.queue.menus.lanes[0].trigger()
    settle(qtbot, three)
    assert told(three) == "1 picture comes first now."
    assert texts(three)[0] == "three @ben"
    three.window.messages._action.click()
    settle(qtbot, three)
    assert texts(three)[2] == "three @ben"


def test_ctrl_d_queues_once_more_and_a_menu_several(qtbot: QtBot, three: Application) -> None:
    select(three, 0)
    press(qtbot, three, Qt.Key.Key_D, CTRL)
    assert told(three) == "1 picture queued."
    assert texts(three)[-1] == "one @ada"
    assert settings(three, 3).seed != settings(three, 0).seed
    three.queue.do.duplicate(4)
    settle(qtbot, three)
    assert len(texts(three)) == 8
    three.queue.do.undo()
    settle(qtbot, three)
    assert told(three) == "4 pictures are taken out of the queue."
    assert len(texts(three)) == 4


# The menu on the rows


def test_right_click_opens_the_actions_that_can_be(qtbot: QtBot, three: Application) -> None:
    select(three, 1)
    menus = three.queue.menus
    three.queue.view.customContextMenuRequested.emit(QPoint(20, 20))
    assert menus.context.isVisible()
    qtbot.waitUntil(lambda: menus.undo.text() == "Undo: adding 3 pictures")
    assert menus.redo.text() == "Redo"
    can = {action.text() for action in menus.context.actions() if action.isEnabled() and action.text()}
    assert {"Edit…", "Queue once more, new seed", "Order", "Cancel"} <= can
    assert can.isdisjoint({"Show the picture", "Retry"})
    menus.context.close()


def test_cancelling_what_was_queued_with_it_alike_or_all(qtbot: QtBot, three: Application) -> None:
    enqueue(qtbot, three, "one @ada", count=2)
    settle(qtbot, three)
    menus = three.queue.menus
    for action, left in (
        (menus.cancel_together, ["one @ada", "one @ada"]),
        (menus.cancel_alike, ["two @ada", "three @ben"]),
        (menus.cancel_waiting, []),
        (menus.cancel_all, []),
    ):
        select(three, 0)
        action.trigger()
        settle(qtbot, three)
        assert [row.text for row in read(three, lambda s: jobs.rows(s, ["queued"]))] == left
        three.queue.do.undo()
        settle(qtbot, three)
    assert states(three) == ["queued"] * 5


def test_cancelling_all_but_what_is_being_made(qtbot: QtBot, three: Application, engine: FakeEngine) -> None:
    engine.step_seconds = 0.05
    three.queue._pause.click()
    qtbot.waitUntil(lambda: "running" in states(three))
    three.queue.menus.cancel_waiting.trigger()
    qtbot.waitUntil(lambda: sorted(states(three))[:2] == ["cancelled", "cancelled"])
    assert "cancelled" not in states(three)[0]


def test_retrying_and_clearing_are_taken_back(qtbot: QtBot, named: Application) -> None:
    enqueue(qtbot, named, "FAIL @ada\nFAIL @ben")
    qtbot.waitUntil(lambda: states(named) == ["failed", "failed"])
    named.queue.do.pause()
    settle(qtbot, named)
    select(named, 0)
    named.queue.menus.retry.trigger()
    settle(qtbot, named)
    assert sorted(states(named)) == ["failed", "queued"]
    assert told(named) == "1 picture waits again."
    named.queue.do.undo()
    settle(qtbot, named)
    assert states(named) == ["failed", "failed"]
    named.queue.menus.retry_all.trigger()
    settle(qtbot, named)
    assert states(named) == ["queued", "queued"]
    named.queue.do.undo()
    settle(qtbot, named)
    named.queue._clear.click()
    settle(qtbot, named)
    assert told(named) == "2 lines cleared; the pictures stay."
    assert states(named) == []
    named.window.messages._action.click()
    settle(qtbot, named)
    assert [row.error for row in named.queue.model.rows] == ["The fake engine was told to fail."] * 2


def test_what_another_program_did_is_taken_back_here(qtbot: QtBot, three: Application) -> None:
    studio = three.studio
    assert studio
    with studio.library.write() as session:
        jobs.cancel(session)
    press(qtbot, three, Qt.Key.Key_Z, CTRL)
    assert states(three) == ["queued"] * 3
    assert read(three, undo.titles) == (undo.Change("add", 3), undo.Change("cancel", 3))


# Other settings


def test_each_setting_of_a_waiting_picture(qtbot: QtBot, three: Application) -> None:
    before = settings(three, 0)
    dialog = open_settings(qtbot, three, 0)
    assert dialog.prompt.toPlainText() == "one @ada"
    dialog.prompt.setPlainText("@ada in snow")
    dialog._negative.setText("blurry")
    dialog._seed.setText("77")
    dialog._steps.setValue(9)
    dialog._guidance.setValue(2.5)
    dialog._scheduler.setCurrentIndex(dialog._scheduler.findData("euler"))
    dialog._width.setValue(128)
    dialog._scale.value = 0.25
    dialog.save()
    settle(qtbot, three)
    after = settings(three, 0)
    assert (after.template, after.negative_prompt, after.seed) == ("@ada in snow", "blurry", 77)
    assert (after.steps, after.guidance, after.scheduler, after.width) == (9, 2.5, "euler", 128)
    assert after.subjects[0].scale == 0.25
    assert told(three) == "1 picture edited."
    assert texts(three)[0] == "@ada in snow"
    three.window.messages._action.click()
    settle(qtbot, three)
    assert settings(three, 0) == before


@pytest.mark.parametrize("key", [Qt.Key.Key_F2, Qt.Key.Key_Return], ids=["F2", "Enter"])
def test_keys_edit_what_waits(qtbot: QtBot, three: Application, key: Qt.Key) -> None:
    select(three, 1)
    press(qtbot, three, key)
    qtbot.waitUntil(lambda: three.queue.do.dialog is not None)
    dialog = three.queue.do.dialog
    assert dialog
    assert dialog.prompt.toPlainText() == "two @ada"
    before = settings(three, 1)
    dialog.save()  # nothing was changed
    settle(qtbot, three)
    assert settings(three, 1) == before
    assert read(three, undo.titles)[0] == undo.Change("add", 3)


def test_another_method_starts_from_its_own_strength(qtbot: QtBot, three: Application) -> None:
    dialog = open_settings(qtbot, three, 0)
    dialog._method.setCurrentIndex(dialog._method.findData("fastcomposer"))
    dialog.save()
    settle(qtbot, three)
    after = settings(three, 0)
    assert (after.method, after.adapter) == ("fastcomposer", "fastcomposer")
    dialog = open_settings(qtbot, three, 0)
    dialog._method.setCurrentIndex(dialog._method.findData("text"))
    assert not dialog._scale.isVisible()
    dialog.save()
    settle(qtbot, three)
    assert settings(three, 0).method == "text"


def test_what_cannot_be_is_said_and_the_words_stay(qtbot: QtBot, three: Application) -> None:
    dialog = open_settings(qtbot, three, 0)
    dialog.prompt.setPlainText("@ben in snow")
    dialog.save()
    qtbot.waitUntil(dialog._told.isVisible)
    assert "@ben is not in this picture yet" in dialog._told.text()
    assert dialog.prompt.toPlainText() == "@ben in snow"
    assert settings(three, 0).template == "one @ada"
    dialog.prompt.setPlainText("@ada in snow")
    dialog.save()
    settle(qtbot, three)
    assert settings(three, 0).template == "@ada in snow"


def test_only_what_is_changed_is_changed_in_several(qtbot: QtBot, three: Application) -> None:
    before = [settings(three, at) for at in range(3)]
    dialog = open_settings(qtbot, three, 0, 1, 2)
    assert dialog.prompt.toPlainText() == ""
    dialog._steps.setValue(33)
    dialog.save()
    settle(qtbot, three)
    after = [settings(three, at) for at in range(3)]
    assert [each.steps for each in after] == [33] * 3
    assert [(e.template, e.seed, e.subjects) for e in after] == [
        (e.template, e.seed, e.subjects) for e in before
    ]
    assert told(three) == "3 pictures edited."


def test_a_picture_that_was_begun_meanwhile_can_be_queued_as_new(qtbot: QtBot, three: Application) -> None:
    dialog = open_settings(qtbot, three, 0)
    dialog._steps.setValue(7)
    three.queue._pause.click()
    qtbot.waitUntil(lambda: dialog._told.isVisible())
    assert "does not wait any more" in dialog._told.text()
    assert dialog._ok.text() == "Queue as new"
    qtbot.waitUntil(lambda: states(three) == ["done"] * 3)
    dialog.save()
    qtbot.waitUntil(lambda: states(three) == ["done"] * 4)
    assert sorted(settings(three, at).steps for at in range(4)) == [7, 20, 20, 20]


def test_one_of_several_was_begun_and_the_others_are_changed(qtbot: QtBot, three: Application) -> None:
    dialog = open_settings(qtbot, three, 0, 1)
    gone = three.queue.model.rows[0].id
    three.queue.do._cancel([gone])
    qtbot.waitUntil(dialog._told.isVisible)
    assert dialog._told.text() == "Of these 2 pictures one still waits and can be changed."
    dialog._steps.setValue(33)
    dialog.save()
    settle(qtbot, three)
    assert told(three) == "1 picture edited."
    assert [row.steps for row in read(three, jobs.rows)] == [20, 33, 20]
