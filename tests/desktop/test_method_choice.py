"""The method in the window: each one can be chosen with its own settings, and nothing else is asked for."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec import structs
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from window_steps import read, settle

from core import compose, models, settings
from core.adapters import AdapterInfo
from core.compose import Wish
from core.library import jobs
from core.methods import METHODS, Layout, uses
from core.models import ModelInfo
from core.paths import Home
from core.settings import Settings
from core.spec import Method, Region, RenderSpec, StartPhoto
from desktop.app import COMPOSE, Application
from desktop.pages.dialogs import LicenceDialog
from desktop.pages.method_choice import MethodChoice
from desktop.pages.photo_dialog import PhotoDialog
from desktop.pages.region_dialog import RegionDialog
from desktop.widgets import fields
from desktop.widgets.number_slider import NumberSlider
from desktop.widgets.region_canvas import RegionCanvas

ALL: tuple[Method, ...] = get_args(Method)
LAYOUTS: tuple[Layout, ...] = get_args(Layout)
FACES = "insightface:/pack"
NUMBERS = {"scale": 0.33, "alpha": 0.25, "gamma": 0.5, "sigma": 0.4, "lora": 0.6, "s_scale": 0.7}


def adapter(layout: Layout, name: str = "", **facts: Any) -> AdapterInfo:
    trained = layout.startswith("mip")
    return AdapterInfo(name or layout, Path("/a"), layout, 4, 64, words=4, trained=trained, **facts)


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> ModelInfo:
    """A model with a file of every layout, and two for IP-Adapter plus."""
    files = (*map(adapter, LAYOUTS), adapter("ip-adapter-plus", "plus-face"))
    model = replace(models.inspect("mini", models.EMBEDDED["mini"]), adapters=files)
    monkeypatch.setattr(models, "find", lambda *_: model)
    monkeypatch.setattr(models, "available", lambda *_: [model])
    return model


@pytest.fixture
def studio(whole: ModelInfo, home: Home, named_home: Home, request: pytest.FixtureRequest) -> Application:
    """The window on Ada and Ben, with that model and an InsightFace pack."""
    application: Application = request.getfixturevalue("named")
    application.compose.settings.offer([whole], Settings(faces=FACES))
    object.__setattr__(application.studio, "settings", Settings(faces=FACES))
    application.window.open_page(COMPOSE)
    application.studio.runner.pause()
    return application


@pytest.fixture
def choice(qtbot: QtBot, whole: ModelInfo) -> MethodChoice:
    made = MethodChoice()
    qtbot.addWidget(made)
    made.offer(whole, Settings(faces=FACES))
    made.show()
    return made


def specs(application: Application, wish: Wish) -> list[RenderSpec]:
    assert application.studio
    own, home = application.studio.settings, application.studio.home
    return read(application, lambda s: compose.specs(s, home, own, structs.replace(wish, seed=1)))  # type: ignore[no-any-return]


def test_untouched_the_window_asks_for_what_the_command_line_does(studio: Application, qtbot: QtBot) -> None:
    studio.compose.editor.setPlainText("@ada and @ben")
    for method in ALL:
        fields.choose(studio.compose.settings.method.method, method)
        settle(qtbot, studio)
        assert studio.compose._add.isEnabled(), method
        typed = Wish(text="@ada and @ben", method=method)
        assert specs(studio, studio.compose.wish) == specs(studio, typed)


@pytest.mark.parametrize("method", ALL)
def test_only_what_the_method_uses_is_shown_and_asked_for(choice: MethodChoice, method: Method) -> None:
    fields.choose(choice.method, method)
    choice._more.setChecked(True)
    assert choice.effective == method
    for name, number in choice._numbers.items():
        assert number.isVisible() == uses(method, name) == (name in choice.values), name
    assert choice._words.isVisible() == uses(method, "words")
    assert choice._begin.isVisible() == uses(method, "begin")
    assert choice._boxes["joining"].isVisible() == uses(method, "joining")
    assert choice._boxes["merging"].isVisible() == (len(METHODS[method].merging) > 1)
    assert choice._maps.isVisible() == (method != "text")
    assert all(field.isVisible() == uses(method, "layers") for field in choice._layers.values())
    assert choice._more.isVisible() == METHODS[method].visual
    assert all(uses(method, name) for name in choice.values)


def test_the_rest_is_under_more(choice: MethodChoice) -> None:
    fields.choose(choice.method, "ip-adapter")
    assert not choice._begin.isVisible()
    choice._more.click()
    assert choice._begin.isVisible()
    assert choice._more.text() == "Less"


def test_everything_set_is_loaded_again(studio: Application) -> None:
    page = studio.compose
    page.editor.setPlainText("@ada and @ben")
    for method in ALL:
        set_everything(page.settings.method, method)
        [made] = specs(studio, page.wish)
        page.settings.use_defaults()
        page.load(made)
        assert specs(studio, page.wish) == [made]


def set_everything(choice: MethodChoice, method: Method) -> None:
    """Every field to something that is not its default."""
    fields.choose(choice.method, method)
    for name, value in NUMBERS.items():
        choice._numbers[name].value = value
    choice._words.setValue(3)
    choice._begin.setValue(20)
    choice._end.setValue(80)
    choice._layers["mid"].value = 0.5
    choice._maps.setChecked(True)
    for box in choice._boxes.values():
        box.setCurrentIndex(box.count() - 1)


def test_of_several_files_one_is_chosen(choice: MethodChoice) -> None:
    assert choice._boxes["adapter"].count() == 0  # the model's best method is ours to choose, and its file
    fields.choose(choice.method, "ip-adapter-plus")
    assert choice._boxes["adapter"].isVisible()
    fields.choose(choice._boxes["adapter"], "plus-face")
    assert choice.values["adapter"] == "plus-face"
    fields.choose(choice.method, "ip-adapter")
    assert not choice._boxes["adapter"].isVisible()


def test_what_is_missing_is_said_by_the_methods_line(qtbot: QtBot) -> None:
    mini = models.inspect("mini", models.EMBEDDED["mini"])
    made = MethodChoice()
    qtbot.addWidget(made)
    made.offer(replace(mini, adapters=(adapter("ip-adapter"), adapter("ip-adapter-faceid"))), Settings())
    lines = {made.method.itemData(at): made.method.model().item(at) for at in range(made.method.count())}
    assert list(lines) == [None, *ALL]
    ready = [method for method, line in lines.items() if line.isEnabled()]
    assert ready == [None, "text", "ip-adapter"]
    assert "Add a PhotoVerse file: likeness models add-adapter" in lines["photoverse"].toolTip()
    assert "likeness models faces DIR" in lines["ip-adapter-faceid"].toolTip()
    assert lines["ip-adapter"].toolTip() == ""


def test_words_and_look_have_a_strength_each(studio: Application, whole: ModelInfo, qtbot: QtBot) -> None:
    page = studio.compose
    page.editor.setPlainText("@ada and @ben")
    settle(qtbot, studio)
    ben = page.cast.chips["ben"]
    assert not ben._words.isVisible()
    fields.choose(page.settings.method.method, "photoverse")
    assert ben._words.isVisible()
    assert ben._words.value() == 100
    fields.choose(page.settings.method.method, "fastcomposer+ip-adapter")
    assert ben._words.value() == round(100 * whole.advice.text_scale)
    fields.choose(page.settings.method.method, "photoverse")
    ben._slider.setValue(40)
    ben._words.setValue(70)
    assert (page.wish.scales, page.wish.text_scales) == ({"ben": 0.4}, {"ben": 0.7})
    fields.choose(page.settings.method.method, "fastcomposer")
    assert not ben._words.isVisible()
    assert (page.wish.scales, page.wish.text_scales) == ({"ben": 0.4}, {})
    fields.choose(page.settings.method.method, "text")
    assert not ben._slider.isVisible()
    assert page.wish.scales == {}


def test_a_conflict_is_said_before_anything_is_queued(studio: Application, qtbot: QtBot) -> None:
    page = studio.compose
    fields.choose(page.settings.method.method, "ip-adapter-faceid")
    object.__setattr__(studio.studio, "settings", Settings())
    page.editor.setPlainText("@ada")
    settle(qtbot, studio)
    assert "reads the face embedding of an InsightFace pack" in page.problems.shown[0].words
    assert not page._add.isEnabled()


def test_a_licence_is_asked_once(
    studio: Application, whole: ModelInfo, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "face.safetensors"
    file.write_bytes(b"weights")
    facts: dict[str, Any] = {"non_commercial": True, "licence": "Research only."}
    closed = replace(adapter("ip-adapter-faceid", "face", **facts), path=file)
    monkeypatch.setattr(models, "find", lambda *_: replace(whole, adapters=(closed,)))
    page = studio.compose
    fields.choose(page.settings.method.method, "ip-adapter-faceid")
    page.editor.setPlainText("@ada")
    settle(qtbot, studio)
    assert not page._add.isEnabled()
    assert "face is for non-commercial use only" in page.problems.shown[0].words
    page.problems.findChild(QPushButton).click()
    dialog = studio.window.findChildren(LicenceDialog)[-1]
    dialog.accept()
    qtbot.waitUntil(page._add.isEnabled)
    assert studio.studio
    assert settings.load(studio.studio.home).accepted == (hashlib.sha256(b"weights").hexdigest(),)


# Where they are


def drag(qtbot: QtBot, canvas: RegionCanvas, *parts: tuple[float, float]) -> None:
    """From the first point to the last, as parts of the picture's sides."""
    page = canvas._page()
    places = [
        QPoint(round(page.left() + x * page.width()), round(page.top() + y * page.height())) for x, y in parts
    ]
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        qtbot.mouseMove(canvas, place)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=places[-1])


