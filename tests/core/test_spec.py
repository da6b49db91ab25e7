"""A spec survives JSON, and nothing else becomes a spec."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import KnownError
from core.spec import Reference, RenderSpec, SubjectSpec

SHA = st.text("0123456789abcdef", min_size=64, max_size=64)
references = st.builds(Reference, crop=SHA, mask=st.none() | SHA, weight=st.floats(0.01, 10))


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


WRONG = [
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
