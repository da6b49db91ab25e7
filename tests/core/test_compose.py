"""From a wish to specs, and every way a wish can be out of reach."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from PIL import Image

from core import compose, images, models
from core.adapters import AdapterInfo
from core.compose import Wish
from core.errors import KnownError
from core.faces import Face
from core.library import Library, jobs, open_library, photos, subjects
from core.methods import METHODS, SETTINGS, Layout, uses
from core.models import ModelInfo
from core.offers import offers
from core.paths import Home
from core.settings import Settings
from core.spec import (
    FaceId,
    FastComposer,
    Kind,
    Method,
    PhotoVerse,
    Reference,
    Region,
    RenderSpec,
    StartPhoto,
)

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


# Methods and their own settings

LAYOUTS: tuple[Layout, ...] = get_args(Layout)
WHOLE = replace(
    MODEL,
    adapters=tuple(
        AdapterInfo(f"{layout}{extra}", Path("/a"), layout, 4, 64, words=4, trained=layout.startswith("mip"))
        for layout in LAYOUTS
        for extra in ("", "-two")
    ),
)
FACES = Settings(faces="insightface:/pack")
ALL: tuple[Method, ...] = get_args(Method)
OTHER: dict[str, Any] = {
    "scale": 0.33,
    "scales": {"ada": 0.33},
    "text_scales": {"ada": 0.5},
    "begin": 0.2,
    "end": 0.8,
    "relevance_text": "class",
    "joining": "concatenated",
    "layers": {"mid": 0.5},
    "regions": {"ben": Region(box=(0.5, 0, 1, 1))},
    "maps": True,
    "alpha": 0.25,
    "words": 2,
    "gamma": 0.5,
    "sigma": 0.5,
    "lora": 0.5,
    "s_scale": 0.5,
}


@pytest.fixture
def pair(
    library: Library, add: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[RenderSpec]]:
    """Makes specs of Ada and Ben with a model that has two files of every layout."""
    add("Ada", "woman")
    add("Ben", "man")
    monkeypatch.setattr(models, "find", lambda *_: WHOLE)

    def made(settings: Settings = FACES, text: str = "@ada and @ben", **fields: Any) -> list[RenderSpec]:
        with library.read() as session:
            return compose.specs(session, library.home, settings, Wish(text=text, seed=1, **fields))

    return made


def other(method: Method, setting: str) -> Any:
    """A value that is not the method's own."""
    info = METHODS[method]
    if setting == "adapter":
        return f"{info.adapter}-two"
    if setting == "fusion":
        return f"{info.fusion}-two"
    if setting == "merging":
        return info.merging[-1] if info.merging else "uniform"
    return OTHER[setting]


@pytest.mark.parametrize("method", ALL)
def test_no_setting_of_any_method_silently_does_nothing(
    pair: Callable[..., list[RenderSpec]], method: Method
) -> None:
    plain = pair(method=method)
    for setting in SETTINGS:
        if not uses(method, setting):
            with pytest.raises(KnownError, match=f"^{SETTINGS[setting].option} .* no use for it"):
                pair(method=method, **{setting: other(method, setting)})
        elif (method, setting) != ("photoverse", "merging"):  # it has one way alone
            assert pair(method=method, **{setting: other(method, setting)}) != plain, setting


@pytest.mark.parametrize("method", ALL)
def test_each_method_gets_its_own_files_and_survives_json(
    pair: Callable[..., list[RenderSpec]], method: Method
) -> None:
    [spec] = pair(method=method)
    assert (spec.method, spec.adapter, spec.fusion) == (
        method, METHODS[method].adapter or "", METHODS[method].fusion or "",
    )  # fmt: skip
    assert RenderSpec.from_json(spec.to_json()) == spec


def test_settings_reach_the_spec(pair: Callable[..., list[RenderSpec]]) -> None:
    [photoverse] = pair(method="photoverse", words=3, lora=0.5, gamma=2, sigma=0.1)
    assert photoverse.photoverse == PhotoVerse(3, 0.5, 2, 0.1)
    [faces] = pair(method="ip-adapter-faceid-plusv2", lora=0.5, s_scale=0.2)
    assert faces.faceid == FaceId(0.2, 0.5)
    [fused] = pair(method="fastcomposer+ip-adapter", alpha=0.3, layers={"up": 2, "down": 0, "mid": 1})
    assert fused.fastcomposer == FastComposer(0.3)
    assert fused.layers == (("down", 0.0), ("up", 2.0))
    box = Region(box=(0, 0, 0.5, 1), soft=0.3)
    [placed] = pair(method="ip-adapter", regions={"@Ada": box}, text_scales={})
    assert [s.region for s in placed.subjects] == [box, None]


