"""The gallery: pictures, stars, scores, and the way back to the settings."""

import threading

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from window_steps import enqueue, read, settle

from core.library import gallery
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
    qtbot.waitUntil(lambda: len(named.gallery.model.rows) == 2)
    named.window.open_page(GALLERY)
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
    from dataclasses import replace

    row = replace(finished.gallery.model.rows[0], scores='{"identity":{},"faces":[],"backend":"fake"}')
    assert [str(each) for each in likenesses(row)] == ["Ada no face", "Ben no face"]


@pytest.mark.parametrize(("with_seed", "seed"), [(True, 51), (False, None)])
def test_settings_are_used_again(finished: Application, with_seed: bool, seed: int | None) -> None:
    finished.compose.editor.clear()
    finished.gallery.details.reuse_asked.emit(finished.gallery.model.rows[0], with_seed)
    assert finished.window.page == COMPOSE
    assert finished.compose.editor.toPlainText() == "@ada and @ben on the beach"
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
    from pathlib import Path

    Path(finished.gallery.model.rows[0].path).unlink()
    finished.studio.thumbnails.forget()
    finished.window.grab()
    settle(qtbot, finished)
    finished.window.grab()
    keys = [thumbnails.PictureKey(row.path, 168) for row in finished.gallery.model.rows]
    assert [finished.studio.thumbnails.get(key).isNull() for key in keys] == [True, False]


def _left_of_centre():  # type: ignore[no-untyped-def]
    from PySide6.QtCore import QPoint

    return QPoint(22, 0)