@pytest.fixture
def where(studio: Application, qtbot: QtBot) -> RegionDialog:
    studio.compose.editor.setPlainText("@ada and @ben")
    settle(qtbot, studio)
    dialog = studio.compose.cast.ask_where()
    qtbot.waitExposed(dialog)
    return dialog


def test_a_box_is_dragged_moved_and_taken_away(
    studio: Application, where: RegionDialog, qtbot: QtBot
) -> None:
    page = studio.compose
    drag(qtbot, where.canvas, (0.1, 0.2), (0.3, 0.5), (0.5, 0.9))
    assert page.wish.regions["ada"].box == pytest.approx((0.1, 0.2, 0.5, 0.9), abs=0.01)
    drag(qtbot, where.canvas, (0.3, 0.5), (0.5, 0.5))
    assert page.wish.regions["ada"].box == pytest.approx((0.3, 0.2, 0.7, 0.9), abs=0.02)
    where.soft.value = 0.3
    assert page.wish.regions["ada"].soft == 0.3
    where.choose(1)
    drag(qtbot, where.canvas, (0.9, 0.9), (0.6, 0.6))
    assert list(page.wish.regions) == ["ada", "ben"]
    assert page.cast.chips["ben"]._detail.text() == "placed"
    where._take.click()
    assert list(page.wish.regions) == ["ada"]
    [spec] = specs(studio, page.wish)
    assert [subject.region is None for subject in spec.subjects] == [False, True]


