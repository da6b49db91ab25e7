"""Choosing among pictures: filters, stacks, marks and taking them back, albums, comparing."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot
from window_steps import enqueue, read, settle

from core.library import gallery, picture_albums
from core.library.gallery import PictureRow
from desktop.app import GALLERY, Application
from desktop.pages.compare import Compare
from desktop.widgets.fields import choose
from desktop.widgets.zoom_view import ZoomView
from desktop.widgets.zoomed import Viewport


@pytest.fixture
def made(qtbot: QtBot, named: Application) -> Application:
    """Two pictures of Ada on the beach and one of Ben in snow, which is the newest."""
    enqueue(qtbot, named, "@ada on the beach", count=2)
    enqueue(qtbot, named, "@ben in snow")
    qtbot.waitUntil(lambda: len(named.gallery.model.ids) == 3)
    named.window.open_page(GALLERY)
    named.gallery.open_picture(named.gallery.model.ids[0])
    settle(qtbot, named)
    named.gallery.view.setFocus()
    return named


def shown(application: Application) -> list[str]:
    return [row.spec.split('"template":"')[1].split('"')[0] for row in application.gallery.model.rows]


def rows(application: Application) -> list[PictureRow]:
    return read(application, gallery.rows)


def press(qtbot: QtBot, application: Application, keys: str) -> None:
    qtbot.keyClicks(application.gallery.view, keys)
    settle(qtbot, application)


# Filters


def test_typing_finds_prompts_and_show_all_takes_it_back(qtbot: QtBot, made: Application) -> None:
    page = made.gallery
    qtbot.keyClicks(page.filter.words, "BEACH")
    settle(qtbot, made)
    assert shown(made) == ["@ada on the beach"] * 2
    assert page._count.text() == "2 of 3 pictures"
    page.filter._clear.click()
    settle(qtbot, made)
    assert page._count.text() == "3 pictures"
    assert page.filter.words.text() == ""


def test_people_stars_and_flags_filter_together(qtbot: QtBot, made: Application) -> None:
    page = made.gallery
    press(qtbot, made, "4")
    who = {action.text(): action for action in page.filter._menu.actions()}
    who["Ben"].trigger()
    choose(page.filter._boxes["rating"], 4)
    settle(qtbot, made)
    assert shown(made) == ["@ben in snow"]
    assert (page.filter._who.text(), page.filter._filter.text()) == ("Ben", "Filter (2)")
    choose(page.filter._boxes["flag"], "picked")
    settle(qtbot, made)
    assert shown(made) == []
    assert page._grid_or_nothing.currentIndex() == 1


def test_a_picture_that_a_filter_hides_is_shown_when_it_is_asked_for(qtbot: QtBot, made: Application) -> None:
    newest, *_, oldest = (row.id for row in rows(made))
    qtbot.keyClicks(made.gallery.filter.words, "snow")
    settle(qtbot, made)
    assert made.gallery.model.ids == [newest]
    made.gallery.open_picture(oldest)
    settle(qtbot, made)
    assert made.gallery.current_id == oldest
    assert made.gallery.filter.wanted.everything


def test_stacks_show_the_best_and_open_to_all(qtbot: QtBot, made: Application) -> None:
    page = made.gallery
    beach = [row.id for row in rows(made) if "beach" in row.spec]
    page.open_picture(beach[-1])
    press(qtbot, made, "5")
    page.filter._stacks.click()
    settle(qtbot, made)
    assert page.model.ids == [rows(made)[0].id, beach[-1]]
    assert [page.model.stack_of(number) for number in page.model.ids] == [1, 2]
    page._open(page.model.index(1))
    settle(qtbot, made)
    assert page.model.ids == beach
    assert "Only “@ada on the beach”" in page.filter._one_prompt.text()


def test_the_order_may_be_another(qtbot: QtBot, made: Application) -> None:
    newest_first = [row.id for row in rows(made)]
    choose(made.gallery.filter.sort, "oldest")
    settle(qtbot, made)
    assert made.gallery.model.ids == newest_first[::-1]


# Marks


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [("p", "flag", "picked"), ("x", "flag", "rejected"), ("6", "label", "red"), ("9", "label", "blue")],
)
def test_keys_mark_and_ctrl_z_takes_it_back(
    qtbot: QtBot, made: Application, key: str, field: str, value: str
) -> None:
    press(qtbot, made, key)
    assert getattr(rows(made)[0], field) == value
    assert getattr(made.gallery.model.rows[0], field) == value
    qtbot.keyClick(made.gallery.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, made)
    assert getattr(rows(made)[0], field) == ""
    assert getattr(made.gallery.model.rows[0], field) == ""
    assert "as before" in made.window.messages.words


def test_flagging_goes_on_to_the_next_picture(qtbot: QtBot, made: Application) -> None:
    press(qtbot, made, "p")
    press(qtbot, made, "x")
    assert [row.flag for row in rows(made)] == ["picked", "rejected", ""]
    assert made.gallery.view.currentIndex().row() == 2


def test_all_that_is_chosen_is_marked_and_a_colour_goes_by_the_same_key(
    qtbot: QtBot, made: Application
) -> None:
    made.gallery.view.selectAll()
    press(qtbot, made, "8")
    assert [row.label for row in rows(made)] == ["green"] * 3
    press(qtbot, made, "8")
    assert [row.label for row in rows(made)] == [""] * 3


def test_with_nothing_to_take_back_it_is_said(qtbot: QtBot, made: Application) -> None:
    qtbot.keyClick(made.gallery.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "nothing to take back" in made.window.messages.words


# Albums


def test_pictures_are_put_into_an_album_seen_there_and_taken_out(qtbot: QtBot, made: Application) -> None:
    page = made.gallery
    page.view.selectAll()
    page.menu._create("For the clients")
    settle(qtbot, made)
    (album,) = read(made, picture_albums.listed)
    assert (album.name, album.pictures) == ("For the clients", 3)
    page.filter.show_album(album.id)
    settle(qtbot, made)
    page.open_picture(page.model.ids[0])
    page.menu.fill([album])
    titles = {action.text(): action for action in page.menu.menu.actions()}
    titles["Take out of this album"].trigger()
    settle(qtbot, made)
    assert len(page.model.ids) == 2
    assert read(made, gallery.count) == 3


def test_an_album_that_goes_is_no_longer_asked_for(qtbot: QtBot, made: Application) -> None:
    made.gallery.menu._create("One")
    settle(qtbot, made)
    (album,) = read(made, picture_albums.listed)
    made.gallery.filter.show_album(album.id)
    settle(qtbot, made)
    assert len(made.gallery.model.ids) == 1
    made.studio.write(lambda session: picture_albums.remove(session, album.id), changed="pictures")
    settle(qtbot, made)
    assert len(made.gallery.model.ids) == 3


def test_an_album_name_that_is_taken_is_told(qtbot: QtBot, made: Application) -> None:
    for _ in range(2):
        made.gallery.menu._create("One")
        settle(qtbot, made)
    assert "already" in made.window.messages.words


# Comparing


def compared(application: Application) -> Compare:
    (found,) = application.gallery.findChildren(Compare)
    return found


def test_several_are_compared_and_marked_on_the_spot(qtbot: QtBot, made: Application) -> None:
    made.gallery.view.selectAll()
    assert made.gallery._compare.isEnabled()
    press(qtbot, made, "c")
    shown = compared(made)
    assert len(shown.panes) == 3
    qtbot.keyClick(shown, Qt.Key.Key_Right)
    qtbot.keyClick(shown, Qt.Key.Key_3)
    qtbot.keyClick(shown, Qt.Key.Key_P)
    settle(qtbot, made)
    assert [(row.rating, row.flag) for row in rows(made)] == [(0, ""), (3, "picked"), (0, "")]
    assert shown.current.row.rating == 3
    assert shown.current._flag.text() == "Picked"
    shown.close()


def test_references_are_seen_while_the_key_is_held(qtbot: QtBot, made: Application) -> None:
    press(qtbot, made, "c")
    shown = compared(made)
    assert len(shown.panes) == 1
    assert not shown.current.references.isVisible()
    qtbot.keyPress(shown, Qt.Key.Key_R)
    assert shown.current.references.isVisible()
    assert shown.current.references.layout().count() > 0
    qtbot.keyRelease(shown, Qt.Key.Key_R)
    assert not shown.current.references.isVisible()
    shown.close()


@pytest.fixture
def pair(qtbot: QtBot) -> list[ZoomView]:
    """Two views of one viewport, each with a picture of its own size."""
    viewport = Viewport()
    views = [ZoomView(viewport, "one"), ZoomView(viewport, "two")]
    for view, side in zip(views, (400, 800), strict=True):
        qtbot.addWidget(view)
        view.resize(200, 200)
        picture = QPixmap(side, side)
        picture.fill("grey")
        view.show_picture(picture)
    return views


def test_two_pictures_show_the_same_part(pair: list[ZoomView]) -> None:
    one, two = pair
    under = QPointF(150, 50)
    before = one.part(under)
    one.zoom_at(under, 4.0)
    assert one.target == two.target
    assert one.part(under).x() == pytest.approx(before.x())
    assert one.part(under).y() == pytest.approx(before.y())
    one.viewport.whole()
    assert two.target == two.rect().toRectF()


def test_moving_stops_at_the_edges(qtbot: QtBot, pair: list[ZoomView]) -> None:
    one, two = pair
    one.viewport.look(2.0, QPointF(0.5, 0.5))
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(one, left, pos=QPoint(10, 10))
    qtbot.mouseMove(one, QPoint(190, 190))
    qtbot.mouseRelease(one, left, pos=QPoint(190, 190))
    assert (two.target.left(), two.target.top()) == (0, 0)
    assert one.viewport.zoom == 2.0


def test_a_double_click_goes_to_the_pictures_own_pixels_and_back(qtbot: QtBot, pair: list[ZoomView]) -> None:
    _, two = pair
    assert two.own_pixels == 4.0
    for zoom in (4.0, 1.0):
        qtbot.mouseDClick(two, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
        assert two.viewport.zoom == zoom
