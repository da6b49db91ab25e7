"""Words and references as the UNet reads them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tiny_models import PipelineOptions, no_faces

from core.diffusion import encode
from core.diffusion.engine import Pipeline
from core.diffusion.load import Loaded
from core.errors import KnownError
from core.paths import Home
from core.spec import SubjectSpec

PROMPT = "a photo of an old man, a man and a woman on the beach"


@pytest.fixture
def loaded(mini: Pipeline) -> Loaded:
    return mini._model(mini.info("mini"), torch.float32)[0]


@pytest.fixture
def tiny(sd15_folder: Path, home: Home) -> Loaded:
    pipeline = Pipeline(PipelineOptions(home.root, {"sd": sd15_folder}), no_faces)
    return pipeline._model(pipeline.info("sd"), torch.float32)[0]


@pytest.mark.parametrize("which", ["loaded", "tiny"])
def test_tokens_know_their_words(which: str, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(which)
    text = encode.encode_text(model, PROMPT)
    assert len(text.tokens) == model.info.tokens == len(text.states)
    assert "".join(PROMPT[a:b] for a, b in text.tokens) == PROMPT.replace(" ", "")


def test_two_men_in_one_prompt_differ(loaded: Loaded, subject: Callable[..., SubjectSpec]) -> None:
    text = encode.encode_text(loaded, PROMPT)
    first, second = PROMPT.index("man"), PROMPT.index("man", PROMPT.index("man") + 1)
    men = [subject(PROMPT, "man", spans=((at, at + 3),)) for at in (first, second)]
    one, two = (encode.prompt_words(text, man) for man in men)
    assert one.shape == two.shape == (1, loaded.info.width)
    assert not torch.allclose(one, two, atol=1e-2)


def test_a_class_noun_leaves_special_tokens_out(loaded: Loaded) -> None:
    alone = encode.encode_text(loaded, "young woman")
    assert torch.equal(encode.class_words(loaded, "young woman"), alone.states[1:3])


def test_words_that_are_not_read_are_told(loaded: Loaded, subject: Callable[..., SubjectSpec]) -> None:
    long = PROMPT + " and a red dog" * 20
    assert long.endswith(encode.cut_words(loaded, long, ()))
    assert encode.cut_words(loaded, PROMPT, ()) == ""
    late = long + " and a cat"
    with pytest.raises(KnownError, match="“cat” for Cat"):
        encode.cut_words(loaded, late, [subject(late, "cat")])
