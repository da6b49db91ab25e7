"""Trying again until everybody is alike, asked for where pictures are composed."""

from pytestqt.qtbot import QtBot
from window_steps import enqueue, read, settle

from core import presets
from core.library import gallery, jobs
from core.paths import Home
from core.spec import RenderSpec, Until
from desktop.app import COMPOSE, Application


def ask(application: Application, score: float = 0.6, tries: int = 3) -> None:
    until = application.compose.settings.until
    until.on.setChecked(True)
    until.fields.score.setValue(score)
    until.fields.tries.setValue(tries)
    until.fields.keep.setCurrentIndex(1)


def write(qtbot: QtBot, application: Application, text: str) -> None:
    application.compose.editor.setPlainText(text)
    settle(qtbot, application)


def test_every_job_is_queued_with_what_is_to_be_reached(qtbot: QtBot, named: Application) -> None:
    named.studio.runner.pause("Not now.")
    ask(named)
    enqueue(qtbot, named, "a photo of @ada\n@ben in the snow")
    rows = read(named, jobs.rows)
    assert [row.until for row in rows] == [Until(0.6, 3, "best", 1, row.id) for row in rows]


def test_the_line_says_the_most_it_can_be(qtbot: QtBot, named: Application, engine) -> None:  # type: ignore[no-untyped-def]
    engine.step_seconds = 0.005
    enqueue(qtbot, named, "a photo of @ada")
    qtbot.waitUntil(lambda: read(named, gallery.count) == 1)
    settle(qtbot, named)
    write(qtbot, named, "a photo of @ada on a hill")
    line = named.compose._line
    assert "at most" not in line.text()
    ask(named, tries=10)
    settle(qtbot, named)
    assert line.text().startswith("1 picture, each tried up to 10 times: at most about ")
    named.compose.settings.until.on.setChecked(False)
    settle(qtbot, named)
    assert "tried" not in line.text()


def test_a_picture_of_nobody_can_be_made_once_instead(qtbot: QtBot, named: Application) -> None:
    named.window.open_page(COMPOSE)
    ask(named)
    write(qtbot, named, "an empty beach")
    (problem,) = named.compose.problems.shown
    assert problem.words.startswith("Nobody is in “an empty beach”")
    assert problem.mend
    problem.mend()
    settle(qtbot, named)
    assert named.compose.settings.until.value is None
    assert named.compose.problems.shown == ()
    assert named.compose._add.isEnabled()


def test_a_preset_keeps_it_and_a_picture_loads_without(qtbot: QtBot, named: Application, home: Home) -> None:
    ask(named)
    write(qtbot, named, "a photo of @ada")
    presets.keep(home, presets.of("Alike", named.compose.wish, with_prompts=False))
    with named.studio.library.read() as session:
        from core import compose

        (spec,) = compose.specs(session, home, named.studio.settings, named.compose.wish)
    assert isinstance(spec, RenderSpec)
    assert spec.until == Until(0.6, 3, "best")
    named.compose.load(spec)
    assert named.compose.settings.until.value is None
    named.compose.apply(presets.find(home, "alike"))
    assert named.compose.settings.until.value == Until(0.6, 3, "best")
