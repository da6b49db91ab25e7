"""The gallery: pictures, stars, scores, and the way back to the settings."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot
from window_steps import enqueue, read, settle, subject

from core.engine.fake import FakeEngine
from core.events import LibraryChanged
from core.library import gallery, subjects
from core.spec import RenderSpec
from desktop import thumbnails
from desktop.app import COMPOSE, GALLERY, Application
from desktop.models.pictures import likenesses
from desktop.pages.picture_details import Judge
from desktop.widgets.cards import LOOK


@pytest.fixture
def finished(qtbot: QtBot, named: Application) -> Application:
    """Two pictures of Ada and Ben."""
    named.compose.settings._seed.setText("50")
    enqueue(qtbot, named, "@ada and @ben on the beach", count=2)
    qtbot.waitUntil(lambda: len(named.gallery.model.ids) == 2)
    named.window.open_page(GALLERY)
    named.gallery.open_picture(named.gallery.model.ids[0])
    settle(qtbot, named)
    return named


def test_the_newest_picture_comes_first_with_its_scores(finished: Application) -> None:
    rows = finished.gallery.model.rows
    assert [row.seed for row in rows] == [51, 50]
    cell = finished.gallery.model.index(0).data(LOOK)
    assert cell.caption == "@ada and @ben on the beach"
    assert cell.likeness == "Ada 0.50, Ben 0.50"


@pytest.mark.parametrize("stars", [5, 0, 3])
def test_number_keys_rate(qtbot: QtBot, finished: Application, stars: int) -> None:
    view = finished.gallery.view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_0 + stars)
    assert finished.gallery.model.rows[0].rating == stars
    settle(qtbot, finished)
    assert read(finished, gallery.rows)[0].rating == stars


def test_clicking_the_same_star_again_takes_the_rating_back(qtbot: QtBot, finished: Application) -> None:
    stars = finished.gallery.details._stars
    for wanted in (2, 0):
        qtbot.mouseClick(stars, Qt.MouseButton.LeftButton, pos=stars.rect().center() - _left_of_centre())
        settle(qtbot, finished)
        assert read(finished, gallery.rows)[0].rating == wanted


def test_details_show_seed_model_and_references(finished: Application) -> None:
    details = finished.gallery.details
    shown = [details._facts.itemAt(at).widget().text() for at in range(details._facts.count())]
    assert "51" in shown
    assert "mini" in shown
    assert "Took" in shown
    assert details._references.count() == 2
    assert not details._picture._picture.isNull()


def test_a_low_score_is_shown_as_it_is_with_the_measured_threshold(finished: Application) -> None:
    judge = finished.gallery.details._judge
    assert judge.threshold is not None
    assert f"{judge.threshold:.2f}" in judge.tip()
    assert Judge(0.45).token(0.08) == "warning"
    assert Judge(0.45).token(0.5) == "good"


def test_a_person_without_a_face_is_said(finished: Application) -> None:
    row = replace(finished.gallery.model.rows[0], scores='{"identity":{},"faces":[],"backend":"fake"}')
    assert [str(each) for each in likenesses(row)] == ["Ada no face", "Ben no face"]


@pytest.mark.parametrize(
    ("keys", "seed", "prompt"),
    [
        ("A", 51, "@ada and @ben on the beach"),
        ("R", None, "@ada and @ben on the beach"),
        ("S", 51, "before"),
        ("P", 7, "@ada and @ben on the beach"),
    ],
)
def test_settings_are_used_again(
    qtbot: QtBot, finished: Application, keys: str, seed: int | None, prompt: str
) -> None:
    finished.compose.editor.setPlainText("before")
    finished.compose.settings.show_seed(7)
    finished.gallery.view.setFocus()
    qtbot.keyClick(finished.gallery.view, getattr(Qt.Key, f"Key_{keys}"), Qt.KeyboardModifier.ShiftModifier)
    assert finished.window.page == COMPOSE
    assert finished.compose.editor.toPlainText() == prompt
    assert finished.compose.settings.wish.seed == seed


def test_no_picture_is_decoded_on_the_gui_thread(
    qtbot: QtBot, finished: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set()
    real = thumbnails.decode

    def decode(key: thumbnails.PictureKey):  # type: ignore[no-untyped-def]
        threads.add(threading.current_thread())
        return real(key)

    monkeypatch.setattr(thumbnails, "decode", decode)
    finished.studio.thumbnails.forget()
    finished.window.grab()
    settle(qtbot, finished)
    assert threads
    assert threading.main_thread() not in threads


def test_a_picture_that_is_gone_does_not_stop_the_others(qtbot: QtBot, finished: Application) -> None:
    Path(finished.gallery.model.rows[0].path).unlink()
    finished.studio.thumbnails.forget()
    finished.window.grab()
    settle(qtbot, finished)
    finished.window.grab()
    keys = [thumbnails.PictureKey(row.path, 168) for row in finished.gallery.model.rows]
    assert [finished.studio.thumbnails.get(key).isNull() for key in keys] == [True, False]


# Who is where


def said(application: Application) -> str:
    return application.gallery.details.who._said.text()


def legend(application: Application) -> str:
    return application.gallery.details.who._entries.accessibleName()


def over(application: Application) -> QPixmap | None:
    return application.gallery.details._picture._over


def press_o(qtbot: QtBot, application: Application) -> None:
    application.gallery.view.setFocus()
    qtbot.keyClick(application.gallery.view, Qt.Key.Key_O)
    settle(qtbot, application)


def work_out(qtbot: QtBot, application: Application) -> None:
    qtbot.mouseClick(application.gallery.details.who._work, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not application.gallery.details._asked)
    settle(qtbot, application)


def test_who_is_where_is_worked_out_once_and_shown_over_the_picture(
    qtbot: QtBot, finished: Application, engine: FakeEngine
) -> None:
    details = finished.gallery.details
    press_o(qtbot, finished)
    assert said(finished) == "Not worked out for this picture yet."
    assert details.who._work.isVisible()
    work_out(qtbot, finished)
    assert legend(finished) == "Who is where: Ada: left, Ben: right"
    assert over(finished) is not None
    assert (engine.rendered[-1].maps, engine.rendered[-1].seed) == (True, 51)
    rendered = engine.calls["render"]
    for wanted in (True, False):
        press_o(qtbot, finished)
        assert (over(finished) is None) == wanted
    assert engine.calls["render"] == rendered


def test_the_colours_are_where_the_legend_says(qtbot: QtBot, finished: Application) -> None:
    press_o(qtbot, finished)
    work_out(qtbot, finished)
    image = over(finished).toImage()
    middle = image.height() // 2
    left, right = (image.pixelColor(x, middle) for x in (4, image.width() - 5))
    assert left.red() > left.blue()  # orange
    assert right.blue() > right.red()  # sky blue


def test_the_switch_stays_on_from_picture_to_picture(qtbot: QtBot, finished: Application) -> None:
    press_o(qtbot, finished)
    work_out(qtbot, finished)
    first, second = (row.id for row in finished.gallery.model.rows)
    finished.gallery.open_picture(second)
    settle(qtbot, finished)
    assert over(finished) is None
    assert said(finished) == "Not worked out for this picture yet."
    finished.gallery.open_picture(first)
    settle(qtbot, finished)
    assert over(finished) is not None


def test_a_picture_that_comes_out_otherwise_is_said_and_may_be_tried_again(
    qtbot: QtBot, finished: Application, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core import explain

    def other(*_: object) -> tuple[int, int, bytes]:
        return 1, 1, b"abc"

    monkeypatch.setattr(explain, "pixels", other)
    press_o(qtbot, finished)
    work_out(qtbot, finished)
    assert "other pixels" in finished.window.messages.words
    assert over(finished) is None
    assert finished.gallery.details.who._work.isVisible()


def test_words_alone_have_no_places_to_show(qtbot: QtBot, finished: Application) -> None:
    row = finished.gallery.model.rows[0]
    spec = structs.replace(RenderSpec.from_json(row.spec), subjects=())
    finished.gallery.details.show_row(replace(row, id=99, spec=spec.to_json()))
    assert not finished.gallery.details.who.switch.isEnabled()
    assert "words alone" in finished.gallery.details.who.switch.toolTip()
    press_o(qtbot, finished)
    assert not finished.gallery.details.who.on


def test_a_deleted_person_is_no_longer_shown(qtbot: QtBot, finished: Application) -> None:
    press_o(qtbot, finished)
    work_out(qtbot, finished)
    ada = subject(finished, "Ada")
    subjects.delete(finished.studio.library, ada.id)
    finished.studio.bridge.happened.emit(LibraryChanged("subjects"))
    settle(qtbot, finished)
    assert over(finished) is None
    assert said(finished) == "Not worked out for this picture yet."


def test_a_picture_that_is_gone_has_no_overlay(qtbot: QtBot, finished: Application) -> None:
    press_o(qtbot, finished)
    work_out(qtbot, finished)
    Path(finished.gallery.model.rows[0].path).unlink()
    for _ in range(2):
        press_o(qtbot, finished)
    assert over(finished) is None


def _left_of_centre():  # type: ignore[no-untyped-def]
    from PySide6.QtCore import QPoint

    return QPoint(22, 0)
