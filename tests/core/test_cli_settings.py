"""`likeness settings`: every choice shown, changed, put back, and refused in words."""

import json

import pytest
from typer.testing import CliRunner, Result

from core import settings
from core.cli.app import app
from core.paths import Home
from core.settings import CHOICES, Settings


def likeness(home: Home, *words: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(home.root), "settings", *words])


def test_all_are_shown_with_what_they_take(home):
    shown = likeness(home).output
    assert all(f"{name}: " in shown for name in CHOICES)
    assert "a number from 1 to 3" in shown
    assert set(json.loads(likeness(home, "--json").output)) == set(CHOICES)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("theme", "light", "light"),
        ("margin", "1.5", 1.5),
        ("previews", "no", False),
        ("thumbnails", "300", 300),
    ],
)
def test_one_is_changed_and_the_others_stay(home, name, value, kept):
    settings.save(home.create(), Settings(accepted=("abc",), keys={"undo": "Ctrl+U"}))
    assert likeness(home, name, value).exit_code == 0
    found = settings.load(home)
    assert getattr(found, name) == kept
    assert (found.accepted, found.keys) == (("abc",), {"undo": "Ctrl+U"})


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("margin", "9"), "a number from 1 to 3"),
        (("theme", "blue"), "one of dark, light, system"),
        (("previews", "perhaps"), "yes or no"),
        (("accepted", "x"), "There is no setting"),
        (("theme", "light", "--reset"), "--reset puts all"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changed(home, words, told):
    settings.save(home.create(), Settings(margin=2.0))
    done = likeness(home, *words)
    assert done.exit_code != 0
    assert told in str(done.exception) + done.output
    assert settings.load(home) == Settings(margin=2.0)


def test_reset_keeps_models_and_licences(home):
    before = Settings(theme="light", margin=2.0, models={"a": "/a"}, accepted=("abc",))
    settings.save(home.create(), before)
    assert likeness(home, "theme", "").exit_code == 0
    assert settings.load(home).theme == "dark"
    likeness(home, "--reset")
    assert settings.load(home) == Settings(models={"a": "/a"}, accepted=("abc",))
