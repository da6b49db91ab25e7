"""Pseudo-words in a batch of captions are where the program puts them in one prompt."""

import pytest
import torch
from tiny_models import write_sd15
from toy_batches import CAPTION, SPANS

from core.diffusion.load import Loaded
from core.diffusion.pseudo_words import Replacement, encode_with_words
from core.training import reading
from core.training.batch import Words
from core.training.parts import pseudo_rows

WORDS = Words(CAPTION, ("woman", "man"), SPANS)
BOTH = [True, True]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder = tmp_path_factory.mktemp("rows") / "tiny"
    write_sd15(folder)
    return reading.open_model(folder, torch.device("cpu"))


@pytest.mark.parametrize("m", [1, 3])
def test_a_batch_is_encoded_as_each_prompt_alone(model: Loaded, m: int) -> None:
    torch.manual_seed(0)
    stars = torch.randn(3, 2, m, 32)
    captions = [WORDS, Words("a man on the beach", ("man",), ((2, 5),)), Words("")]
    present = [BOTH, [True, False], [False, False]]
    states = pseudo_rows.encode(model, pseudo_rows.rows(model, captions, present, m), stars)
    for picture, words in enumerate(captions):
        replacements = [
            Replacement(noun, [span], [stars[picture, subject]])
            for subject, (noun, span) in enumerate(zip(words.nouns, words.spans, strict=True))
        ]
        alone = encode_with_words(model, words.caption, replacements)
        torch.testing.assert_close(states[picture], alone.states, atol=1e-5, rtol=1e-5)


def test_the_rows_of_each_subject_are_told(model: Loaded) -> None:
    read = pseudo_rows.rows(model, [WORDS], [BOTH], 3)
    woman, man = read.subjects[0]
    assert (woman, man) == ((5, 6, 7), (10, 11, 12))  # start, a, photo, of, a, woman …
    assert len(set(read.ids[0, list(woman)].tolist())) == 1
    assert read.places[:2] == [(0, 5, 0, 0), (0, 6, 0, 1)]


def test_who_is_absent_keeps_the_plain_word(model: Loaded) -> None:
    read = pseudo_rows.rows(model, [WORDS], [[False, False]], 3)
    assert read.subjects == (((), ()),)
    assert torch.equal(read.ids, reading.token_ids(model.text_encoders[0], [CAPTION], model.info.tokens))


def test_what_grows_too_long_is_cut_and_still_ends(model: Loaded) -> None:
    caption = "a dog " * 34 + "a man and a dog"
    start = caption.index("man")
    read = pseudo_rows.rows(model, [Words(caption, ("man",), ((start, start + 3),))], [[True]], 5)
    tokenizer = model.text_encoders[0].tokenizer
    assert read.ids.shape == (1, model.info.tokens)
    assert read.ids[0, -1] == tokenizer.eos_token_id
    assert 0 < len(read.subjects[0][0]) <= 5
    assert max(read.subjects[0][0]) < model.info.tokens - 1


def test_gradients_reach_the_words(model: Loaded) -> None:
    stars = torch.randn(1, 2, 2, 32, requires_grad=True)
    pseudo_rows.encode(model, pseudo_rows.rows(model, [WORDS], [[True, False]], 2), stars).sum().backward()
    assert stars.grad is not None
    assert stars.grad[0, 0].abs().sum(-1).min() > 0
    assert not stars.grad[0, 1].any()
