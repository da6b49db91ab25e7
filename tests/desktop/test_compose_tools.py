"""Beside the prompts: presets, prompts from files, wildcards, drafts, and mending what is in the way."""

import threading
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from window_steps import read, settle
from window_steps import subject as named_row

from core import presets
from core.engine.fake import FakeEngine
from core.events import LibraryChanged
from core.library import gallery, jobs, photos, subjects
from core.paths import Home
from core.spec import RenderSpec
from desktop.app import COMPOSE, Application
from desktop.pages.preset_bar import NameDialog
from desktop.pages.problems import Problem, Problems, Way
from desktop.widgets import fields


def write(qtbot: QtBot, application: Application, text: str) -> None:
    application.compose.editor.setPlainText(text)
    settle(qtbot, application)


def save(qtbot: QtBot, application: Application, name: str, with_prompts: bool) -> None:
    bar = application.compose.presets
    bar.save_action.trigger()
    dialog = application.window.findChildren(NameDialog)[-1]
    dialog._name.setText(name)
    dialog._with.setChecked(with_prompts)
    dialog.ok.click()
    qtbot.waitUntil(lambda: bar.box.currentData() == name)


def choose(application: Application, name: str) -> None:
    box = application.compose.presets.box
    fields.choose(box, name)
    box.activated.emit(box.currentIndex())


# Presets


def test_settings_come_back_by_their_name(qtbot: QtBot, named: Application) -> None:
    page = named.compose
    write(qtbot, named, "a photo of @ada")
    page.settings._steps.setValue(9)
    page.settings._count.setValue(3)
    page.settings.method._numbers["scale"].value = 0.4
    page.settings._negative.setText("blurry")
    settle(qtbot, named)
    before = page.settings.wish
    save(qtbot, named, "Quick", with_prompts=False)
    page.settings.use_defaults()
    page.settings._count.setValue(1)
    page.settings._negative.clear()
    write(qtbot, named, "a cat")
    choose(named, "Quick")
    settle(qtbot, named)
    assert page.settings.wish == before
    assert page.editor.toPlainText() == "a cat"


def test_prompts_and_strengths_come_back_where_they_were_saved(qtbot: QtBot, named: Application) -> None:
    page = named.compose
    write(qtbot, named, "@ada and @ben in the snow")
    page.cast.chips["ben"]._slider.setValue(40)
    settle(qtbot, named)
    save(qtbot, named, "Snow", with_prompts=True)
    page.cast.chips["ben"]._slider.setValue(90)
    write(qtbot, named, "a cat")
    choose(named, "Snow")
    settle(qtbot, named)
    assert page.editor.toPlainText() == "@ada and @ben in the snow"
    assert page.wish.scales == {"ben": 0.4}


def test_a_preset_is_renamed_deleted_and_had_again(qtbot: QtBot, named: Application, home: Home) -> None:
    bar = named.compose.presets
    assert not bar.delete_action.isEnabled()
    save(qtbot, named, "One", with_prompts=False)
    bar.rename_action.trigger()
    dialog = named.window.findChildren(NameDialog)[-1]
    dialog._name.setText("Two")
    dialog.ok.click()
    qtbot.waitUntil(lambda: bar.box.currentData() == "Two")
    bar.delete_action.trigger()
    qtbot.waitUntil(lambda: presets.listed(home) == ())
    settle(qtbot, named)
    named.window.messages._action.click()
    qtbot.waitUntil(lambda: [each.name for each in presets.listed(home)] == ["Two"])


# Prompts from files, wildcards


def test_prompts_come_from_a_file_by_button_and_by_dropping(
    qtbot: QtBot, named: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "prompts.txt"
    file.write_text("a dog\na {red|blue} hat\n", "utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    write(qtbot, named, "a cat")
    named.compose.ask_prompts()
    qtbot.waitUntil(lambda: named.compose.editor.toPlainText() == "a cat\na dog\na {red|blue} hat")
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(file))])
    assert named.compose.editor.canInsertFromMimeData(dropped)
    named.compose.editor.insertFromMimeData(dropped)
    qtbot.waitUntil(lambda: named.compose.editor.toPlainText().count("a dog") == 2)
    settle(qtbot, named)
    assert named.compose._line.text().startswith("7 prompts × 1 seed = 7 pictures")