def test_keys_move_and_size_a_box(where: RegionDialog, qtbot: QtBot) -> None:
    qtbot.keyClick(where.canvas, Qt.Key.Key_Right)
    assert where.regions["ada"].box == pytest.approx((0.27, 0.25, 0.77, 0.75))
    qtbot.keyClick(where.canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert where.regions["ada"].box == pytest.approx((0.27, 0.25, 0.77, 0.77))
    for _ in range(20):
        qtbot.keyClick(where.canvas, Qt.Key.Key_Right)
    assert where.regions["ada"].box == pytest.approx((0.5, 0.25, 1.0, 0.77))
    qtbot.keyClick(where.canvas, Qt.Key.Key_Delete)
    assert where.regions == {}


def test_a_mask_is_kept_and_used(
    studio: Application, where: RegionDialog, qtbot: QtBot, photo: Callable[..., Path]
) -> None:
    where.mask_chosen.emit("ben", photo("mask.png", colour=(255, 255, 255)))
    settle(qtbot, studio)
    mask = studio.compose.wish.regions["ben"].mask
    assert studio.studio
    assert mask
    assert studio.studio.home.reference(mask).exists()


def test_nobody_is_placed_where_nothing_is_looked_at(studio: Application, where: RegionDialog) -> None:
    where.use_mask("ada", "0" * 64)
    assert studio.compose.wish.regions == {"ada": Region(mask="0" * 64)}
    fields.choose(studio.compose.settings.method.method, "fastcomposer")
    assert studio.compose.wish.regions == {}
    assert not studio.compose.cast._where.isVisible()


# A photo to start from


def test_a_photo_of_the_album_is_started_from(studio: Application, qtbot: QtBot) -> None:
    page = studio.compose
    page.editor.setPlainText("@ada")
    page.settings.start.album_asked.emit()
    settle(qtbot, studio)
    dialog = studio.window.findChildren(PhotoDialog)[-1]
    assert dialog.model.rowCount() == 7
    assert not dialog._ok.isEnabled()
    dialog.view.setCurrentIndex(dialog.model.index(2))
    dialog._ok.click()
    path = dialog.model.rows[2]
    page.settings.start.strength.value = 0.4
    assert (page.wish.start, page.wish.start_strength) == (path, 0.4)
    qtbot.waitUntil(page._add.isEnabled)
    page._add.click()
    qtbot.waitUntil(lambda: len(read(studio, jobs.rows)) == 1)
    start = read(studio, jobs.peek).start
    assert start == StartPhoto(path, hashlib.sha256(Path(path).read_bytes()).hexdigest(), 0.4)
    page.settings.start.show_photo("")
    assert (page.wish.start, page.wish.start_strength) == (None, None)
    page.load(read(studio, jobs.peek))
    assert (page.wish.start, page.wish.start_strength) == (path, 0.4)


def test_a_photo_that_is_gone_is_said(studio: Application, qtbot: QtBot) -> None:
    page = studio.compose
    page.editor.setPlainText("@ada")
    page.settings.start.show_photo("/nowhere/beach.jpg")
    settle(qtbot, studio)
    assert "beach.jpg is not there any more" in page.problems.shown[0].words
    assert not page._add.isEnabled()


def test_a_slider_says_its_value(qtbot: QtBot) -> None:
    slider = NumberSlider(2.0, 0.5)
    qtbot.addWidget(slider)
    with qtbot.waitSignal(slider.changed):
        slider.value = 1.25
    assert (slider.value, slider._said.text()) == (1.25, "1.25")
