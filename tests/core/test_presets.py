"""Named settings: what they hold, and what they never do."""

from pathlib import Path

import pytest
from agreed_pair import Likeness, command_line

from core import presets
from core.errors import KnownError
from core.library import jobs, open_library, subjects
from core.paths import Home
from core.spec import Inside, Region
from core.wish import Wish

WISH = Wish(
    text="@ada in the snow", count=3, seed=4, steps=9, guidance=3.5, scales={"ada": 0.4}, layers={"mid": 0.5},
    negative_prompt="blurry", start="/photo.png", inside=Inside("0" * 64),
    regions={"ada": Region((0, 0, 1, 1))},
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_a_preset_holds_how_pictures_are_made_and_not_what_is_in_them(home: Home) -> None:
    presets.keep(home, presets.of(" Night ", WISH, with_prompts=False))
    found = presets.find(home, "night")
    assert (found.name, found.has_prompts) == ("Night", False)
    assert found.told == {
        "count": 3, "steps": 9, "guidance": 3.5, "layers": {"mid": 0.5}, "negative_prompt": "blurry",
    }  # fmt: skip


def test_prompts_and_strengths_come_along_when_asked_for(home: Home) -> None:
    presets.keep(home, presets.of("Snow", WISH, with_prompts=True))
    wish = presets.find(home, "snow").wish
    assert (wish.text, wish.seed, wish.scales) == ("@ada in the snow", 4, {"ada": 0.4})
    assert (wish.start, wish.inside, wish.regions) == (None, None, {})


def test_they_are_replaced_renamed_and_deleted(home: Home) -> None:
    for steps in (5, 6):
        presets.keep(home, presets.of("One", Wish(text="", steps=steps), False))
    presets.keep(home, presets.of("Two", Wish(text=""), False))
    assert [(each.name, each.wish.steps) for each in presets.listed(home)] == [("One", 6), ("Two", None)]
    with pytest.raises(KnownError, match="“two” already"):
        presets.rename(home, "One", "two")
    presets.rename(home, "one", "ONE")
    presets.remove(home, "Two")
    assert [each.name for each in presets.listed(home)] == ["ONE"]
    with pytest.raises(KnownError, match=r"no preset “Two”\. There are: ONE"):
        presets.remove(home, "Two")
    with pytest.raises(KnownError, match="needs a name"):
        presets.keep(home, presets.of(" ", Wish(text=""), False))


def test_a_file_that_is_none_of_ours_is_named(home: Home) -> None:
    home.create().compose_presets.write_text("{", "utf-8")
    with pytest.raises(KnownError, match="Mend or delete"):
        presets.listed(home)


def test_who_is_deleted_is_named_by_none_any_more(home: Home) -> None:
    library = open_library(home)
    with library.write() as session:
        ada = subjects.create(session, "person", "Ada", "woman")
    for name, wish in (
        ("Her", WISH), ("For Ada", Wish(text="")), ("Adamant", Wish(text="a cat")),
    ):  # fmt: skip
        presets.keep(home, presets.of(name, wish, True))
    subjects.delete(library, ada)
    library.close()
    assert [each.name for each in presets.listed(home)] == ["Adamant"]


@pytest.fixture
def likeness(home: Home, photo, monkeypatch: pytest.MonkeyPatch) -> Likeness:  # type: ignore[no-untyped-def]
    return command_line(home, photo, monkeypatch)


def test_the_command_line_saves_and_uses_them(likeness: Likeness, home: Home, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("a cat\na dog\n", "utf-8")
    home.wildcards.mkdir(parents=True)
    (home.wildcards / "place.txt").write_text("in Paris\nin Rome", "utf-8")
    likeness("queue", "add", "--from", prompts, "--steps", 9, "--count", 2, "--save-preset", "Quick")
    likeness("queue", "add", "a hat __place__", "--preset", "quick", "--count", 1, "--wildcards", "all")
    library = open_library(home)
    with library.read() as session:
        rows = jobs.rows(session)
    library.close()
    assert [row.text for row in rows] == [
        "a cat", "a cat", "a dog", "a dog", "a hat in Paris", "a hat in Rome",
    ]  # fmt: skip
    assert {row.steps for row in rows} == {9}
    assert "Quick" in likeness("presets")
    likeness("presets", "rename", "quick", "Fast")
    likeness("presets", "delete", "fast")
    assert presets.listed(home) == ()