def test_strengths_of_a_method_without_visual_branch_are_its_words(
    pair: Callable[..., list[RenderSpec]],
) -> None:
    [spec] = pair(method="fastcomposer", scales={"ben": 0.4})
    assert [s.text_scale for s in spec.subjects] == [1.0, 0.4]
    [spec] = pair(method="fastcomposer", scale=0.5, text_scales={"ada": 0.2})
    assert [s.text_scale for s in spec.subjects] == [0.2, 0.5]
    with pytest.raises(KnownError, match="@ada has two strengths"):
        pair(method="fastcomposer", scales={"ada": 0.4}, text_scales={"ada": 0.2})
    [both] = pair(method="fastcomposer+ip-adapter", scales={"ada": 0.4}, text_scales={"ada": 0.2})
    assert (both.subjects[0].scale, both.subjects[0].text_scale) == (0.4, 0.2)


def test_the_paper_decides_where_nothing_was_measured(pair: Callable[..., list[RenderSpec]]) -> None:
    def default(method: Method) -> tuple[float, str]:
        [spec] = pair(method=method)
        return spec.subjects[0].scale, spec.merging

    assert default("ip-adapter-plus") == (WHOLE.advice.scale, WHOLE.advice.merging)
    assert default("mip-adapter") == (0.75, "relevance-trained")
    assert default("photoverse") == (1.0, "uniform")
    assert default("photoverse+mip") == (1.0, "relevance-mean")


def test_trained_weights_are_asked_only_of_files_that_have_them(
    pair: Callable[..., list[RenderSpec]], monkeypatch: pytest.MonkeyPatch
) -> None:
    untrained = tuple(replace(adapter, trained=False) for adapter in WHOLE.adapters)
    monkeypatch.setattr(models, "find", lambda *_: replace(WHOLE, adapters=untrained))
    assert pair(method="mip-adapter")[0].merging == "relevance-mean"
    with pytest.raises(KnownError, match="mip-adapter carries no trained weights"):
        pair(method="mip-adapter", merging="relevance-trained")


