"""PhotoVerse (arXiv 2309.05793): its adapters, pseudo-words in the prompt, and the equation of its layers."""

import importlib.util
import math
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention, AttnProcessor2_0
from PIL import Image
from safetensors.torch import save_file
from tiny_models import PipelineOptions, no_faces
from torch import Tensor

from core.diffusion import photoverse
from core.diffusion.attention.attach import cross_layers
from core.diffusion.attention.frame import Frame, split_heads, text_only
from core.diffusion.attention.ip_adapter import DecoupledAttention, ImageTokens, References, Strength
from core.diffusion.attention.photoverse import layer_projections, text_projection
from core.diffusion.encode import TextStates, encode_text, prompt_words
from core.diffusion.engine import Pipeline
from core.diffusion.load import Loaded
from core.diffusion.pseudo_words import Replacement, embeddings_changed, encode_with_words
from core.errors import KnownError
from core.paths import RESOURCES, Home
from core.spec import Reference, SubjectSpec

FEATURES, HIDDEN, WIDTH, SEEN = 6, 7, 8, 5
PROMPT = "a photo of a man and a man on the beach"
FIRST, SECOND = (13, 16), (23, 26)
State = dict[str, Tensor]


def tensors(text: tuple[int, ...] = (WIDTH,), layers: int = 3) -> State:
    torch.manual_seed(7)
    widths = dict(zip(photoverse.ENCODERS, text, strict=False)) | {"image_adapter": SEEN}
    state: State = {}
    for name, width in widths.items():
        for index in range(layers):
            for part, (rows, columns) in {"1": (HIDDEN, FEATURES), "2": (width, HIDDEN)}.items():
                at = f"{name}.{index}."
                state |= {f"{at}fc{part}.weight": torch.randn(rows, columns)}
                state |= {f"{at}{kind}{part}.bias": torch.randn(rows) for kind in ("fc", "norm")}
                state |= {f"{at}norm{part}.weight": torch.randn(rows)}
    for part in ("to_k", "to_v"):
        state[f"text_lora.1.{part}.down.weight"] = torch.randn(2, WIDTH)
        state[f"text_lora.1.{part}.up.weight"] = torch.randn(16, 2)
        state[f"visual.1.{part}.weight"] = torch.randn(16, SEEN)
    return state


def write(folder: Path, state: State, **metadata: str) -> Path:
    stated = {"format": photoverse.FORMAT, "encoder_layers": "1,2,4", "encoder_sha256": "a" * 64}
    save_file(state, folder / "pv.safetensors", stated | metadata)
    return folder / "pv.safetensors"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path, tensors())


@pytest.fixture
def layers() -> Tensor:
    """Class tokens of one picture: (1, N + 1, E) with N = 4."""
    torch.manual_seed(8)
    return torch.randn(1, 5, FEATURES)


def literal_adapter(state: State, at: str, x: Tensor) -> Tensor:
    """Linear → LayerNorm → LeakyReLU, twice, a number at a time."""
    for part in ("1", "2"):
        x = state[f"{at}.fc{part}.weight"] @ x + state[f"{at}.fc{part}.bias"]
        spread = torch.sqrt(((x - x.mean()) ** 2).mean() + 1e-5)
        x = (x - x.mean()) / spread * state[f"{at}.norm{part}.weight"] + state[f"{at}.norm{part}.bias"]
        x = torch.where(x > 0, x, 0.01 * x)
    return x


def test_each_adapter_reads_the_class_token_of_its_layer(file: Path, layers: Tensor) -> None:
    state = tensors()
    adapters = photoverse.build(file, state)
    for made, name in (
        (adapters.pseudo_words(layers, 3)[0], "text_adapter"),
        (adapters(layers)[0], "image_adapter"),
    ):
        expected = [
            literal_adapter(state, f"{name}.{i}", layers[0, layer]) for i, layer in enumerate((1, 2, 4))
        ]
        torch.testing.assert_close(made, torch.stack(expected))


def test_it_is_called_as_every_projection_is(file: Path, layers: Tensor) -> None:
    assert photoverse.build(file, tensors())(layers=layers).shape == (1, 3, SEEN)


def test_few_words_come_from_the_deepest_layers(file: Path, layers: Tensor) -> None:
    adapters = photoverse.build(file, tensors())
    (all_of_them,) = adapters.pseudo_words(layers, 3)
    assert torch.equal(adapters.pseudo_words(layers, 1)[0], all_of_them[-1:])
    assert torch.equal(adapters.pseudo_words(layers, 2)[0], all_of_them[-2:])


