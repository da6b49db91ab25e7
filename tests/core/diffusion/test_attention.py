"""Each mechanism against a literal loop of its formula, and against diffusers' own processors."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from diffusers.models.attention_processor import Attention, AttnProcessor2_0, IPAdapterAttnProcessor2_0
from torch import Tensor

from core.diffusion.attention.frame import Frame, Mix, split_heads, text_only
from core.diffusion.attention.ip_adapter import (
    DecoupledAttention,
    ImageTokens,
    Projections,
    References,
    Strength,
)
from core.diffusion.attention.mip import MergedAttention, Relevance, RelevanceText, Weighting, weights
from core.diffusion.attention.regions import Regions
from core.spec import Merging

HEADS, DIM, WIDTH, POSITIONS, TOKENS = 2, 8, 12, 20, 4


@pytest.fixture
def attn() -> Attention:
    torch.manual_seed(1)
    return (
        Attention(HEADS * DIM, cross_attention_dim=WIDTH, heads=HEADS, dim_head=DIM)
        .eval()
        .requires_grad_(False)
    )


@pytest.fixture
def projections() -> Projections:
    torch.manual_seed(2)
    return Projections(torch.randn(HEADS * DIM, WIDTH), torch.randn(HEADS * DIM, WIDTH))


def states(batch: int) -> tuple[Tensor, Tensor]:
    torch.manual_seed(3)
    return torch.randn(batch, POSITIONS, HEADS * DIM), torch.randn(batch, 7, WIDTH)


def image_tokens(batch: int, subjects: int) -> Tensor:
    torch.manual_seed(4)
    return torch.randn(batch, subjects, TOKENS, WIDTH)


def run(attn: Attention, mix: Mix, hidden: Tensor, text: Tensor) -> Tensor:
    return Frame(mix)(attn, hidden, encoder_hidden_states=text)


def references(tokens: Tensor, projections: Projections, scale: Tensor | None) -> References:
    return References(ImageTokens(tokens), projections, HEADS, Strength(scale))


@pytest.mark.parametrize("batch", [1, 2])
def test_text_alone_is_the_bare_layer_bit_for_bit(attn: Attention, batch: int) -> None:
    hidden, text = states(batch)
    assert torch.equal(run(attn, text_only, hidden, text), AttnProcessor2_0()(attn, hidden, text))


@pytest.mark.parametrize("batch", [1, 2])
def test_one_subject_equals_diffusers_processor(
    attn: Attention, projections: Projections, batch: int
) -> None:
    hidden, text = states(batch)
    tokens = image_tokens(batch, 1)
    theirs = IPAdapterAttnProcessor2_0(HEADS * DIM, WIDTH, num_tokens=(TOKENS,), scale=0.6)
    theirs.to_k_ip[0].weight.data, theirs.to_v_ip[0].weight.data = projections.key, projections.value
    expected = theirs(attn, hidden, (text, [tokens]))
    ours = DecoupledAttention(references(tokens, projections, torch.full((batch, 1), 0.6)))
    torch.testing.assert_close(run(attn, ours, hidden, text), expected, atol=1e-6, rtol=1e-5)


def test_uniform_subjects_equal_diffusers_with_several_adapters(
    attn: Attention, projections: Projections
) -> None:
    hidden, text = states(2)
    tokens, scale = image_tokens(2, 3), [0.3, 0.9, 0.5]
    theirs = IPAdapterAttnProcessor2_0(HEADS * DIM, WIDTH, num_tokens=(TOKENS,) * 3, scale=scale)
    for to_k, to_v in zip(theirs.to_k_ip, theirs.to_v_ip, strict=True):
        to_k.weight.data, to_v.weight.data = projections.key, projections.value
    expected = theirs(attn, hidden, (text, [tokens[:, i : i + 1] for i in range(3)]))
    ours = MergedAttention(references(tokens, projections, torch.tensor([scale] * 2)), Weighting())
    torch.testing.assert_close(run(attn, ours, hidden, text), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("merging", ["relevance-mean", "relevance-across"])
@pytest.mark.parametrize("batch", [1, 2])
def test_relevance_equals_a_literal_loop(
    attn: Attention, projections: Projections, merging: Merging, batch: int
) -> None:
    """arXiv 2409.17920 §3.2, every row with words of its own."""
    hidden, text = states(batch)
    tokens, words = image_tokens(batch, 2), spread_words(batch)
    scale = torch.tensor([[0.7, 0.4]]).repeat(batch, 1)
    weighting = Weighting(merging, Relevance(words, attn.to_k, HEADS))
    ours = MergedAttention(references(tokens, projections, scale), weighting)
    expected = literal(attn, projections, hidden, text, tokens, words, scale, merging)
    torch.testing.assert_close(run(attn, ours, hidden, text), expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("batch", [1, 2])
def test_trained_relevance_and_regions_equal_a_literal_loop(
    attn: Attention, projections: Projections, batch: int
) -> None:
    """f = sigmoid(Linear(Z_text)) over its mean; a region multiplies the weights."""
    hidden, text = states(batch)
    tokens, words = image_tokens(batch, 2), spread_words(batch)
    scale = torch.tensor([[0.7, 0.4]]).repeat(batch, 1)
    row, maps = torch.randn(1, HEADS * DIM), torch.rand(batch, 2, 4, 5)
    weighting = Weighting("relevance-trained", Relevance(words, attn.to_k, HEADS), row, Regions(maps))
    ours = MergedAttention(references(tokens, projections, scale), weighting)
    expected = literal(
        attn, projections, hidden, text, tokens, words, scale, "relevance-trained", row, maps.flatten(2)
    )
    torch.testing.assert_close(run(attn, ours, hidden, text), expected, atol=1e-5, rtol=1e-4)


def test_a_single_subject_with_trained_weights_keeps_f(attn: Attention, projections: Projections) -> None:
    hidden, text = states(1)
    tokens, words = image_tokens(1, 1), RelevanceText(torch.randn(1, 1, WIDTH), torch.ones(1, 1, 1))
    row = torch.randn(1, HEADS * DIM)
    given = references(tokens, projections, torch.ones(1, 1))
    with_f = MergedAttention(given, Weighting("relevance-trained", Relevance(words, attn.to_k, HEADS), row))
    assert not torch.allclose(
        run(attn, with_f, hidden, text), run(attn, DecoupledAttention(given), hidden, text)
    )


@pytest.mark.parametrize("merged", [False, True])
def test_filled_up_tokens_count_nothing(attn: Attention, projections: Projections, merged: bool) -> None:
    """One row brings four tokens, the other only two: as if each were alone."""
    hidden, text = states(2)
    tokens = image_tokens(2, 1)
    filling = torch.tensor([[[False] * 4], [[False, False, True, True]]])
    strength = Strength(torch.ones(2, 1))

    def mix(given: ImageTokens) -> Mix:
        made = References(given, projections, HEADS, strength)
        return MergedAttention(made, Weighting()) if merged else DecoupledAttention(made)

    together = run(attn, mix(ImageTokens(tokens, filling)), hidden, text)
    strength.scale = torch.ones(1, 1)
    first = run(attn, mix(ImageTokens(tokens[:1])), hidden[:1], text[:1])
    second = run(attn, mix(ImageTokens(tokens[1:, :, :2])), hidden[1:], text[1:])
    torch.testing.assert_close(together, torch.cat([first, second]), atol=1e-5, rtol=1e-4)


def test_a_layers_factor_multiplies_every_strength(attn: Attention, projections: Projections) -> None:
    hidden, text = states(1)
    tokens = image_tokens(1, 1)

    def made(scale: float, factor: float) -> Tensor:
        strength = Strength(torch.full((1, 1), scale))
        references = References(ImageTokens(tokens), projections, HEADS, strength, factor)
        return run(attn, DecoupledAttention(references), hidden, text)

    torch.testing.assert_close(made(0.8, 0.5), made(0.4, 1.0), atol=1e-6, rtol=1e-5)


def spread_words(batch: int) -> RelevanceText:
    """Two subjects of two words and one word, and a row that counts nothing."""
    torch.manual_seed(5)
    pool = torch.tensor([[0.5, 0.5, 0, 0], [0, 0, 1, 0]]).repeat(batch, 1, 1)
    return RelevanceText(torch.randn(batch, 4, WIDTH), pool)


def literal(
    attn: Attention, projections: Projections, hidden: Tensor, text: Tensor, tokens: Tensor,
    words: RelevanceText, scale: Tensor, merging: Merging, trained: Tensor | None = None,
    regions: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Z_new = Z_text + Σ_i w_i ⊙ λ_i Z_i, one number at a time."""
    rows = []
    for row in range(len(hidden)):
        query = split_heads(attn.to_q(hidden[row : row + 1]), HEADS)[0]
        z = attend(query, attn.to_k(text[row]), attn.to_v(text[row]))
        a = torch.stack([relevance_of(attn, query, words, row, i) for i in range(2)])
        weight = a / a.mean(1, keepdim=True) if merging == "relevance-mean" else a / a.sum(0)
        if trained is not None:
            joined = z.transpose(0, 1).reshape(POSITIONS, HEADS * DIM)
            f = torch.stack([1 / (1 + torch.exp(-(trained[0] @ joined[p]))) for p in range(POSITIONS)])
            weight = weight * f / f.mean()
        if regions is not None:
            weight = weight * regions[row]
        for subject in range(2):
            image = tokens[row, subject]
            z_i = attend(query, image @ projections.key.T, image @ projections.value.T)
            z = z + weight[subject][None, :, None] * scale[row, subject] * z_i
        rows.append(attn.to_out[0](z.transpose(0, 1).reshape(POSITIONS, HEADS * DIM)))
    return torch.stack(rows)


