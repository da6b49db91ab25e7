"""What can be said to “queue add”, and what is said back."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agreed_pair import Likeness, command_line

from core.cli.wishes import by_name, sides
from core.errors import KnownError
from core.library import jobs, open_library
from core.methods import METHODS
from core.paths import Home
from core.spec import Region, RenderSpec


@pytest.fixture
def likeness(home: Home, photo: Any, monkeypatch: pytest.MonkeyPatch) -> Likeness:
    return command_line(home, photo, monkeypatch)


@pytest.fixture
def queued(likeness: Likeness, home: Home) -> Callable[..., RenderSpec]:
    """The spec that “queue add” makes of its options."""

    def add(*options: object, prompt: str = "@ada and @ben") -> RenderSpec:
        likeness("queue", "add", prompt, *options)
        library = open_library(home)
        with library.write() as session:
            spec = jobs.peek(session)
            jobs.cancel(session)
        library.close()
        assert spec
        return spec

    return add


def test_each_ones_strength_region_and_time(queued: Callable[..., RenderSpec]) -> None:
    spec = queued(
        "--method", "ip-adapter", "--scale", 0.5, "--strength", "@Ben=0.9", "--begin", 0.1, "--end", 0.8,
        "--region", "ada=0.05,0.1,0.5,1", "--soft", 0.2, "--joining", "concatenated", "--layer", "mid=0.5",
        "--merging", "relevance-mean", "--relevance-text", "class", "--maps", "--negative", "blurry",
        "--precision", "fp32",
    )  # fmt: skip
    assert [(s.scale, s.begin, s.end) for s in spec.subjects] == [(0.5, 0.1, 0.8), (0.9, 0.1, 0.8)]
    assert [s.region for s in spec.subjects] == [Region(box=(0.05, 0.1, 0.5, 1.0), soft=0.2), None]
    assert (spec.joining, spec.layers, spec.merging) == ("concatenated", (("mid", 0.5),), "relevance-mean")
    assert (spec.relevance_text, spec.maps, spec.negative_prompt, spec.precision) == (
        "class", True, "blurry", "fp32",
    )  # fmt: skip


def test_a_region_can_be_a_picture(queued: Callable[..., RenderSpec], home: Home, photo: Any) -> None:
    mask = photo("mask.png", colour=(255, 255, 255))
    region = queued("--region", f"ben={mask}").subjects[1].region
    assert region
    assert region.mask
    assert home.reference(region.mask).exists()
    assert region.soft == Region(mask="0" * 64).soft


def test_a_start_photo(queued: Callable[..., RenderSpec], photo: Any) -> None:
    file: Path = photo("start.png")
    start = queued("--start", file, "--start-strength", 0.25).start
    assert start
    assert (start.path, start.strength) == (str(file), 0.25)
    assert start.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


REFUSED = [
    (["--alpha", "0.5"], "--alpha .* belongs to FastComposer; IP-Adapter plus has no use for it"),
    (["--method", "ip-adapter", "--words", "2"], "--words .* belongs to PhotoVerse; IP-Adapter has no use"),
    (["--method", "text", "--scale", "0.5"], "--scale .* Text alone has no use for it"),
    (["--strength", "cho=1"], "No prompt names @cho"),
    (["--strength", "ada"], "--strength ada: write it like --strength ada=0.8"),
    (["--strength", "ada=much"], "“much” is no number. Write it like --strength ada=0.8"),
    (["--strength", "ada=1", "--strength", "@Ada=2"], "says something about ada twice"),
    (["--region", "ada=0.5,0.1,0.2,1"], "left < right"),
    (["--region", "ada=0.5,0.1,0.2"], "four edges from 0 to 1"),
    (["--region", "ada=0,0,1,1.5"], "four edges from 0 to 1"),
    (["--region", "ada=nowhere.png"], "nowhere.png is not there any more"),
    (["--layer", "side=1"], "This cannot be made"),
    (["--soft", "0.2"], "--soft fades the edge of a --region"),
    (["--start-strength", "0.2"], "needs a start photo"),
    (["--start", "nowhere.jpg"], "nowhere.jpg is not there any more"),
    (["--adapter", "nothing"], "no adapter nothing"),
]


@pytest.mark.parametrize(("options", "said"), REFUSED, ids=lambda value: " ".join(value)[:40])
def test_what_cannot_be_is_said_and_nothing_is_queued(
    likeness: Likeness, options: list[str], said: str
) -> None:
    import re

    shown = likeness("queue", "add", "@ada", *options, fails=1)
    assert re.search(said, " ".join(shown.split())), shown
    assert json.loads(likeness("queue", "list", "--json")) == []


def test_one_of_several_prompts_may_name_them(likeness: Likeness) -> None:
    likeness("queue", "add", "@ada", "@ben", "a cat", "--strength", "ben=0.4")
    assert len(json.loads(likeness("queue", "list", "--json"))) == 3


def test_the_help_groups_the_options(likeness: Likeness) -> None:
    shown = likeness("queue", "add", "--help")
    for panel in (
        "Picture",
        "People and objects",
        "Who is where",
        "The method's own",
        "Starting from a photo",
    ):
        assert f"─ {panel}" in shown


def test_which_methods_a_model_offers(likeness: Likeness) -> None:
    told = {each["method"]: each for each in json.loads(likeness("models", "methods", "--json"))}
    assert list(told) == list(METHODS)
    assert told["ip-adapter-plus"]["missing"] == ""
    assert told["ip-adapter-plus"]["adapters"] == ["ip-adapter-plus"]
    assert "an IP-Adapter FaceID file" in told["ip-adapter-faceid"]["missing"]
    assert "IP-Adapter FaceID PlusV2" in likeness("models", "methods", "mini")
    assert "no model called sdxl" in likeness("models", "methods", "sdxl", fails=1)


def test_names_and_sizes_are_read() -> None:
    assert by_name(["@Ada= 0.8 "], "--strength", float) == {"ada": 0.8}
    assert by_name(None, "--strength", float) == {}
    assert (sides(None), sides("512"), sides("512x768")) == ((None, None), (512, 512), (512, 768))
    with pytest.raises(KnownError, match="is no size"):
        sides("large")


def test_a_part_of_a_photo_is_painted_as_a_picture_or_named(
    queued: Callable[..., RenderSpec], home: Home, photo: Any
) -> None:
    mask = photo("mask.png", colour=(255, 255, 255))
    start = photo("album/ada-0.jpg", colour=(20, 0, 60))
    spec = queued("--photo", start, "--mask", mask, "--feather", 0.05, "--around", 2)
    assert spec.start
    assert spec.start.inside
    assert (spec.start.strength, spec.start.inside.feather, spec.start.inside.around) == (0.9, 0.05, 2.0)
    assert home.reference(spec.start.inside.mask).exists()
    named = queued("--photo", start, "--mask", "face:ada").start
    assert named
    assert named.inside
    assert named.inside != spec.start.inside
    body = queued("--photo", start, "--mask", "person:1", "--start-strength", 0.5).start
    assert body
    assert body.inside
    assert body.strength == 0.5


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--mask", "face:zoe"), "no face called “zoe”"),
        (("--mask", "nowhere.png"), "nowhere.png is not there"),
        (("--feather", 0.1), "--feather belongs to a --mask"),
    ],
)
def test_a_mask_that_cannot_be_is_said(
    likeness: Likeness, photo: Any, options: tuple[Any, ...], why: str
) -> None:
    start = photo("album/ada-0.jpg", colour=(20, 0, 60))
    assert why in " ".join(likeness("queue", "add", "@ben", "--photo", start, *options, fails=1).split())
    told = likeness("queue", "add", "@ben", "--mask", "face:ada", fails=1)
    assert "--mask belongs to a photo" in " ".join(told.split())