def test_more_words_than_adapters_are_refused(file: Path, layers: Tensor) -> None:
    with pytest.raises(KnownError, match="at most 3 pseudo-words of a reference; 4 were asked for"):
        photoverse.build(file, tensors()).pseudo_words(layers, 4)


def test_each_text_encoder_has_words_of_its_own_width(tmp_path: Path, layers: Tensor) -> None:
    state = tensors(text=(WIDTH, 9))
    words = photoverse.build(write(tmp_path, state), state).pseudo_words(layers, 2)
    assert [each.shape for each in words] == [(2, WIDTH), (2, 9)]


def test_an_encoder_with_too_few_layers_is_refused(file: Path, layers: Tensor) -> None:
    with pytest.raises(KnownError, match="reads layer 4 of its image encoder; the model's has 3"):
        photoverse.build(file, tensors())(layers[:, :4])


def test_another_encoder_is_refused_with_both_sums(file: Path) -> None:
    adapters = photoverse.build(file, tensors())
    adapters.check_encoder("a" * 64)
    with pytest.raises(KnownError, match=f"expected.*{'a' * 64}.*have {'b' * 64}"):
        adapters.check_encoder("b" * 64)


def wider(state: State, at: str) -> None:
    for part in ("fc2.bias", "norm2.weight", "norm2.bias"):
        state[f"{at}.{part}"] = torch.ones(9)
    state[f"{at}.fc2.weight"] = torch.ones(9, HIDDEN)


WRONG_STATES: dict[str, Callable[[State], object]] = {
    "text_adapter.2.fc1.weight is missing": lambda state: state.pop("text_adapter.2.fc1.weight"),
    "image_adapter.0.norm2.bias is missing": lambda state: state.pop("image_adapter.0.norm2.bias"),
    "unknown tensors: other.0": lambda state: state.update({"other.0": torch.ones(1)}),
    "beyond the 3": lambda state: state.update({"image_adapter.3.fc1.weight": torch.ones(1)}),
    "text_lora.1.to_v.up.weight is missing": lambda state: state.pop("text_lora.1.to_v.up.weight"),
    "visual.1.to_k.weight is missing": lambda state: state.pop("visual.1.to_k.weight"),
    "layer 1 to_k do not belong": lambda state: state.update({"visual.1.to_k.weight": torch.ones(16, 4)}),
    "layer 1 to_v do not": lambda state: state.update({"text_lora.1.to_v.down.weight": torch.ones(3, 8)}),
    "differ in size": lambda state: wider(state, "text_adapter.1"),
    "norm1.bias has the size": lambda state: state.update({"image_adapter.1.norm1.bias": torch.ones(4)}),
    "no weights for any layer": lambda state: [state.pop(key) for key in list(state) if "adapter" not in key],
}


@pytest.mark.parametrize("words", WRONG_STATES)
def test_tensors_that_do_not_belong_together_are_refused(words: str, file: Path) -> None:
    state = tensors()
    WRONG_STATES[words](state)
    with pytest.raises(KnownError, match=f"pv.safetensors is not a usable PhotoVerse adapter.*{words}"):
        photoverse.build(file, state)


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"format": "other/1"}, "expected the format likeness-photoverse/1, found other/1"),
        ({"encoder_layers": "1,two"}, "two"),
        ({"encoder_layers": "1,-2"}, "layer -2"),
    ],
)
def test_a_header_that_says_something_else_is_refused(
    tmp_path: Path, metadata: dict[str, str], words: str
) -> None:
    with pytest.raises(KnownError, match=words):
        photoverse.read_header(write(tmp_path, tensors(), **metadata))


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    save_file(tensors(), tmp_path / "bare.safetensors")
    with pytest.raises(KnownError, match="found none"):
        photoverse.read_header(tmp_path / "bare.safetensors")


# Pseudo-words in the prompt


@pytest.fixture(scope="module", params=["sd15_folder", "sdxl_folder"])
def model(request: pytest.FixtureRequest, home: Home) -> Loaded:
    pipeline = Pipeline(
        PipelineOptions(home.root, {"tiny": request.getfixturevalue(request.param)}), no_faces
    )
    return pipeline._model(pipeline.info("tiny"), torch.float32)[0]


