"""Wildcards and prompt files: what is drawn, what is made of all, and what is said when one is missing."""

import re
from pathlib import Path

import pytest

from core import compose, wildcards
from core.compose import Wish
from core.errors import KnownError
from core.library import open_library
from core.paths import Home
from core.settings import Settings


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    (home.wildcards / "people").mkdir(parents=True)
    for name, text in {
        "place": "# places\non the beach\n\nin {a|the} forest\nin __town__\n",
        "town": "Paris\nRome",
        "people/hat": "a crown",
        "empty": "# nothing\n",
        "loop": "__again__",
        "again": "well __loop__",
    }.items():
        (home.wildcards / f"{name}.txt").write_text(text, "utf-8")
    return home


def texts(home: Home, **wish: object) -> list[str]:
    library = open_library(home)
    try:
        with library.read() as session:
            made = compose.specs(session, home, Settings(), Wish(**({"model": "mini"} | wish)))  # type: ignore[arg-type]
        return [spec.prompt for spec in made]
    finally:
        library.close()


PLACES = ["on the beach", "in a forest", "in the forest", "in Paris", "in Rome"]


def test_all_of_it_is_made(home: Home) -> None:
    assert wildcards.everything(home.wildcards, "a cat __place__") == [f"a cat {place}" for place in PLACES]
    made = texts(home, text="a {cat|dog} __place__ with __people/hat__", wildcards="all", count=2, seed=1)
    assert len(made) == 2 * len(PLACES) * 2
    assert made[:2] == ["a cat on the beach with a crown"] * 2


def test_each_picture_draws_by_its_seed(home: Home) -> None:
    made = texts(home, text="a cat __place__", count=40, seed=1)
    assert set(made) == {f"a cat {place}" for place in PLACES}
    assert made == texts(home, text="a cat __place__", count=40, seed=1)
    assert made[5] == texts(home, text="a cat __place__", seed=6)[0]


def test_what_was_drawn_is_in_the_settings(home: Home) -> None:
    library = open_library(home)
    with library.read() as session:
        (spec,) = compose.specs(session, home, Settings(), Wish(text="a cat __place__", model="mini", seed=3))
    library.close()
    assert spec.template == spec.prompt
    assert "__" not in spec.template


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a cat __nowhere__", "There is no wildcard __nowhere__: write its choices into .*nowhere.txt"),
        ("a cat __nowhere__", "There are: again, empty, loop, place, town"),
        ("a cat __empty__", "The wildcard __empty__ is empty"),
        ("a cat __loop__", "stands for itself: loop → again → loop"),
    ],
)
@pytest.mark.parametrize("how", ["draw", "all"])
def test_what_is_missing_is_said_before_anything_is_queued(home: Home, text: str, why: str, how: str) -> None:
    with pytest.raises(KnownError, match=why):
        texts(home, text=text, wildcards=how)


def test_one_deep_down_is_missed_though_no_draw_meets_it(home: Home) -> None:
    lines = ["fine"] * 200 + ["__nowhere__"]
    (home.wildcards / "many.txt").write_text("\n".join(lines), "utf-8")
    with pytest.raises(KnownError, match="__nowhere__"):
        texts(home, text="a __many__ cat", seed=1)


def test_too_many_are_refused(home: Home) -> None:
    (home.wildcards / "many.txt").write_text("\n".join(map(str, range(300))), "utf-8")
    with pytest.raises(KnownError, match="more than 10,000 prompts"):
        texts(home, text="__many__ __many__", wildcards="all")


def test_names_stay_in_their_folder() -> None:
    assert wildcards.named("__a__ __b-c/d_e__ __../x__ ___ __a__ snake_case __x") == ["a", "b-c/d_e"]


def test_they_are_listed_with_their_lines(home: Home) -> None:
    counts = {"again": 1, "empty": 0, "loop": 1, "people/hat": 1, "place": 3, "town": 2}
    found = wildcards.available(home.wildcards)
    assert {name: choices.count for name, choices in found.items()} == counts
    assert found["empty"].first == ()
    assert len(found["place"].first) == 3
    assert wildcards.available(home.root / "nowhere") == {}


def test_prompts_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "prompts.txt"
    file.write_text("\ufeffa cat\n\n# not this\n a {red|blue} dog \n", "utf-8")
    assert wildcards.read_prompts(file) == ["a cat", "a {red|blue} dog"]
    file.write_text("# nothing", "utf-8")
    with pytest.raises(KnownError, match="holds no prompts"):
        wildcards.read_prompts(file)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KnownError, match="no text in UTF-8"):
        wildcards.read_prompts(file)
    with pytest.raises(KnownError, match=re.escape(str(tmp_path / "gone"))):
        wildcards.read_prompts(tmp_path / "gone")
