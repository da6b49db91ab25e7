"""A spec survives JSON, and nothing else becomes a spec."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import KnownError
from core.spec import (
    FaceId,
    FastComposer,
    PhotoVerse,
    Reference,
    Region,
    RenderSpec,
    StartPhoto,
    SubjectSpec,
)

SHA = st.text("0123456789abcdef", min_size=64, max_size=64)
references = st.builds(Reference, crop=SHA, mask=st.none() | SHA, weight=st.floats(0.01, 10))
fade = st.floats(0, 0.5)
regions = st.builds(Region, box=st.just((0.1, 0.2, 0.5, 1.0)), soft=fade) | st.builds(
    Region, mask=SHA, soft=fade
)
starts = st.builds(StartPhoto, path=st.text(max_size=9), sha256=SHA, strength=st.floats(0.1, 1))
layers = st.lists(st.tuples(st.sampled_from(["down", "mid", "up"]), st.floats(0, 3)), max_size=3).map(tuple)


@st.composite
def specs(draw: st.DrawFn) -> RenderSpec:
    prompt, subjects = draw(st.text(max_size=20)), []
    for number in range(draw(st.integers(0, 3))):
        noun = draw(st.text(min_size=1, max_size=8))
        spans = ((len(prompt), len(prompt) + len(noun)),)
        prompt += noun + draw(st.text(max_size=5))
        subjects.append(
            SubjectSpec(
                uid=f"u{number}",
                name=draw(st.text(max_size=9)),
                kind=draw(st.sampled_from(["person", "object"])),
                noun=noun,
                references=tuple(draw(st.lists(references, min_size=1, max_size=3))),
                spans=spans,
                scale=draw(st.floats(0, 3)),
                begin=draw(st.floats(0, 1)),
                end=draw(st.floats(0, 1)),
                text_scale=draw(st.floats(0, 2)),
                region=draw(st.none() | regions),
            )
        )
    return RenderSpec(
        prompt=prompt,
        model=draw(st.text(min_size=1, max_size=9)),
        width=64,
        height=4096,
        subjects=tuple(subjects),
        seed=draw(st.integers(0, 2**63 - 1)),
        steps=draw(st.integers(1, 1000)),
        guidance=draw(st.floats(0, 50)),
        template=draw(st.text()),
        negative_prompt=draw(st.text()),
        method="ip-adapter",
        adapter="a",
        fusion=draw(st.text(max_size=5)),
        joining=draw(st.sampled_from(["mean", "concatenated"])),
        layers=draw(layers),
        photoverse=PhotoVerse(draw(st.integers(1, 16)), draw(st.floats(0, 2)), 0.5, 0.25),
        fastcomposer=FastComposer(draw(st.floats(0, 1))),
        faceid=FaceId(draw(st.floats(0, 3)), 0.5),
        start=draw(st.none() | starts),
        maps=draw(st.booleans()),
    )


@given(specs())
def test_a_spec_survives_json(spec: RenderSpec) -> None:
    assert RenderSpec.from_json(spec.to_json()) == spec


def plain(**changes: object) -> dict[str, object]:
    subject = {
        "uid": "u",
        "name": "Ada",
        "kind": "person",
        "noun": "cat",
        "spans": [[0, 3]],
        "references": [{"crop": "0" * 64}],
    }
    return {
        "prompt": "cat",
        "model": "m",
        "width": 64,
        "height": 64,
        "seed": 0,
        "steps": 1,
        "guidance": 1.0,
        "subjects": [subject | changes.pop("subject", {})],
    } | changes  # type: ignore[operator]


def test_defaults_are_read() -> None:
    spec = RenderSpec.from_json(msgspec.json.encode(plain()))
    assert (spec.scheduler, spec.method, spec.version, spec.subjects[0].scale) == ("ddim", "text", 1, 0.75)


OF_BEFORE = (
    '{"prompt":"a photo of a woman and a dog","model":"mini","width":256,"height":256,"seed":7,"steps":20,'
    '"guidance":5.0,"scheduler":"dpm++","method":"ip-adapter-plus","adapter":"ip_adapter_plus_mini",'
    '"merging":"relevance-across","relevance_text":"prompt","subjects":[{"uid":"u1","name":"Ada",'
    '"kind":"person","noun":"woman","references":[{"crop":"' + "a" * 64 + '","mask":"' + "b" * 64 + '",'
    '"weight":2.0}],"spans":[[13,18]],"scale":0.9,"begin":0.1,"end":0.95},{"uid":"u2","name":"Rex",'
    '"kind":"object","noun":"dog","references":[{"crop":"' + "c" * 64 + '","mask":null,"weight":1.0}],'
    '"spans":[[25,28]],"scale":0.75,"begin":0.0,"end":1.0}],"negative_prompt":"blurry",'
    '"template":"a photo of @ada and @rex","precision":"bf16","version":1}'
)
"""Written before there were other methods than IP-Adapter: libraries and pictures hold such text."""


def test_what_was_saved_before_is_read() -> None:
    spec = RenderSpec.from_json(OF_BEFORE)
    assert (spec.method, spec.adapter, spec.merging) == (
        "ip-adapter-plus", "ip_adapter_plus_mini", "relevance-across",
    )  # fmt: skip
    assert [(s.name, s.scale, s.text_scale, s.region) for s in spec.subjects] == [
        ("Ada", 0.9, 1.0, None),
        ("Rex", 0.75, 1.0, None),
    ]
    assert (spec.fusion, spec.joining, spec.layers, spec.start, spec.maps) == ("", "mean", (), None, False)
    assert (spec.photoverse, spec.fastcomposer, spec.faceid) == (PhotoVerse(), FastComposer(), FaceId())
    assert RenderSpec.from_json(spec.to_json()) == spec


BOX = [0.0, 0.0, 1.0, 1.0]
WRONG = [
    plain(subject={"text_scale": 3}),
    plain(subject={"region": {}}),
    plain(subject={"region": {"box": BOX, "mask": "0" * 64}}),
    plain(subject={"region": {"box": [0.5, 0, 0.5, 1]}}),
    plain(subject={"region": {"box": [0, 0, 1, 1.5]}}),
    plain(subject={"region": {"box": BOX, "soft": 0.6}}),
    plain(layers=[["side", 1.0]]),
    plain(layers=[["mid", 4.0]]),
    plain(photoverse={"words": 0}),
    plain(fastcomposer={"alpha": 1.1}),
    plain(faceid={"s_scale": -1}),
    plain(start={"path": "a.jpg"}),
    plain(start={"path": "a.jpg", "sha256": "0" * 64, "strength": 0}),
    plain(joining="glued"),
    plain(width=63),
    plain(width=4097),
    plain(seed=-1),
    plain(seed=2**63),
    plain(steps=0),
    plain(guidance=-1),
    plain(version=2),
    plain(method="magic"),
    plain(method="ip-adapter"),
    plain(scheduler="x"),
    plain(model=""),
    plain(extra=1),
    plain(subject={"noun": "dog"}),
    plain(subject={"spans": []}),
    plain(subject={"spans": [[0, 9]]}),
    plain(subject={"references": []}),
    plain(subject={"references": [{"crop": "../../etc/passwd"}]}),
    plain(subject={"references": [{"crop": "0" * 64, "weight": 0}]}),
    plain(subject={"kind": "ghost"}),
    plain(subject={"scale": 4}),
    plain(subject={"begin": 2}),
    plain(subject={"embedding": "AAAA"}),
]


@pytest.mark.parametrize("value", WRONG, ids=str)
def test_a_wrong_spec_is_told(value: dict[str, object]) -> None:
    with pytest.raises(KnownError, match="cannot be read"):
        RenderSpec.from_json(msgspec.json.encode(value))


@given(st.binary(max_size=200))
def test_noise_is_told(data: bytes) -> None:
    with pytest.raises(KnownError):
        RenderSpec.from_json(data)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 100_000, "\ud800"])
def test_hostile_json_is_told(text: str) -> None:
    with pytest.raises(KnownError):
        RenderSpec.from_json(text)
