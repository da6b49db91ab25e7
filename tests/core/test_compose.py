"""From a wish to specs, and every way a wish can be out of reach."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core import compose, models
from core.adapters import AdapterInfo
from core.compose import Wish
from core.errors import KnownError
from core.library import Library, open_library, subjects
from core.models import ModelInfo
from core.paths import Home
from core.settings import Settings
from core.spec import Kind, Reference, RenderSpec

MODEL = ModelInfo(
    name="mini",
    path=Path("/models/mini"),
    pipeline="StableDiffusionPipeline",
    size=256,
    scale_factor=8,
    tokens=48,
    latent_channels=8,
    prediction="v_prediction",
    encoder_size=128,
    bytes=1,
    adapters=(
        AdapterInfo("faces", Path("/a"), "ip-adapter", 4, 64),
        AdapterInfo("fine", Path("/b"), "ip-adapter-plus", 16, 64),
    ),
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = open_library(Home(tmp_path))
    yield library
    library.close()


@pytest.fixture(autouse=True)
def _model(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(settings: Settings, name: str) -> ModelInfo:
        if name != "mini":
            raise KnownError(f"There is no model called {name}.")
        return MODEL

    monkeypatch.setattr(models, "find", find)


@pytest.fixture
def add(library: Library) -> Callable[..., int]:
    def add(
        name: str, noun: str, kind: Kind = "person", references: int = 2, consent: str = "granted"
    ) -> int:
        with library.write() as session:
            subject = subjects.create(session, kind, name, noun)
            if kind == "person":
                subjects.set_consent(session, subject, consent)  # type: ignore[arg-type]
            for number in range(references):
                crop = hashlib.sha256(f"{name}{number}".encode()).hexdigest()
                library.home.reference(crop).parent.mkdir(exist_ok=True)
                library.home.reference(crop).write_bytes(b"png")
                subjects.add_reference(session, subject, Reference(crop=crop, weight=1 + number), None, None)
        return subject

    return add


def wanted(library: Library, text: str, **fields: Any) -> list[RenderSpec]:
    with library.read() as session:
        return compose.specs(session, library.home, Settings(), Wish(text=text, **fields))


def test_a_prompt_of_two_people(library: Library, add: Callable[..., int]) -> None:
    add("Ada", "woman")
    add("Ben", "man")
    [spec] = wanted(library, "@ada and @ben on the beach, oil painting", seed=4)
    assert spec.prompt == "a woman and a man on the beach, oil painting"
    assert spec.template == "@ada and @ben on the beach, oil painting"
    assert (spec.model, spec.width, spec.height, spec.seed) == ("mini", 256, 256, 4)
    assert (spec.method, spec.adapter, spec.precision) == ("ip-adapter-plus", "fine", "auto")
    assert (spec.steps, spec.guidance, spec.scheduler) == (
        MODEL.advice.steps,
        MODEL.advice.guidance,
        MODEL.advice.scheduler,
    )
    assert [(s.name, s.noun, s.spans, s.scale) for s in spec.subjects] == [
        ("Ada", "woman", ((2, 7),), MODEL.advice.scale),
        ("Ben", "man", ((14, 17),), MODEL.advice.scale),
    ]
    assert [r.weight for r in spec.subjects[0].references] == [1, 2]


def test_variants_lines_and_seeds_multiply(library: Library) -> None:
    made = wanted(library, "a {red|blue} cat\na dog", count=2, seed=7)
    assert [(spec.prompt, spec.seed) for spec in made] == [
        ("a red cat", 7),
        ("a red cat", 8),
        ("a blue cat", 7),
        ("a blue cat", 8),
        ("a dog", 7),
        ("a dog", 8),
    ]
    assert {spec.method for spec in made} == {"text"}


def test_no_seed_means_one_at_random(library: Library) -> None:
    seeds = {wanted(library, "a cat")[0].seed for _ in range(5)}
    assert len(seeds) > 1
    assert [spec.seed for spec in wanted(library, "a cat", seed=2**63 - 1, count=2)] == [2**63 - 1, 0]


def test_everything_can_be_chosen(library: Library, add: Callable[..., int]) -> None:
    add("Ada", "woman")
    add("Ball", "ball", "object")
    chosen = {
        "method": "ip-adapter",
        "width": 128,
        "height": 192,
        "steps": 3,
        "guidance": 2.5,
        "merging": "uniform",
        "begin": 0.2,
        "end": 0.9,
        "negative_prompt": "blurry",
        "scheduler": "euler",
        "precision": "fp32",
    }
    [spec] = wanted(library, "@ada with @ball", scale=0.3, scales={"@Ball": 1.5}, **chosen)
    told = {name: getattr(spec, name) for name in chosen if name not in ("begin", "end")}
    assert told == {name: value for name, value in chosen.items() if name in told}
    assert spec.adapter == "faces"
    assert [(s.kind, s.scale, s.begin, s.end) for s in spec.subjects] == [
        ("person", 0.3, 0.2, 0.9),
        ("object", 1.5, 0.2, 0.9),
    ]


def test_switched_off_references_are_left_out(library: Library, add: Callable[..., int]) -> None:
    ada = add("Ada", "woman")
    with library.write() as session:
        first, second = subjects.references(session, ada)
        subjects.set_reference(session, first.id, enabled=False)
    [spec] = wanted(library, "@ada")
    assert [r.crop for r in spec.subjects[0].references] == [second.crop]
    with library.write() as session:
        subjects.set_reference(session, second.id, enabled=False)
    with pytest.raises(KnownError, match="All references of @ada are switched off"):
        wanted(library, "@ada")


@pytest.mark.parametrize(
    ("adapters", "method"), [((0, 1), "ip-adapter-plus"), ((0,), "ip-adapter"), ((), "text")]
)
def test_the_method_is_the_best_the_model_has(
    library: Library,
    add: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    adapters: tuple[int, ...],
    method: str,
) -> None:
    add("Ada", "woman")
    having = replace(MODEL, adapters=tuple(MODEL.adapters[at] for at in adapters))
    monkeypatch.setattr(models, "find", lambda *_: having)
    assert [spec.method for spec in wanted(library, "@ada\na cat")] == [method, "text"]


def test_text_alone_needs_no_references(library: Library, add: Callable[..., int]) -> None:
    add("Ball", "ball", "object", references=0)
    [spec] = wanted(library, "@ball", method="text")
    assert (spec.prompt, spec.subjects) == ("a ball", ())


@pytest.mark.parametrize(
    ("text", "fields", "said"),
    [
        ("", {}, "Write a prompt first"),
        ("@adda", {}, "Nobody is called @adda. Did you mean @ada"),
        ("@eve", {}, "no consent from Eve"),
        ("@ada and @eve and @dan", {}, "no consent from Eve and Dan"),
        ("@new", {}, "@new has no references yet"),
        ("@lost", {}, "reference files of @lost are gone"),
        ("@ada {", {}, "brace"),
        ("@ada", {"model": "sdxl"}, "no model called sdxl"),
        ("@ada", {"width": 100}, "use 96 instead of 100|use 104 instead of 100"),
        ("@ada", {"height": 8}, "use 64 instead of 8"),
        ("@ada", {"height": 80_000}, "use 4096 instead of 80000"),
        ("@ada", {"steps": 0}, "do not go together"),
        ("@ada", {"guidance": -1}, "do not go together"),
        ("@ada", {"scale": 99}, "do not go together"),
        ("@ada", {"scale": float("nan")}, "do not go together"),
        ("@ada", {"count": 0}, "cannot be made"),
        ("@ada", {"seed": -1}, "cannot be made"),
        ("@ada", {"method": "magic"}, "cannot be made"),
        ("@ada", {"begin": 0.8, "end": 0.2}, "begin before they end"),
        ("{a|b|c|d|e|f|g|h|i|j|k}", {"count": 10_000}, "at most 100,000"),
    ],
)
def test_what_stands_in_the_way_is_told(
    library: Library, add: Callable[..., int], text: str, fields: dict[str, Any], said: str
) -> None:
    add("Ada", "woman")
    add("Eve", "woman", consent="unknown")
    add("Dan", "man", consent="withdrawn")
    add("New", "man", references=0)
    add("Lost", "man")
    for number in range(2):
        library.home.reference(hashlib.sha256(f"Lost{number}".encode()).hexdigest()).unlink()
    with pytest.raises(KnownError, match=said):
        wanted(library, text, **fields)


def test_a_model_without_the_adapter_says_so(
    library: Library, add: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    add("Ada", "woman")
    monkeypatch.setattr(models, "find", lambda *_: replace(MODEL, adapters=()))
    with pytest.raises(KnownError, match="has no ip-adapter-plus adapter"):
        wanted(library, "@ada", method="ip-adapter-plus")


def test_bytes_that_are_no_letters_do_no_harm(library: Library) -> None:
    [spec] = wanted(library, "a caf\udce9", negative_prompt="\udce9")
    assert RenderSpec.from_json(spec.to_json()).prompt == "a caf?"


def test_the_estimate_counts_time_and_space(library: Library) -> None:
    made = wanted(library, "a {red|blue|green} cat", count=4)
    assert compose.estimate(made).pictures == 12
    assert compose.estimate(made).seconds is None
    told = compose.estimate(made, 125.0)
    assert (told.pictures, told.seconds) == (12, 1500.0)
    assert str(told) == "12 pictures, about 25 min, 1 MB"
    assert str(compose.estimate(made[:1], 3)) == "1 picture, about 3 s, 1 MB"
    assert "h" in str(compose.estimate(made, 3600))