def words_for(model: Loaded, count: int, seed: int = 0) -> list[Tensor]:
    random = torch.Generator().manual_seed(seed)
    return [torch.randn(count, 32, generator=random) / 10 for _ in model.text_encoders]


def noun_embedding(model: Loaded, noun: str) -> list[Tensor]:
    """The mean of its tokens' embeddings, (1, D) for each text encoder."""
    found = []
    for encoder in model.text_encoders:
        ids = encoder.tokenizer(noun, add_special_tokens=False).input_ids
        found.append(encoder.model.get_input_embeddings().weight[ids].mean(dim=0, keepdim=True))
    return found


def same(one: TextStates, other: TextStates) -> bool:
    pooled = one.pooled is other.pooled is None or torch.equal(one.pooled, other.pooled)  # type: ignore[arg-type]
    return torch.equal(one.states, other.states) and pooled and one.tokens == other.tokens


def test_without_words_it_is_the_plain_text_bit_for_bit(model: Loaded) -> None:
    plain = encode_text(model, PROMPT)
    silent = Replacement("Ada", [FIRST], words_for(model, 3), scale=0.0)
    assert same(encode_with_words(model, PROMPT, []), plain)
    assert same(encode_with_words(model, PROMPT, [silent]), plain)


def test_a_nouns_own_embedding_in_its_place_changes_nothing(model: Loaded) -> None:
    """Bit for bit, pooled vector too: the replaced path keeps length, end and filling."""
    own = Replacement("Ada", [FIRST, SECOND], noun_embedding(model, "man"))
    assert same(encode_with_words(model, PROMPT, [own]), encode_text(model, PROMPT))


def test_words_stand_where_a_prompt_with_other_nouns_has_them(model: Loaded) -> None:
    """Two subjects of the same noun: each mention is replaced by the one that it belongs to."""
    ada, ben = (noun_embedding(model, noun) for noun in ("dog", "beach"))
    found = encode_with_words(
        model, PROMPT, [Replacement("Ben", [SECOND], ben), Replacement("Ada", [FIRST], ada)]
    )
    expected = encode_text(model, "a photo of a dog and a beach on the beach")
    assert torch.equal(found.states, expected.states)
    assert expected.pooled is None or torch.equal(found.pooled, expected.pooled)  # type: ignore[arg-type]


def test_several_words_push_the_rest_back(model: Loaded) -> None:
    parts = [noun_embedding(model, noun) for noun in ("big", "old", "dog")]
    words = [torch.cat(each) for each in zip(*parts, strict=True)]
    found = encode_with_words(model, PROMPT, [Replacement("Ada", [SECOND], words)])
    expected = encode_text(model, "a photo of a man and a big old dog on the beach")
    assert torch.equal(found.states, expected.states)
    assert expected.pooled is None or torch.equal(found.pooled, expected.pooled)  # type: ignore[arg-type]
    assert len(found.tokens) == model.info.tokens
    read = " ".join(PROMPT[a:b] for a, b in found.tokens[1:14])
    assert read == "a photo of a man and a man man man on the beach"
    assert set(found.tokens[14:]) == {(0, 0)}


def test_a_noun_of_several_tokens_makes_room_for_one_word(model: Loaded) -> None:
    prompt = "a photo of a old woman on the beach"
    word = Replacement("Ada", [(13, 22)], noun_embedding(model, "dog"))
    found = encode_with_words(model, prompt, [word])
    assert torch.equal(found.states, encode_text(model, "a photo of a dog on the beach").states)
    assert found.tokens[5] == (13, 22)


def test_half_a_word_is_half_the_nouns_embedding(model: Loaded) -> None:
    """(1 − s) · mean of the noun's own embeddings + s · S*."""
    prompt, span = "a photo of a old woman", (13, 22)
    star = words_for(model, 1)
    plain = noun_embedding(model, "old woman")
    mixed = [0.7 * own + 0.3 * word for own, word in zip(plain, star, strict=True)]
    half = encode_with_words(model, prompt, [Replacement("Ada", [span], star, scale=0.3)])
    whole = encode_with_words(model, prompt, [Replacement("Ada", [span], mixed)])
    torch.testing.assert_close(half.states, whole.states)


def test_a_subjects_words_are_found_at_its_noun(model: Loaded, subject: Callable[..., SubjectSpec]) -> None:
    text = encode_with_words(model, PROMPT, [Replacement("Ben", [SECOND], words_for(model, 4))])
    ben = subject(PROMPT, "man", spans=(SECOND,))
    assert torch.equal(prompt_words(text, ben), text.states[8:12])