def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    out = torch.zeros(HEADS, POSITIONS, DIM)
    for head in range(HEADS):
        part = slice(head * DIM, (head + 1) * DIM)
        scores = query[head] @ key[:, part].T / math.sqrt(DIM)
        out[head] = torch.softmax(scores, dim=-1) @ value[:, part]
    return out


def relevance_of(attn: Attention, query: Tensor, words: RelevanceText, row: int, subject: int) -> Tensor:
    total, places = torch.zeros(POSITIONS), [p for p in range(4) if words.pool[row, subject, p] > 0]
    for place in places:
        key = attn.to_k(words.states[row, place])
        for head in range(HEADS):
            scores = query[head] @ key[head * DIM : (head + 1) * DIM] / math.sqrt(DIM)
            total += torch.softmax(scores, dim=0) / HEADS
    return total / len(places)


@pytest.mark.parametrize("build", [DecoupledAttention, lambda r: MergedAttention(r, Weighting())])
def test_no_strength_is_the_bare_layer_bit_for_bit(
    attn: Attention, projections: Projections, build: Callable[[References], Any]
) -> None:
    hidden, text = states(2)
    bare = AttnProcessor2_0()(attn, hidden, text)
    for scale in (None, torch.zeros(2, 2)):
        mix = build(references(image_tokens(2, 2), projections, scale))
        assert torch.equal(run(attn, mix, hidden, text), bare)


