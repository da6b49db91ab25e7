"""A model from nothing is complete, the same for the same seed, and a picture comes out of it."""

import hashlib
import inspect
import json
import tomllib
from pathlib import Path

import pytest
from tiny_models import PipelineOptions, no_faces, pixels, spec, unheard
from tiny_training_model import SIDE, VIEW, tiny_sizes, write_tiny_model

from core import models
from core.diffusion.engine import Pipeline
from core.errors import KnownError
from core.paths import RESOURCES
from core.training.new import fresh, vocabulary
from core.training.scenes import vocabulary as scenes


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return write_tiny_model(tmp_path_factory.mktemp("fresh") / "tiny")


def sums(folder: Path) -> dict[str, str]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(files)
    }


def test_what_is_made_is_what_was_described(tiny):
    info = models.inspect("tiny", tiny)
    assert (info.size, info.scale_factor, info.tokens) == (SIDE, 8, 24)
    assert (info.latent_channels, info.prediction, info.encoder_size) == (4, "v_prediction", VIEW)


def test_the_same_seed_gives_the_same_files_and_another_seed_other_weights(tiny, tmp_path):
    first = sums(tiny)
    assert sums(write_tiny_model(tmp_path / "again")) == first
    fresh.make(tmp_path / "other", tiny_sizes(), seed=1)
    changed = {name for name, value in sums(tmp_path / "other").items() if value != first[name]}
    assert {name for name in changed if not name.endswith(".safetensors")} == set()
    assert len(changed) == 4


def test_it_leaves_the_random_numbers_of_others_alone(tmp_path):
    import torch

    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    write_tiny_model(tmp_path / "tiny")
    assert torch.equal(torch.rand(1), expected)


def test_a_picture_comes_out_of_it(tiny, home):
    pipeline = Pipeline(PipelineOptions(home.root, {"tiny": tiny}), no_faces)
    [drawn] = pipeline.render([spec("a photo of a woman", model="tiny", width=SIDE, height=SIDE)], unheard)
    assert pixels(drawn).std() > 1


def test_the_embedded_description_is_the_embedded_model():
    """Each part's table, with its class's defaults, is the shipped model's configuration; the vocabulary is
    another, and the scale of the latents is measured in training."""
    from diffusers import AutoencoderTiny, DDIMScheduler, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPVisionConfig

    sizes, mini = fresh.read(fresh.EMBEDDED), RESOURCES / "models" / "mini"
    for kind, told, file in (
        (UNet2DConditionModel, sizes.unet, "unet/config.json"),
        (AutoencoderTiny, sizes.vae, "vae/config.json"),
        (DDIMScheduler, sizes.scheduler, "scheduler/scheduler_config.json"),
    ):
        config = json.loads((mini / file).read_text())
        parameters = inspect.signature(kind.__init__).parameters.values()
        defaults = {each.name: each.default for each in parameters if each.name != "self"}
        expected = {key: value for key, value in config.items() if not key.startswith("_")}
        assert same(defaults | told, expected | {"scaling_factor": 1.0})
    for kind, told, name in (
        (CLIPTextConfig, sizes.text_encoder, "text_encoder"),
        (CLIPVisionConfig, sizes.image_encoder, "image_encoder"),
    ):
        config = json.loads((mini / name / "config.json").read_text())
        assert same(kind(**told).to_dict(), {key: config[key] for key in told})
    assert sizes.tokens == models.inspect("mini", mini).tokens


def same(made: dict[str, object], expected: dict[str, object]) -> bool:
    plain = json.loads(json.dumps({key: value for key, value in made.items() if key in expected}))
    return bool(plain == {key: expected[key] for key in plain}) and len(plain) >= 4


def test_every_word_of_the_captions_is_one_token():
    captions = ["A woman's café, 24 red dogs!", "an old man on THE beach"]
    tokenizer = vocabulary.tokenizer(captions, 24)
    for word in ("woman", "café", "dogs", "man", "an", "a", "the", "beach"):
        assert tokenizer.tokenize(word) == [f"{vocabulary.words([word])[0]}</w>"]
    ids = tokenizer("a woman").input_ids
    assert [tokenizer.bos_token_id, tokenizer.eos_token_id] == [ids[0], ids[-1]]
    assert len(ids) == 4


def test_an_unknown_word_falls_into_pieces_that_are_known():
    tokenizer = vocabulary.tokenizer(["a photo"], 24)
    ids = tokenizer("xylophone 🙂", add_special_tokens=False).input_ids
    assert tokenizer.unk_token_id not in ids
    assert len(ids) > 3


def test_a_vocabulary_depends_on_its_words_alone():
    one, other = (
        vocabulary.tokenizer(texts, 24).get_vocab()
        for texts in (["a man and a dog", "the dog"], ["dog the", "and man a"])
    )
    assert one == other


def test_the_embedded_vocabulary_knows_what_scenes_are_told_in():
    tokenizer = vocabulary.tokenizer([fresh.WORDS.read_text()], 48)
    said = [style.said for style in scenes.STYLES.values()]
    said += [*scenes.COLOURS, *scenes.PLACES.values(), *scenes.COLOURED.values()]
    people = "young old woman man person boy girl child shirt wearing a an and"
    for word in vocabulary.words([people, *said]):
        if word.isalpha():
            assert len(tokenizer.tokenize(word)) == 1, word


def test_captions_add_their_words(tmp_path):
    fresh.make(tmp_path / "tiny", tiny_sizes(words=""), captions=["a zebra in the fog"])
    vocabulary_ = json.loads((tmp_path / "tiny" / "tokenizer" / "tokenizer.json").read_text())["model"][
        "vocab"
    ]
    assert "zebra</w>" in vocabulary_
    assert "fog</w>" in vocabulary_


def test_a_folder_with_something_in_it_is_left_as_it_is(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(KnownError, match="not empty"):
        fresh.make(tmp_path, tiny_sizes())
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"unet": {"sample_sise": 4}}, "unet"),
        ({"text_encoder": {"hidden_sise": 16}}, "hidden_sise"),
        ({"vae": {"kind": "AutoencoderHuge"}}, "AutoencoderHuge"),
        ({"vae": tiny_sizes().vae | {"latent_channels": 8}}, "channels"),
        ({"scheduler": {"beta_begin": 1}}, "scheduler"),
    ],
)
def test_sizes_that_do_not_fit_are_named_and_leave_nothing(tmp_path, changes, reason):
    with pytest.raises(KnownError, match=reason):
        fresh.make(tmp_path / "tiny", tiny_sizes(**changes))
    assert list(tmp_path.iterdir()) == []


def test_a_description_may_be_toml_or_json(tmp_path):
    told = tomllib.loads(fresh.EMBEDDED.read_text("utf-8"))
    (tmp_path / "mini.json").write_text(json.dumps(told))
    assert fresh.read(tmp_path / "mini.json") == fresh.read(fresh.EMBEDDED)


@pytest.mark.parametrize("text", ["unet = 3", "[unet", "[unet]\n[vae]\n[colour]", "\x00"])
def test_what_is_no_description_is_named(tmp_path, text):
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(KnownError, match=r"a\.toml does not describe a model"):
        fresh.read(tmp_path / "a.toml")
