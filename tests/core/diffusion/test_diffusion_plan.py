"""What is decided before a weight is loaded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import spec

from core import models
from core.diffusion import plan
from core.errors import KnownError
from core.spec import Reference, SubjectSpec

MINI = models.inspect("mini", models.EMBEDDED["mini"])
PROMPT = "a photo of a woman and a man on the beach"


def person(noun: str, **changes: object) -> SubjectSpec:
    start = PROMPT.index(noun)
    given: dict[str, object] = {
        "uid": noun, "name": noun.title(), "kind": "person", "noun": noun,
        "references": (Reference("0" * 64),), "spans": ((start, start + len(noun)),),
    }  # fmt: skip
    return SubjectSpec(**(given | changes))  # type: ignore[arg-type]


def test_sizes_are_read_from_the_model() -> None:
    made = plan.make(spec(width=256, height=128), MINI)
    assert (made.width, made.height, made.visual, made.subjects) == (32, 16, None, ())


def test_a_size_the_model_cannot_make_is_refused_with_one_it_can() -> None:
    with pytest.raises(KnownError, match=r"width of 250 px .* multiple of 8, 248"):
        plan.make(spec(width=250), MINI)


def test_an_adapter_the_model_has_not_is_refused() -> None:
    with pytest.raises(KnownError, match="has no face adapter"):
        plan.make(spec(PROMPT, subjects=(person("woman"),), method="ip-adapter", adapter="face"), MINI)


def test_references_act_between_their_fractions() -> None:
    late = person("woman", scale=0.5, begin=0.2, end=0.7)
    made = plan.make(spec(PROMPT, subjects=(late,), steps=10), MINI)
    assert [made.subjects[0].scale_at(step) for step in range(10)] == [0, 0, *[0.5] * 5, 0, 0, 0]


def test_references_that_never_act_are_refused() -> None:
    with pytest.raises(KnownError, match="would never act"):
        plan.make(spec(PROMPT, subjects=(person("woman", begin=0.5, end=0.5),), steps=4), MINI)


def test_text_alone_leaves_subjects_to_the_words() -> None:
    made = plan.make(spec(PROMPT, subjects=(person("woman"),), method="text"), MINI)
    assert made.subjects == ()


@given(st.integers(1, 1000))
def test_previews_are_few_and_never_the_last_step(steps: int) -> None:
    previews = plan.preview_steps(steps)
    assert len(previews) <= plan.PREVIEWS
    assert all(0 <= step < steps - 1 for step in previews)


def test_pictures_share_a_batch_when_only_words_subjects_and_seeds_differ() -> None:
    one, two = person("woman"), person("man")
    specs = [
        spec(PROMPT, subjects=(one,), seed=1),
        spec(PROMPT, subjects=(one, two)),
        spec(PROMPT, subjects=(two,), seed=2),
        spec(PROMPT, subjects=(one,), steps=4),
    ]
    assert plan.groups([plan.make(each, MINI) for each in specs]) == [[0, 2], [1], [3]]


def test_words_beyond_the_encoder_are_named() -> None:
    spans = [(0, 1), (2, 7), (8, 10), (11, 12), (13, 18)]
    assert plan.fit_words(PROMPT, spans, 5, ()) == ""
    assert plan.fit_words(PROMPT, spans, 3, ()) == PROMPT[11:]


def test_a_subject_beyond_the_encoder_is_refused() -> None:
    start = PROMPT.index("man")
    spans = [(0, 1), (2, 7), (start, start + 3)]
    with pytest.raises(KnownError, match=r"too long .* “man” for Man"):
        plan.fit_words(PROMPT, spans, 2, (person("man"),))


def test_tokens_of_a_span_leave_special_ones_out() -> None:
    tokens = [(0, 0), (0, 1), (2, 4), (4, 7), (8, 9), (0, 0)]
    assert plan.token_rows([(2, 7)], tokens) == [2, 3]
    assert plan.token_rows([(0, 1), (8, 9)], tokens) == [1, 4]