def test_a_new_strength_counts_from_the_next_call(attn: Attention, projections: Projections) -> None:
    hidden, text = states(2)
    strength = Strength(torch.ones(2, 1))
    mix = DecoupledAttention(References(ImageTokens(image_tokens(2, 1)), projections, HEADS, strength))
    strong = run(attn, mix, hidden, text)
    strength.scale = torch.full((2, 1), 0.1)
    assert not torch.allclose(run(attn, mix, hidden, text), strong)
    strength.scale = torch.ones(2, 1)
    assert torch.equal(run(attn, mix, hidden, text), strong)


def test_the_frame_reads_new_text(attn: Attention) -> None:
    hidden, text = states(1)
    frame = Frame(text_only)
    frame(attn, hidden, text)
    other = torch.randn_like(text)
    assert torch.equal(frame(attn, hidden, other), AttnProcessor2_0()(attn, hidden, other))


def test_relevance_weights_keep_what_they_promise() -> None:
    a = torch.rand(2, 3, 50).softmax(-1)
    torch.testing.assert_close(weights(a, "relevance-mean").mean(-1), torch.ones(2, 3))
    torch.testing.assert_close(weights(a, "relevance-across").sum(1), torch.ones(2, 50))
    assert torch.equal(weights(a, "uniform"), torch.ones_like(a))


def test_relevance_across_survives_positions_nobody_looks_at() -> None:
    assert torch.isfinite(weights(torch.zeros(1, 2, 5), "relevance-across")).all()
