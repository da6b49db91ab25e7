"""Writing prompts: completion, live answers, what stands in the way, and the way into the queue."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from window_steps import enqueue, read, settle
from window_steps import subject as named_row

from core.library import gallery, jobs, subjects
from core.paths import Home
from core.spec import RenderSpec
from desktop.app import COMPOSE, QUEUE, Application
from desktop.pages.consent_dialog import ConsentDialog
from desktop.widgets import fields


def write(qtbot: QtBot, application: Application, text: str) -> None:
    application.compose.editor.setPlainText(text)
    settle(qtbot, application)


def problems(application: Application) -> list[str]:
    return [problem.words for problem in application.compose.problems.shown]


def test_the_line_counts_prompts_and_seeds(qtbot: QtBot, named: Application) -> None:
    named.compose.settings._count.setValue(4)
    write(qtbot, named, "a photo of @ada on {the beach|a red wall}\n@ada and @ben in a library")
    assert named.compose._line.text().startswith("3 prompts × 4 seeds = 12 pictures")
    assert named.compose._add.isEnabled()
    assert list(named.compose.cast.chips) == ["ada", "ben"]


def test_the_line_tells_the_time_once_one_was_measured(qtbot: QtBot, named: Application, engine) -> None:  # type: ignore[no-untyped-def]
    engine.step_seconds = 0.005
    named.window.open_page(COMPOSE)
    enqueue(qtbot, named, "a photo of @ada")
    qtbot.waitUntil(lambda: read(named, gallery.count) == 1)
    settle(qtbot, named)
    write(qtbot, named, "a photo of @ada on the beach")
    assert ", about 1 s, " in named.compose._line.text()


def test_at_offers_faces_and_completes(qtbot: QtBot, named: Application) -> None:
    named.window.open_page(COMPOSE)
    editor = named.compose.editor
    qtbot.keyClicks(editor, "a photo of @a")
    popup = editor.completer.popup()
    assert popup.isVisible()
    shown = editor.completer.completionModel()
    assert shown.index(0, 0).data() == "@ada   Ada, person"
    assert not shown.index(0, 0).data(Qt.ItemDataRole.DecorationRole).isNull()
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert editor.toPlainText() == "a photo of @ada "
    qtbot.keyClicks(editor, " on  a hill")
    assert editor.toPlainText() == "a photo of @ada on  a hill"


def write_wildcards(home: Home) -> None:
    (home.wildcards / "scene").mkdir(parents=True)
    (home.wildcards / "place.txt").write_text("the beach\na red wall\n", "utf-8")
    (home.wildcards / "scene" / "light.txt").write_text("\n".join("abcdef"), "utf-8")


def test_two_underscores_offer_wildcards_with_their_first_lines(
    qtbot: QtBot, named: Application, home: Home
) -> None:
    write_wildcards(home)
    named.compose.check()
    settle(qtbot, named)
    named.window.open_page(COMPOSE)
    editor = named.compose.editor
    editor.insertPlainText("@ada at 🌊 ")
    qtbot.keyClicks(editor, "_")
    popup, shown = editor.completer.popup(), editor.completer.completionModel
    assert not popup.isVisible()
    qtbot.keyClicks(editor, "_")
    assert popup.isVisible()
    assert [shown().index(row, 0).data() for row in range(shown().rowCount())] == [
        "__place__\nthe beach, a red wall",
        "__scene/light__\na, b, c, d, …",
    ]
    qtbot.keyClicks(editor, "li")
    assert shown().rowCount() == 1
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert editor.toPlainText() == "@ada at 🌊 __scene/light__ "
    qtbot.keyClicks(editor, " and @b")
    assert shown().index(0, 0).data() == "@ben   Ben, person"
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert editor.toPlainText() == "@ada at 🌊 __scene/light__ and @ben "


def test_a_closed_wildcard_and_a_single_underscore_offer_nothing(
    qtbot: QtBot, named: Application, home: Home
) -> None:
    write_wildcards(home)
    named.compose.check()
    settle(qtbot, named)
    named.window.open_page(COMPOSE)
    editor = named.compose.editor
    for text in ("snake_pl", "__place__", "__place__ pl", "__ pl"):
        editor.clear()
        qtbot.keyClicks(editor, text)
        assert not editor.completer.popup().isVisible(), text


def test_an_address_is_no_handle(qtbot: QtBot, named: Application) -> None:
    named.window.open_page(COMPOSE)
    qtbot.keyClicks(named.compose.editor, "me@a")
    assert not named.compose.editor.completer.popup().isVisible()


def test_an_unknown_handle_is_said_with_near_matches(qtbot: QtBot, named: Application) -> None:
    write(qtbot, named, "a photo of @adda")
    assert problems(named) == ["Nobody is called @adda. Did you mean @ada?"]
    assert not named.compose._add.isEnabled()
    assert named.compose._line.text() == ""


def test_braces_that_do_not_match_are_said(qtbot: QtBot, named: Application) -> None:
    write(qtbot, named, "a photo of @ada on {the beach")
    assert "opens a brace" in problems(named)[0]


def test_missing_consent_comes_with_the_button_that_mends_it(qtbot: QtBot, named: Application) -> None:
    card = named_row(named, "Ben")
    named.studio.write(lambda s: subjects.set_consent(s, card.id, "unknown"))
    qtbot.waitUntil(lambda: named_row(named, "Ben").consent == "unknown")
    named.window.open_page(COMPOSE)
    write(qtbot, named, "a photo of @ben")
    assert problems(named) == ["Did Ben agree to pictures being made? Note it first."]
    named.compose.problems.findChild(QPushButton).click()
    dialog = named.window.findChildren(ConsentDialog)[-1]
    assert dialog.status == "unknown"  # nobody agrees by default
    dialog._status.setCurrentIndex(0)
    dialog.accept()
    qtbot.waitUntil(named.compose._add.isEnabled)
    assert problems(named) == []


def test_missing_references_are_made_by_the_button(qtbot: QtBot, filled: Application) -> None:
    card = filled.people.model.rows[0]

    def unprepared(session) -> None:  # type: ignore[no-untyped-def]
        subjects.rename(session, card.id, "Ada")
        subjects.set_consent(session, card.id, "granted")

    filled.studio.write(unprepared)
    qtbot.waitUntil(lambda: named_row(filled, "Ada") is not None)
    settle(qtbot, filled)
    write(qtbot, filled, "a photo of @ada")
    assert problems(filled) == ["Ada has no references yet."]
    filled.compose.problems.findChild(QPushButton).click()
    qtbot.waitUntil(filled.compose._add.isEnabled)


def test_control_return_queues_with_each_ones_strength(qtbot: QtBot, named: Application) -> None:
    named.studio.runner.pause()
    named.window.open_page(COMPOSE)
    write(qtbot, named, "@ada and @ben on the beach")
    named.compose.cast.chips["ben"]._slider.setValue(40)
    named.compose.settings._seed.setText("7")
    qtbot.keyClick(named.compose.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(named.queue.model.rows) == 1)
    assert "1 picture added" in named.window.messages.words
    spec = read(named, jobs.peek)
    assert spec.seed == 7
    assert [subject.scale for subject in spec.subjects] == [named.compose.settings.wish.scale, 0.4]
    named.window.messages._action.click()
    assert named.window.page == QUEUE


def test_the_common_strength_moves_those_without_their_own(qtbot: QtBot, named: Application) -> None:
    write(qtbot, named, "@ada and @ben on the beach")
    named.compose.cast.chips["ben"]._slider.setValue(40)
    named.compose.settings.method._numbers["scale"].value = 1.2
    shown = {handle: chip.strength for handle, chip in named.compose.cast.chips.items()}
    assert shown == {"ada": 1.2, "ben": 0.4}
    assert named.compose.wish.scales == {"ben": 0.4}


def test_what_is_refused_is_said_and_queues_nothing(qtbot: QtBot, named: Application) -> None:
    write(qtbot, named, "a photo of @ada")
    named.compose.editor.setPlainText("a photo of @nobody")
    named.compose.add_to_queue()
    qtbot.waitUntil(lambda: "Nobody is called @nobody" in named.window.messages.words)
    assert read(named, jobs.rows) == []


def test_settings_start_from_what_the_model_does_best(named: Application) -> None:
    from core import models

    model = models.find(named.studio.settings, "mini")
    wish = named.compose.settings.wish
    assert (wish.width, wish.steps, wish.guidance) == (model.size, model.advice.steps, model.advice.guidance)
    assert (wish.scale, wish.scheduler) == (model.advice.scale, model.advice.scheduler)
    assert (wish.method, wish.seed) == (None, None)


def test_a_drawn_seed_stays(named: Application) -> None:
    named.compose.settings._draw_seed()
    assert named.compose.settings.wish.seed is not None


def test_loading_a_picture_brings_all_its_settings_back(qtbot: QtBot, named: Application) -> None:
    named.studio.runner.pause()
    settings = named.compose.settings
    settings._steps.setValue(9)
    settings._guidance.setValue(3.5)
    settings._seed.setText("1234")
    fields.choose(settings._scheduler, "euler")
    enqueue(qtbot, named, "a photo of @ada")
    spec: RenderSpec = read(named, jobs.peek)
    settings.use_defaults()
    settings._seed.clear()
    named.compose.load(spec)
    settle(qtbot, named)
    loaded = settings.wish
    assert (loaded.steps, loaded.guidance, loaded.seed, loaded.scheduler) == (9, 3.5, 1234, "euler")
    assert named.compose.editor.toPlainText() == "a photo of @ada"
    named.compose.load(spec, "rest")
    assert settings.wish.seed is None
