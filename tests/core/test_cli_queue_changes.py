"""Changing what waits, from the command line."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from agreed_pair import Likeness, command_line

from core.library import jobs, open_library
from core.paths import Home
from core.spec import RenderSpec


@pytest.fixture
def likeness(home: Home, photo: Any, monkeypatch: pytest.MonkeyPatch) -> Likeness:
    """What it says in one line."""
    run = command_line(home, photo, monkeypatch)
    return lambda *arguments, fails=0: " ".join(run(*arguments, fails=fails).split())


@pytest.fixture
def spec_of(home: Home) -> Callable[[int], RenderSpec]:
    def ask(number: int) -> RenderSpec:
        library = open_library(home)
        with library.read() as session:
            found = jobs.spec_of(session, number)
        library.close()
        return found

    return ask


def listed(likeness: Likeness) -> list[dict[str, Any]]:
    return json.loads(likeness("queue", "list", "--json"))  # type: ignore[no-any-return]


def waiting(likeness: Likeness) -> list[int]:
    return [row["id"] for row in listed(likeness) if row["state"] == "queued"]


def test_each_setting_of_a_waiting_picture(likeness: Likeness, spec_of: Callable[[int], RenderSpec]) -> None:
    likeness("queue", "add", "a photo of @ada on the beach", "--seed", 1)
    before = spec_of(1)
    likeness("queue", "edit", 1, "--steps", 9, "--seed", 7, "--guidance", 2.5, "--size", "64x128",
             "--negative", "blurry", "--scheduler", "euler", "--scale", 0.25)  # fmt: skip
    after = spec_of(1)
    assert (after.steps, after.seed, after.guidance) == (9, 7, 2.5)
    assert (after.width, after.height, after.negative_prompt) == (64, 128, "blurry")
    assert (after.scheduler, after.subjects[0].scale) == ("euler", 0.25)
    assert (after.prompt, after.subjects[0].references) == (before.prompt, before.subjects[0].references)


def test_other_words_for_the_same_people(likeness: Likeness, spec_of: Callable[[int], RenderSpec]) -> None:
    likeness("queue", "add", "@ada and @ben")
    likeness("queue", "edit", 1, "--prompt", "in snow: a portrait of @ben with @ada")
    after = spec_of(1)
    assert after.template == "in snow: a portrait of @ben with @ada"
    assert [after.prompt[a:b] for subject in after.subjects for a, b in subject.spans] == ["woman", "woman"]
    assert [subject.name for subject in after.subjects] == ["Ben", "Ada"]
    likeness("queue", "run")
    assert listed(likeness)[0]["state"] == "done"


REFUSED = [
    ([], "Say what to change"),
    (["--prompt", "@ben"], "@ben is not in this picture yet"),
    (["--prompt", "@cho"], "cho"),
    (["--prompt", "nobody at all"], "Leave Ada in the prompt"),
    (["--prompt", "@ada {a|b}"], "one prompt"),
    (["--size", "101"], "multiples of"),
]


@pytest.mark.parametrize(("options", "said"), REFUSED, ids=lambda value: " ".join(value)[:30])
def test_what_cannot_be_is_said_and_nothing_changes(
    likeness: Likeness, spec_of: Callable[[int], RenderSpec], options: list[str], said: str
) -> None:
    likeness("queue", "add", "a photo of @ada")
    before = spec_of(1)
    assert said in likeness("queue", "edit", 1, *options, fails=1)
    assert spec_of(1) == before


def test_nobodys_references_have_no_strength(likeness: Likeness) -> None:
    likeness("queue", "add", "a beach")
    assert "leave --scale out" in likeness("queue", "edit", 1, "--scale", 0.5, fails=1)


def test_what_is_done_cannot_be_changed_but_made_again(
    likeness: Likeness, spec_of: Callable[[int], RenderSpec]
) -> None:
    likeness("queue", "add", "a beach", "--seed", 3)
    likeness("queue", "run")
    assert "only what waits" in likeness("queue", "edit", 1, "--steps", 9, fails=1)
    likeness("queue", "duplicate", 1, "--count", 2, "--seed", 10)
    assert [spec_of(number).seed for number in waiting(likeness)] == [10, 11]
    likeness("queue", "duplicate", 1)
    assert spec_of(waiting(likeness)[-1]).seed != 3


def test_order_and_priority_and_taking_back(likeness: Likeness) -> None:
    likeness("queue", "add", "a beach", "--count", 3)
    likeness("queue", "move", 3, "--before", 1)
    assert waiting(likeness) == [3, 1, 2]
    likeness("queue", "move", 3)
    assert waiting(likeness) == [1, 2, 3]
    assert "comes first" in likeness("queue", "priority", 2)
    assert "come when nothing else waits" in likeness("queue", "priority", 1, 2, "--as", "background")
    assert waiting(likeness) == [3, 2, 1]
    assert "queued, background" in likeness("queue", "list")
    assert "2 pictures are where they were" in likeness("queue", "undo")
    assert waiting(likeness) == [2, 1, 3]
    likeness("queue", "move", 1, 3, "--first")
    assert waiting(likeness) == [1, 3, 2]
    assert "not both" in likeness("queue", "move", 1, "--first", "--before", 3, fails=1)
    assert "None of these jobs waits" in likeness("queue", "priority", 99, fails=1)


def test_cancelling_all_of_a_prompt_or_all_that_waits(likeness: Likeness) -> None:
    likeness("queue", "add", "a {beach|street}", "--count", 2)
    assert "2 cancelled" in likeness("queue", "cancel", "--like", 1)
    assert waiting(likeness) == [3, 4]
    assert "2 cancelled" in likeness("queue", "cancel", "--waiting")
    assert "2 pictures wait again" in likeness("queue", "undo")
    assert waiting(likeness) == [3, 4]
    assert "--like JOB" in likeness("queue", "cancel", fails=1)
    assert "--like JOB" in likeness("queue", "cancel", 3, "--all", fails=1)


def test_pausing_at_once_and_going_on(likeness: Likeness, home: Home) -> None:
    likeness("queue", "add", "a beach")
    likeness("queue", "pause", "--now", "--free")
    library = open_library(home)
    with library.read() as session:
        assert jobs.hold(session) == jobs.Hold(now=True, free=True)
    assert "Paused from the command line" in likeness("queue", "list")
    likeness("queue", "resume")
    with library.read() as session:
        assert jobs.hold(session) is None
    library.close()


def test_several_steps_back_and_forth(likeness: Likeness, spec_of: Callable[[int], RenderSpec]) -> None:
    likeness("queue", "add", "a beach", "--count", 2, "--seed", 1)
    likeness("queue", "edit", 1, 2, "--steps", 9, "--seed", 50)
    assert [(spec_of(each).steps, spec_of(each).seed) for each in (1, 2)] == [(9, 50), (9, 51)]
    likeness("queue", "cancel", "--all")
    likeness("queue", "clear")
    told = likeness("queue", "undo", "--steps", 9)
    assert told.split(". ") == [
        "2 pictures are on the list again", "2 pictures wait again",
        "2 pictures have their earlier settings again", "2 pictures are taken out of the queue",
        "There is nothing more.",
    ]  # fmt: skip
    assert "nothing to take back" in likeness("queue", "undo")
    likeness("queue", "redo", "--steps", 2)
    assert waiting(likeness) == [1, 2]
    assert spec_of(2).seed == 51
    likeness("queue", "duplicate", 1)
    assert "Nothing was taken back" in likeness("queue", "redo")


def test_cancelling_what_was_queued_in_one_go(likeness: Likeness) -> None:
    likeness("queue", "add", "a beach", "a street")
    likeness("queue", "add", "a beach")
    assert "2 cancelled" in likeness("queue", "cancel", "--with", 2)
    assert waiting(likeness) == [3]
    assert "no job 99" in likeness("queue", "cancel", "--with", 99, fails=1)


def test_retrying_some_and_all_and_taking_it_back(likeness: Likeness) -> None:
    likeness("queue", "add", "FAIL one", "FAIL two")
    likeness("queue", "run", fails=1)
    likeness("queue", "retry", 1)
    assert waiting(likeness) == [1]
    likeness("queue", "retry", "--all")
    assert waiting(likeness) == [1, 2]
    likeness("queue", "undo", "--steps", 2)
    assert [(row["state"], bool(row["error"])) for row in listed(likeness)] == [("failed", True)] * 2


def test_another_method_comes_with_its_own_settings(
    likeness: Likeness, spec_of: Callable[[int], RenderSpec]
) -> None:
    likeness("queue", "add", "@ada and @ben", "--method", "photoverse", "--words", 2, "--maps")
    likeness("queue", "edit", 1, "--method", "ip-adapter-plus", "--scale", 0.3)
    after = spec_of(1)
    assert (after.method, after.adapter, after.fusion) == ("ip-adapter-plus", "ip-adapter-plus", "")
    assert [subject.scale for subject in after.subjects] == [0.3, 0.3]
    assert after.photoverse.words == 1
    assert after.maps
    likeness("queue", "edit", 1, "--method", "fastcomposer", "--scale", 0.4)
    after = spec_of(1)
    assert (after.method, after.adapter) == ("fastcomposer", "fastcomposer")
    assert [subject.text_scale for subject in after.subjects] == [0.4, 0.4]
    likeness("queue", "edit", 1, "--method", "text")
    assert spec_of(1).adapter == ""
    assert "has no use for it" in likeness("queue", "edit", 1, "--scale", 0.4, fails=1)
    likeness("queue", "run")
    assert [row["state"] for row in listed(likeness)] == ["done"]


def test_a_method_that_cannot_be_is_refused(likeness: Likeness) -> None:
    likeness("queue", "add", "@ada", "--region", "ada=0,0,0.5,1")
    likeness("queue", "add", "a beach")
    assert "has nothing to act on" in likeness("queue", "edit", 1, "--method", "fastcomposer", fails=1)
    assert "mip-adapter" in likeness("queue", "edit", 1, "--method", "mip-adapter", fails=1).lower()
    assert "from its text alone" in likeness("queue", "edit", 2, "--method", "ip-adapter", fails=1)
