"""Whitened features, and the linear layer they fold into."""

import torch
from torch import nn

from core.training.parts.whitening import Whitening, shrunk_covariance


def correlated(count: int = 4000, width: int = 6) -> torch.Tensor:
    random = torch.Generator().manual_seed(1)
    mixing = torch.eye(width) + 0.3
    return (torch.randn(count, width, generator=random) @ mixing + 7) * torch.logspace(-2, 2, width)


def measured(features: torch.Tensor) -> Whitening:
    whitening = Whitening(features.shape[-1], torch.device("cpu"))
    whitening.measure(features)
    return whitening


def test_before_it_is_measured_it_changes_nothing():
    whitening, features = Whitening(6, torch.device("cpu")), correlated()
    assert whitening.needed
    assert whitening(features) is features


def test_what_comes_out_has_mean_0_and_nearly_the_covariance_1():
    features = correlated()
    white = measured(features)(features)
    assert white.mean(0).abs().max() < 1e-2
    assert (white.T.cov() - torch.eye(6)).abs().max() < 0.25
    spread = torch.linalg.eigvalsh(white.T.cov())
    before = torch.linalg.eigvalsh((features / features.std(0)).T.cov())
    assert spread.max() / spread.min() < 0.2 * before.max() / before.min()


def test_folded_into_a_linear_layer_it_says_the_same():
    features, linear = correlated(), nn.Linear(6, 5)
    whitening = measured(features)
    folded = nn.Linear(6, 5)
    weight, bias = whitening.fold(linear.weight, linear.bias)
    folded.load_state_dict({"weight": weight, "bias": bias})
    assert torch.allclose(folded(features), linear(whitening(features)), atol=1e-3)
    assert torch.allclose(folded(torch.zeros(1, 6)), linear(whitening(torch.zeros(1, 6))), atol=1e-3)


def test_a_dimension_that_never_changes_is_no_infinity():
    features = correlated()
    features[:, 2] = 3.0
    white = measured(features)(features)
    assert torch.isfinite(white).all()
    assert white.abs().max() < 50


def test_folded_weights_survive_half_precision():
    """Features that hardly differ, far from 0: what is folded must not need more digits than fp16 has."""
    random = torch.Generator().manual_seed(2)
    features = 5 + 0.01 * torch.randn(500, 6, generator=random)
    whitening, linear = measured(features), nn.Linear(6, 5)
    weight, bias = (part.half().float() for part in whitening.fold(linear.weight, linear.bias))
    assert (features @ weight.T + bias - linear(whitening(features))).abs().max() < 0.1


def test_few_samples_are_trusted_less():
    random = torch.Generator().manual_seed(3)
    rows = torch.randn(8, 40, generator=random, dtype=torch.double)
    rows -= rows.mean(0)
    few = shrunk_covariance(rows)
    plain = rows.T @ rows / len(rows)
    assert torch.linalg.eigvalsh(few).min() > 0.2
    assert torch.linalg.eigvalsh(plain).min() < 1e-9
    assert torch.isclose(few.trace(), plain.trace())


def test_shrinkage_is_that_of_the_paper_s_sums():
    random = torch.Generator().manual_seed(4)
    rows = torch.randn(12, 5, generator=random, dtype=torch.double)
    covariance = sum(torch.outer(row, row) for row in rows) / 12
    level = covariance.trace() / 5
    apart = (covariance - level * torch.eye(5)).square().sum() / 5
    chance = sum((torch.outer(row, row) - covariance).square().sum() / 5 for row in rows) / 12**2
    share = min(1.0, float(chance / apart))
    expected = (1 - share) * covariance + share * level * torch.eye(5)
    assert torch.allclose(shrunk_covariance(rows), expected)


def test_a_run_that_goes_on_has_the_same():
    features = correlated()
    first, second = measured(features), Whitening(6, torch.device("cpu"))
    second.load_state_dict(first.state_dict())
    assert not second.needed
    assert torch.equal(first(features), second(features))