def test_a_prompt_that_grows_too_long_names_the_subject(model: Loaded) -> None:
    long = "a man and " + "a dog and " * 24 + "a dog"
    assert encode_with_words(model, long, [Replacement("Ada", [(2, 5)], words_for(model, 1))])
    with pytest.raises(KnownError, match="pseudo-words for Ada it has 77 tokens, and the model reads 75"):
        encode_with_words(model, long, [Replacement("Ada", [(2, 5)], words_for(model, 3))])


def test_a_noun_beyond_what_is_read_is_refused(model: Loaded) -> None:
    late = "a dog and " * 30 + "a man"
    with pytest.raises(KnownError, match="no token for Ada's noun"):
        encode_with_words(
            model, late, [Replacement("Ada", [(len(late) - 3, len(late))], words_for(model, 1))]
        )


def test_words_of_another_kind_of_model_are_refused(model: Loaded) -> None:
    for words in ([torch.zeros(1, 31)] * len(model.text_encoders), words_for(model, 1) * 2):
        with pytest.raises(KnownError, match=r"Ada are .* wide; the text encoders of tiny take \[32"):
            encode_with_words(model, PROMPT, [Replacement("Ada", [FIRST], words)])


def test_the_hook_is_gone_after_a_fault(model: Loaded) -> None:
    plain, encoder = encode_text(model, PROMPT), model.text_encoders[0].model
    with embeddings_changed(encoder, torch.zeros_like):
        assert not torch.equal(encode_text(model, PROMPT).states, plain.states)
    with pytest.raises(ZeroDivisionError), embeddings_changed(encoder, torch.zeros_like):
        _ = 1 // 0
    assert same(encode_text(model, PROMPT), plain)
    assert not encoder.get_input_embeddings()._forward_hooks


# The layers

HEADS, POSITIONS = 2, 6


@pytest.fixture
def attn() -> Attention:
    torch.manual_seed(1)
    return Attention(16, cross_attention_dim=WIDTH, heads=HEADS, dim_head=8).eval().requires_grad_(False)


def states() -> tuple[Tensor, Tensor, Tensor]:
    """Z (2, P, C), text p (2, L, D), image tokens f (2, 1, T, D')."""
    torch.manual_seed(3)
    return torch.randn(2, POSITIONS, 16), torch.randn(2, 4, WIDTH), torch.randn(2, 1, 3, SEEN)


def run(attn: Attention, alpha: float, gamma: float, sigma: float) -> Tensor:
    hidden, text, tokens = states()
    scale = torch.full((2, 1), sigma) if sigma else None
    seen = References(ImageTokens(tokens), layer_projections(tensors(), 1), HEADS, Strength(scale))
    project = text_projection(attn, tensors(), 1, alpha, gamma)
    return Frame(DecoupledAttention(seen), project)(attn, hidden, encoder_hidden_states=text)


def literal(attn: Attention, alpha: float, gamma: float, sigma: float) -> Tensor:
    """O = γ Attn(Q, K^T, V^T) + σ Attn(Q, K^S, V^S), a row and a head at a time."""
    hidden, text, tokens = states()
    state, rows = tensors(), []
    for row in range(2):
        made = {}
        for part, layer in (("to_k", attn.to_k), ("to_v", attn.to_v)):
            lora = state[f"text_lora.1.{part}.up.weight"] @ state[f"text_lora.1.{part}.down.weight"]
            made[part] = text[row] @ (layer.weight + alpha * lora).T
            made[f"visual {part}"] = tokens[row, 0] @ state[f"visual.1.{part}.weight"].T
        query, out = attn.to_q(hidden[row]), torch.zeros(POSITIONS, 16)
        for head in range(HEADS):
            at = slice(8 * head, 8 * head + 8)
            q = query[:, at]
            for part, factor in (("", gamma), ("visual ", sigma)):
                key, value = made[f"{part}to_k"][:, at], made[f"{part}to_v"][:, at]
                out[:, at] += factor * torch.softmax(q @ key.T / math.sqrt(8), dim=-1) @ value
        rows.append(attn.to_out[0](out))
    return torch.stack(rows)


