"""PhotoVerse's equations, each against a literal loop."""

import pytest
import torch
from torch import Tensor

from core.training.losses.photoverse import face, random_fusion, text_regulariser, visual_regulariser


def literal_fusion(u: float) -> tuple[float, float]:
    if u < 1 / 3:
        return 2.0, 0.0
    if u < 2 / 3:
        return 0.0, 2.0
    return 1.0, 1.0


def test_the_fusion_is_drawn_as_the_paper_says() -> None:
    u = torch.cat([torch.linspace(0, 0.999, 200), torch.tensor([1 / 3, 2 / 3])])
    gamma, sigma = random_fusion(u)
    for each, own in zip(u.tolist(), zip(gamma.tolist(), sigma.tolist(), strict=True), strict=True):
        assert own == literal_fusion(each)


def test_each_third_of_the_draws_has_its_branches() -> None:
    torch.manual_seed(0)
    gamma, sigma = random_fusion(torch.rand(30_000))
    for wanted in ((2.0, 0.0), (0.0, 2.0), (1.0, 1.0)):
        share = ((gamma == wanted[0]) & (sigma == wanted[1])).float().mean()
        assert share == pytest.approx(1 / 3, abs=0.01)


def test_other_thresholds_may_be_asked_for() -> None:
    gamma, sigma = random_fusion(torch.tensor([0.05, 0.5, 0.95]), 0.1, 0.9)
    assert (gamma.tolist(), sigma.tolist()) == ([2, 0, 1], [0, 2, 1])


def units(count: int, seed: int) -> Tensor:
    torch.manual_seed(seed)
    return torch.nn.functional.normalize(torch.randn(count, 7), dim=-1)


def test_the_face_loss_is_one_minus_the_cosine() -> None:
    f, predicted = units(5, 0), units(5, 1)
    total = 0.0
    for one, other in zip(f.tolist(), predicted.tolist(), strict=True):
        total += 1 - sum(a * b for a, b in zip(one, other, strict=True))
    assert float(face(f, predicted)) == pytest.approx(total / 5, abs=1e-6)
    assert float(face(f, f)) == pytest.approx(0, abs=1e-6)
    assert float(face(f[:0], f[:0])) == 0


PRESENT = torch.tensor([[True, True], [True, False], [False, False]])


def test_the_texts_regulariser_is_the_mean_size_of_s() -> None:
    torch.manual_seed(2)
    words = torch.randn(3, 2, 4, 5)  # B, M, m, D
    sizes = [
        abs(value)
        for picture in range(3)
        for subject in range(2)
        if PRESENT[picture, subject]
        for value in words[picture, subject].flatten().tolist()
    ]
    assert float(text_regulariser(words, PRESENT)) == pytest.approx(sum(sizes) / len(sizes), rel=1e-5)
    assert float(text_regulariser(words, torch.zeros(3, 2, dtype=torch.bool))) == 0


def test_the_images_regulariser_is_the_mean_size_of_its_values_in_every_layer() -> None:
    torch.manual_seed(3)
    layers = [torch.randn(3, heads, 2 * 3, width) for heads, width in ((2, 4), (1, 8))]  # M = 2, T = 3
    means = []
    for values in layers:
        sizes = [
            abs(value)
            for picture in range(3)
            for head in range(values.shape[1])
            for token in range(6)
            if PRESENT[picture, token // 3]
            for value in values[picture, head, token].tolist()
        ]
        means.append(sum(sizes) / len(sizes))
    assert float(visual_regulariser(layers, PRESENT)) == pytest.approx(sum(means) / 2, rel=1e-5)