def drop(application: Application, file: Path) -> None:
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(file))])
    assert application.compose.editor.canInsertFromMimeData(dropped)
    application.compose.editor.insertFromMimeData(dropped)


def test_a_picture_of_ours_brings_its_settings_and_a_photo_is_started_from(
    qtbot: QtBot, named: Application, album: Path, home: Home
) -> None:
    page = named.compose
    page.settings._steps.setValue(9)
    write(qtbot, named, "a photo of @ada")
    page._add.click()
    qtbot.waitUntil(lambda: read(named, gallery.count) == 1)
    page.settings.use_defaults()
    write(qtbot, named, "")
    drop(named, next(home.pictures.rglob("*.png")))
    qtbot.waitUntil(lambda: page.editor.toPlainText() == "a photo of @ada")
    assert page.settings.wish.steps == 9
    drop(named, album / "guitar.jpg")
    qtbot.waitUntil(lambda: page.settings.start.path == str(album / "guitar.jpg"))


def test_a_missing_wildcard_is_named_and_can_be_written(
    qtbot: QtBot, named: Application, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    write(qtbot, named, "a cat __place__")
    assert "There is no wildcard __place__" in named.compose.problems.shown[0].words
    assert not named.compose._add.isEnabled()
    named.compose.problems.findChild(QPushButton).click()
    file = home.wildcards / "place.txt"
    qtbot.waitUntil(lambda: opened == [str(file)])
    file.write_text("in Paris\nin Rome", "utf-8")
    fields.choose(named.compose.settings.drawing, "all")
    settle(qtbot, named)
    assert named.compose._line.text().startswith("2 prompts × 1 seed = 2 pictures")


# Mending


def test_a_misspelt_handle_is_mended_by_its_button(qtbot: QtBot, named: Application) -> None:
    write(qtbot, named, "a photo of @adda and @ben")
    mend = named.compose.problems.findChild(QPushButton)
    assert mend.text() == "Use @ada"
    mend.click()
    settle(qtbot, named)
    assert named.compose.editor.toPlainText() == "a photo of @ada and @ben"
    assert named.compose._add.isEnabled()


def test_who_is_on_the_start_photo_is_asked_too(qtbot: QtBot, named: Application) -> None:
    card = named_row(named, "Ben")
    named.studio.write(lambda s: subjects.set_consent(s, card.id, "denied"))
    settle(qtbot, named)
    write(qtbot, named, "a photo of @ada")
    photo = next(path for path in read(named, photos.paths) if Path(path).name == "ben0.jpg")
    named.compose.settings.start.show_photo(photo)
    settle(qtbot, named)
    assert "shows Ben" in named.compose.problems.shown[0].words
    assert named.compose.problems.shown[0].button == "Consent of Ben…"


# Drafts


def test_a_draft_is_shown_and_nothing_of_it_kept(
    qtbot: QtBot, named: Application, engine: FakeEngine, home: Home
) -> None:
    named.studio.runner.pause()
    named.window.open_page(COMPOSE)
    write(qtbot, named, "a photo of {@ada|@ben}")
    named.compose.draft.make.click()
    qtbot.waitUntil(named.compose.draft.picture.isVisible)
    settle(qtbot, named)
    (spec,) = engine.rendered
    assert (spec.template, spec.steps, spec.scheduler) == ("a photo of @ada", 8, "dpm++")
    assert read(named, jobs.rows) == []
    assert read(named, gallery.count) == 0
    assert not list(home.pictures.rglob("*.png"))
    assert "Draft" not in named.window.messages.words


def test_a_draft_comes_before_what_waits_and_harms_nothing(
    qtbot: QtBot, named: Application, engine: FakeEngine
) -> None:
    gate, begun = threading.Event(), threading.Event()

    def wait(specs: list[RenderSpec]) -> None:
        begun.set()
        gate.wait(10)

    engine.trouble = wait
    write(qtbot, named, "a photo of @ada")
    named.compose.settings._count.setValue(3)
    settle(qtbot, named)
    named.compose._add.click()
    qtbot.waitUntil(begun.is_set)
    named.compose.draft.make.click()
    qtbot.waitUntil(lambda: not named.studio.background.busy)
    gate.set()
    qtbot.waitUntil(lambda: read(named, gallery.count) == 3)
    assert [spec.steps == 8 for spec in engine.rendered] == [False, True, False, False]
    assert {row.state for row in read(named, jobs.rows)} == {"done"}


def test_live_drafts_follow_the_last_change_and_can_be_stopped(
    qtbot: QtBot, named: Application, engine: FakeEngine
) -> None:
    named.window.open_page(COMPOSE)
    draft = named.compose.draft
    engine.step_seconds = 0.2
    draft.live.setChecked(True)
    write(qtbot, named, "a photo of @ada")
    qtbot.waitUntil(lambda: engine.calls["render"] == 1)
    write(qtbot, named, "a photo of @ben")
    engine.step_seconds = 0.0
    qtbot.waitUntil(lambda: len(engine.rendered) == 1, timeout=8000)
    assert engine.rendered[0].template == "a photo of @ben"
    draft.live.setChecked(False)
    write(qtbot, named, "a photo of @ada in the snow")
    assert len(engine.rendered) == 1
    engine.step_seconds = 0.2
    draft.make.click()
    qtbot.waitUntil(lambda: engine.calls["render"] == 3)
    draft._cancel.click()
    settle(qtbot, named)
    assert not draft._cancel.isVisible()
    assert named.window.messages.words == ""


# Too many people


@pytest.fixture
def crowd(qtbot: QtBot, named: Application) -> Application:
    """Nine more who agreed, each with Ada's reference."""
    with named.studio.library.write() as session:
        (known, *_) = subjects.references(session, subjects.get(session, "Ada").id)
        for n in range(1, 10):
            number = subjects.create(session, "person", f"P{n}", "person")
            subjects.set_consent(session, number, "granted")
            subjects.add_reference(session, number, known.prepared, known.photo_id, known.box)
    named.studio.bridge.happened.emit(LibraryChanged("subjects"))
    named.window.open_page(COMPOSE)
    settle(qtbot, named)
    return named


def buttons(application: Application) -> dict[str, QPushButton]:
    return {each.text(): each for each in application.compose.problems.findChildren(QPushButton)}


def test_too_many_people_are_left_out_of_the_line_that_names_them(qtbot: QtBot, crowd: Application) -> None:
    everybody = ", ".join(f"@p{n}" for n in range(1, 9))
    write(qtbot, crowd, f"{everybody} and @p9 in a park\n@p9 alone")
    assert "at most 8 subjects fit" in crowd.compose.problems.shown[0].words
    buttons(crowd)["Leave @p9 out"].click()
    settle(qtbot, crowd)
    assert crowd.compose.editor.toPlainText() == f"{everybody} in a park\n@p9 alone"
    assert crowd.compose.problems.shown == ()


def test_a_method_that_takes_them_all_is_offered(qtbot: QtBot, crowd: Application) -> None:
    write(qtbot, crowd, " and ".join(f"@p{n}" for n in range(1, 10)))
    buttons(crowd)["Use FastComposer"].click()
    settle(qtbot, crowd)
    assert crowd.compose.settings.effective == "fastcomposer"
    assert crowd.compose.problems.shown == ()
    assert crowd.compose._add.isEnabled()


def test_several_ways_are_a_button_each_or_a_list(qtbot: QtBot, dressed: None) -> None:
    went: list[str] = []
    choices = tuple(Way(name, partial(went.append, name)) for name in ("one", "two"))
    problems = Problems()
    qtbot.addWidget(problems)
    problems.show_problems([Problem("Too many.", others=(Way("Another", choices=choices), Way("Fewer")))])
    another, fewer = problems.findChildren(QPushButton)
    assert (another.text(), fewer.text()) == ("Another", "Fewer")
    another.menu().actions()[1].trigger()
    assert went == ["two"]