@pytest.mark.parametrize(
    ("alpha", "gamma", "sigma"), [(1, 1, 1), (0.5, 2, 0.3), (0, 0, 1.5), (2, 0.7, 0), (0, 1, 0)]
)
def test_the_layers_equal_a_literal_loop(attn: Attention, alpha: float, gamma: float, sigma: float) -> None:
    found, expected = run(attn, alpha, gamma, sigma), literal(attn, alpha, gamma, sigma)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_no_lora_and_no_image_is_the_bare_layer_bit_for_bit(attn: Attention) -> None:
    hidden, text, _ = states()
    assert torch.equal(run(attn, 0.0, 1.0, 0.0), AttnProcessor2_0()(attn, hidden, text))


def test_the_image_branch_leaves_the_texts_keys_alone(attn: Attention) -> None:
    """α = 0: what is added to the bare layer is the image's attention alone."""
    hidden, _, tokens = states()
    weights = layer_projections(tensors(), 1)
    query = split_heads(attn.to_q(hidden), HEADS)
    key, value = (split_heads(F.linear(tokens[:, 0], each), HEADS) for each in (weights.key, weights.value))
    image = text_only(query, key, value).transpose(1, 2).flatten(2)
    added = run(attn, 0.0, 1.0, 1.0) - run(attn, 0.0, 1.0, 0.0)
    torch.testing.assert_close(added, F.linear(image, attn.to_out[0].weight), atol=1e-5, rtol=1e-4)


# The embedded model's own file


@pytest.fixture
def mini_model(mini: Pipeline) -> Loaded:
    return mini._model(mini.info("mini"), torch.float32)[0]


def test_the_embedded_file_belongs_to_the_embedded_model(mini_model: Loaded) -> None:
    adapter = mini_model.adapter(mini_model.info.adapter("photoverse"))
    adapters = adapter.projection
    assert isinstance(adapters, photoverse.PhotoVerseAdapters)
    adapters.check_encoder(mini_model.image_encoder.identity)
    last = mini_model.image_encoder.model.config.num_hidden_layers
    assert adapters.header.encoder_layers[-1] == last
    for layer in cross_layers(mini_model.unet):
        weights = layer_projections(adapter.state, layer.index)
        assert weights.key.shape == weights.value.shape == layer.attention.to_k.weight.shape
    assert all(tensor.isfinite().all() for tensor in adapter.state.values())


def test_the_embedded_words_change_their_subject_most(
    mini_model: Loaded, mini: Pipeline, put: Callable[[Image.Image], str]
) -> None:
    """It learned to leave the other words as they are."""
    prompt, noun = "a photo of a woman and a dog on the beach", 5
    face = Image.open(RESOURCES / "demo" / "album" / "IMG_0001.jpg").crop((110, 190, 343, 423))
    layers = mini._model(mini_model.info, torch.float32)[1].features("layers", Reference(put(face)))["layers"]
    adapters = mini_model.adapter(mini_model.info.adapter("photoverse")).projection
    words = Replacement("Ada", [(13, 18)], adapters.pseudo_words(layers, 1))
    changed, plain = (encode_with_words(mini_model, prompt, given).states for given in ([words], []))
    distance = (changed - plain).norm(dim=-1)
    assert not distance[:noun].any()
    assert distance[noun] > 1
    assert distance[noun] > 1.5 * distance[noun + 1 :].mean()


@pytest.fixture(scope="session")
def maker() -> ModuleType:
    """packaging/make_photoverse.py, as a module."""
    file = Path(__file__).parents[3] / "packaging" / "make_photoverse.py"
    spec = importlib.util.spec_from_file_location("make_photoverse", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_photoverse"] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def test_what_was_learned_on_standardised_tokens_reads_them_as_they_are(
    maker: ModuleType, tmp_path: Path
) -> None:
    torch.manual_seed(9)
    layers = 3 + 50 * torch.randn(20, 5, FEATURES)
    seen = maker.Seen(layers, torch.zeros(20, 2), torch.zeros(20, dtype=torch.bool))
    learning = maker.Adapters(seen, (1, 2, 4), SEEN)
    state = tensors() | learning.folded("image_adapter")
    adapters = photoverse.build(write(tmp_path, state), state)
    torch.testing.assert_close(adapters(layers), learning(layers), atol=1e-4, rtol=1e-3)


def test_a_nouns_row_is_stretched_in_its_place(maker: ModuleType) -> None:
    assert maker._stretched(torch.arange(6), 2, 3).tolist() == [0, 1, 2, 2, 2, 3]