def test_an_adapter_by_name_brings_its_method(pair: Callable[..., list[RenderSpec]]) -> None:
    [spec] = pair(adapter="ip-adapter-full-face-two")
    assert (spec.method, spec.adapter) == ("ip-adapter-full-face", "ip-adapter-full-face-two")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"adapter": "nothing"}, "no adapter nothing. Known: ip-adapter,"),
        ({"method": "photoverse", "adapter": "ip-adapter"}, "is a file for IP-Adapter; one for PhotoVerse"),
        ({"method": "photoverse", "words": 5}, "makes at most 4 pseudo-words, not 5"),
        ({"scales": {"cho": 1.0}}, "No prompt names @cho: leave --strength cho out"),
        ({"regions": {"cho": Region(box=(0, 0, 1, 1))}}, "No prompt names @cho: leave --region cho out"),
        ({"start_strength": 0.5}, "needs a start photo"),
        ({"start": "/nowhere/a.jpg"}, "a.jpg is not there any more"),
        ({"regions": {"ada": Region(mask="0" * 64)}}, "mask for @ada is gone"),
        ({"layers": {"mid": 9.0}}, "do not go together"),
        ({"method": "fastcomposer", "alpha": 2.0}, "do not go together"),
        ({"method": "ip-adapter", "alpha": 0.5}, "--alpha .* belongs to FastComposer; IP-Adapter has no use"),
        ({"alpha": 0.5}, "--alpha .* belongs to FastComposer; IP-Adapter plus has no use"),
    ],
)
def test_what_a_method_cannot_do_is_told(
    pair: Callable[..., list[RenderSpec]], fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(KnownError, match=said):
        pair(**fields)


def test_settings_are_for_the_prompts_that_name_somebody(pair: Callable[..., list[RenderSpec]]) -> None:
    named, unnamed = pair(text="@ada\na cat", scale=0.4, merging="uniform", maps=True)
    assert (named.method, named.subjects[0].scale, named.maps) == ("ip-adapter-plus", 0.4, True)
    assert (unnamed.method, unnamed.maps) == ("text", False)


def test_face_methods_need_face_models_that_go_with_them(pair: Callable[..., list[RenderSpec]]) -> None:
    with pytest.raises(KnownError, match=r"InsightFace pack .* likeness models faces DIR"):
        pair(Settings(), method="ip-adapter-faceid")


def test_a_licence_is_accepted_before_anything_is_queued(
    pair: Callable[..., list[RenderSpec]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "face.safetensors"
    file.write_bytes(b"weights")
    closed = AdapterInfo("face", file, "ip-adapter-faceid", 4, 64, non_commercial=True, licence="Research.")
    monkeypatch.setattr(models, "find", lambda *_: replace(WHOLE, adapters=(closed,)))
    with pytest.raises(KnownError, match="non-commercial"):
        pair(method="ip-adapter-faceid")
    accepted = Settings(faces=FACES.faces, accepted=(hashlib.sha256(b"weights").hexdigest(),))
    assert pair(accepted, method="ip-adapter-faceid")[0].adapter == "face"


def test_a_start_photo_is_known_by_its_bytes(pair: Callable[..., list[RenderSpec]], photo: Any) -> None:
    file = photo("start.png")
    [spec] = pair(start=str(file), start_strength=0.4)
    assert spec.start == StartPhoto(str(file), hashlib.sha256(file.read_bytes()).hexdigest(), 0.4)
    photo("start.png", colour=(1, 2, 3))
    [changed] = pair(start=str(file))
    assert changed.start
    assert (changed.start.sha256 != spec.start.sha256, changed.start.strength) == (True, 0.6)
    file.write_bytes(b"no photo")
    with pytest.raises(KnownError, match="not a photo"):
        pair(start=str(file))


def test_nobody_without_consent_is_started_from(
    pair: Callable[..., list[RenderSpec]], library: Library, photo: Any
) -> None:
    file = photo("group.png")
    face = Face((0, 0, 9, 9), ((1.0, 1.0),) * 5, 0.9, 0.5, b"face")
    with library.write() as session:
        known, _ = photos.add(session, images.read_photo_facts(file))
        photos.save_scan(session, known, [face], "any")
        [embedded] = photos.embedded(session, "any")
        ben = subjects.get(session, "ben").id
        photos.assign(session, {embedded.id: ben})
    queued = pair(text="a cat", start=str(file))
    with library.write() as session:
        subjects.set_consent(session, ben, "withdrawn")
    with pytest.raises(KnownError, match="photo to start from shows Ben, without whose consent"):
        pair(text="a cat", start=str(file))
    with library.write() as session:
        with pytest.raises(KnownError, match="shows Ben"):
            jobs.enqueue(session, queued)
        subjects.set_consent(session, ben, "granted")
        jobs.enqueue(session, queued)
        subjects.set_consent(session, ben, "withdrawn")
        claim = jobs.claim(session, lambda _: 1)
    assert (claim.jobs, [reason for _, reason in claim.refused]) == (
        [], ["The photo to start from shows Ben, without whose consent no picture is made."],
    )  # fmt: skip


def test_a_mask_is_kept_by_its_bytes(
    pair: Callable[..., list[RenderSpec]], library: Library, photo: Any
) -> None:
    mask = compose.keep_mask(library.home, photo("mask.png", colour=(255, 255, 255), size=(2048, 64)))
    [spec] = pair(regions={"ada": Region(mask=mask)})
    assert spec.subjects[0].region == Region(mask=mask)
    with Image.open(library.home.reference(mask)) as kept:
        assert (kept.mode, kept.size) == ("L", (1024, 32))
    with pytest.raises(KnownError, match="dark everywhere"):
        compose.keep_mask(library.home, photo("dark.png", colour=(9, 9, 9)))


def test_what_is_missing_for_a_method_is_said() -> None:
    found = {offer.method: offer.missing for offer in offers(MODEL, Settings())}
    assert [method for method, missing in found.items() if not missing] == list(MODEL.methods())
    assert found["fastcomposer+ip-adapter"] == (
        "Add a FastComposer file: likeness models add-adapter FILE --model mini"
    )
    assert "an IP-Adapter FaceID file" in found["ip-adapter-faceid"]
    whole = {offer.method: offer.missing for offer in offers(WHOLE, Settings())}
    assert {method for method, missing in whole.items() if missing} == {
        method for method, info in METHODS.items() if info.people_only
    }
    assert not any(offer.missing for offer in offers(WHOLE, FACES))
