"""Noise through hooks: it comes with its weights, from its seed alone, and goes without a trace."""

import pytest
import torch
from diffusers.models.attention_processor import Attention

from core.diffusion.attention.mip import Relevance, RelevanceText
from core.evaluation.noise import noisy
from core.evaluation.spread import weights_of_first


@pytest.fixture
def attention() -> Attention:
    torch.manual_seed(0)
    made = Attention(query_dim=16, cross_attention_dim=8, heads=2, dim_head=8)
    with torch.no_grad():
        made.to_out[0].weight.copy_(torch.eye(16))
        made.to_out[0].bias.zero_()
    return made.eval()


@torch.inference_mode()
def run(attention, layers=None, strength=0.5, seed=1):
    states = torch.linspace(-1, 1, 2 * 9 * 16).reshape(2, 9, 16)
    text = torch.linspace(0, 1, 2 * 3 * 8).reshape(2, 3, 8)
    if layers is None:
        return attention(states, encoder_hidden_states=text)
    with noisy({"layer": (attention, layers)}, strength, seed):
        return attention(states, encoder_hidden_states=text)


def uniform(attention, **how):
    """Everywhere alike, by a weight of 1."""
    return run(attention, lambda query: torch.ones(len(query), query.shape[2]), **how)


def test_noise_is_strength_times_the_deviation_of_what_is_there(attention):
    plain = run(attention)
    with torch.inference_mode():
        noise = torch.randn(9, 16, generator=torch.Generator().manual_seed(1)) * plain.std() * 0.5
        torch.testing.assert_close(uniform(attention), plain + noise)


def test_weights_say_where(attention):
    def first_position(query):
        assert query.shape == (2, 2, 9, 8)
        return torch.eye(9)[:1]

    changed = (run(attention, first_position) - run(attention)).abs().sum(dim=-1)
    assert (changed[:, 0] > 0).all()
    assert (changed[:, 1:] == 0).all()


def test_the_seed_alone_decides(attention):
    assert torch.equal(uniform(attention), uniform(attention))
    assert not torch.equal(uniform(attention), uniform(attention, seed=2))
    assert torch.equal(uniform(attention, strength=0.0), run(attention))


def test_hooks_are_gone_afterwards_even_after_a_failure(attention):
    before = run(attention)

    def failing(query):
        raise RuntimeError("no weights")

    with pytest.raises(RuntimeError, match="no weights"):
        run(attention, failing)
    assert torch.equal(run(attention), before)
    assert not attention.to_q._forward_hooks
    assert not attention.to_out[0]._forward_pre_hooks


@pytest.mark.parametrize("merging", ["relevance-mean", "relevance-across"])
def test_weights_are_the_first_subjects_relevance_and_add_noise_of_the_same_power(attention, merging):
    torch.manual_seed(2)
    words, query = torch.randn(3, 8), torch.randn(2, 2, 9, 8)
    pool = torch.tensor([[[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]])
    with torch.inference_mode():
        relevance = Relevance(RelevanceText(words[None], pool), attention.to_k, attention.heads)
        found = weights_of_first(relevance, merging, query)
        each = []  # A of every subject, written out for the conditional row
        for rows in ((0, 1), (2,)):
            total = torch.zeros(9)
            for head in range(2):
                for row in rows:
                    key = attention.to_k(words[row]).reshape(2, 8)[head]
                    total += (query[1, head] @ key / 8**0.5).softmax(dim=0) / (2 * len(rows))
            each.append(total)
    w = each[0] if merging == "relevance-mean" else each[0] / (each[0] + each[1])
    torch.testing.assert_close(found[0], w / w.square().mean() ** 0.5, atol=1e-5, rtol=1e-4)
