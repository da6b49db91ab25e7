"""Words and references as the UNet reads them."""

import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_models import PipelineOptions, spec

from core.diffusion import encode
from core.diffusion.engine import Pipeline
from core.diffusion.load import Loaded
from core.errors import KnownError
from core.paths import Home
from core.spec import Reference, SubjectSpec

PROMPT = "a photo of an old man, a man and a woman on the beach"


@pytest.fixture
def loaded(mini: Pipeline) -> Loaded:
    return mini._model(mini.info("mini"), torch.float32)[0]


@pytest.fixture
def tiny(sd15_folder: Path, home: Home) -> Loaded:
    pipeline = Pipeline(PipelineOptions(home.root, {"sd": sd15_folder}))
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


def test_several_references_are_averaged_by_weight(mini: Pipeline, put: Callable[[Image.Image], str]) -> None:
    loaded, reader = mini._model(mini.info("mini"), torch.float32)
    adapter = loaded.adapter(loaded.info.adapter("ip-adapter"))
    red, blue = (put(Image.new("RGB", (128, 128), colour)) for colour in ("red", "blue"))
    one, two = (reader.tokens(adapter, [Reference(crop)]) for crop in (red, blue))
    both = reader.tokens(adapter, [Reference(red, weight=3.0), Reference(blue, weight=1.0)])
    torch.testing.assert_close(both, (3 * one + two) / 4)


def test_a_mask_hides_the_surroundings(mini: Pipeline, put: Callable[[Image.Image], str]) -> None:
    loaded, reader = mini._model(mini.info("mini"), torch.float32)
    adapter = loaded.adapter(loaded.info.adapter("ip-adapter-plus"))
    half = np.zeros((128, 128), np.uint8)
    half[:, :64] = 255
    mask = put(Image.fromarray(half))
    left_red = [Reference(put(split("red", right)), mask) for right in ("blue", "green")]
    assert torch.equal(reader.tokens(adapter, left_red[:1]), reader.tokens(adapter, left_red[1:]))


def split(left: str, right: str) -> Image.Image:
    picture = Image.new("RGB", (128, 128), right)
    picture.paste(Image.new("RGB", (64, 128), left), (0, 0))
    return picture


def test_encodings_are_kept_under_the_crops_name_for_their_owner_only(
    mini: Pipeline, home: Home, put: Callable[[Image.Image], str]
) -> None:
    loaded, _ = mini._model(mini.info("mini"), torch.float32)
    adapter = loaded.adapter(loaded.info.adapter("ip-adapter"))
    crop = put(Image.new("RGB", (128, 128), "purple"))
    fresh = encode.ReferenceReader(loaded, home).tokens(adapter, [Reference(crop)])
    (file,) = home.encodings.glob(f"{crop}-*.safetensors")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    home.reference(crop).unlink()
    assert torch.equal(encode.ReferenceReader(loaded, home).tokens(adapter, [Reference(crop)]), fresh)


def test_a_damaged_encoding_is_made_again(
    mini: Pipeline, home: Home, put: Callable[[Image.Image], str]
) -> None:
    loaded, _ = mini._model(mini.info("mini"), torch.float32)
    adapter = loaded.adapter(loaded.info.adapter("ip-adapter"))
    crop = put(Image.new("RGB", (128, 128), "orange"))
    fresh = encode.ReferenceReader(loaded, home).tokens(adapter, [Reference(crop)])
    (file,) = home.encodings.glob(f"{crop}-*.safetensors")
    file.write_bytes(b"not a tensor")
    assert torch.equal(encode.ReferenceReader(loaded, home).tokens(adapter, [Reference(crop)]), fresh)


def test_a_missing_crop_is_said_in_the_users_words(
    mini: Pipeline, subject: Callable[..., SubjectSpec]
) -> None:
    prompt = "a photo of a woman"
    lost = subject(prompt, "woman", references=(Reference("f" * 64),))
    with pytest.raises(KnownError, match="missing or damaged"):
        mini.render([spec(prompt, subjects=(lost,))], lambda *_: None)
