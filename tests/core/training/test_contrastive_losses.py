"""What teaches who is who, beside a literal loop of InfoNCE."""

import math

import pytest
import torch
import torch.nn.functional as F

from core.training.losses import contrastive as losses
from core.training.running.processes import joined


def views(count: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    return F.normalize(torch.randn(count, 6), dim=-1), F.normalize(torch.randn(count, 6), dim=-1)


def literal(first: torch.Tensor, second: torch.Tensor, who: list[int], temperature: float) -> float:
    """½ (L(e, e') + L(e', e)), number by number."""

    def one_way(e: list[list[float]], f: list[list[float]]) -> float:
        total = 0.0
        for i in range(len(e)):
            below = 0.0
            for j in range(len(f)):
                if j == i or who[j] != who[i]:
                    below += math.exp(sum(a * b for a, b in zip(e[i], f[j], strict=True)) / temperature)
            own = math.exp(sum(a * b for a, b in zip(e[i], f[i], strict=True)) / temperature)
            total -= math.log(own / below) / len(e)
        return total

    e, f = first.tolist(), second.tolist()
    return (one_way(e, f) + one_way(f, e)) / 2


@pytest.mark.parametrize("who", [[0, 1, 2, 3], [0, 1, 0, 3]])
def test_the_loss_is_the_equation(who):
    first, second = views(4)
    cosines, again = losses.cosines(first, second), losses.again(torch.tensor(who))
    found = losses.contrastive(cosines, again, torch.tensor(1 / 0.1))
    assert math.isclose(float(found), literal(first, second, who, 0.1), rel_tol=1e-5)


def test_its_gradients_are_numbers_when_somebody_is_in_two_pictures():
    first, second = (each.requires_grad_() for each in views(4))
    sharpness = torch.tensor(10.0, requires_grad=True)
    again = losses.again(torch.tensor([0, 1, 0, 3]))
    losses.contrastive(losses.cosines(first, second), again, sharpness).backward()
    for weight in (first, second, sharpness):
        assert weight.grad is not None
        assert weight.grad.isfinite().all()


def test_accuracy_and_strangers_tell_a_collapse():
    e = torch.eye(4, 6)
    nobody = losses.again(torch.arange(4))
    told, collapsed = losses.cosines(e, e), losses.cosines(torch.ones(4, 1), torch.ones(4, 1))
    assert float(losses.accuracy(told, nobody)) == 1
    assert float(losses.strangers(told, nobody)) == 0
    assert float(losses.strangers(collapsed, nobody)) == 1
    assert float(losses.accuracy(collapsed, nobody)) == 0.25


def test_another_picture_of_the_same_person_is_neither_a_stranger_nor_a_mistake():
    e = F.normalize(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1]]), dim=-1)
    cosines, again = losses.cosines(e, e), losses.again(torch.tensor([7, 8, 7]))
    assert float(losses.strangers(cosines, again)) < 0.1
    assert float(losses.accuracy(cosines, again)) == 1


def test_pixels_of_a_patch_are_compared_with_that_patch():
    torch.manual_seed(0)
    views, side = torch.rand(2, 3, 4, 4), 2
    made = torch.rand(2, 4, 3 * side * side)
    expected = 0.0
    for n in range(2):
        for patch in range(4):
            top, left = patch // 2 * side, patch % 2 * side
            cut = views[n, :, top : top + side, left : left + side].flatten().tolist()
            expected += sum((a - b) ** 2 for a, b in zip(cut, made[n, patch].tolist(), strict=True))
    assert math.isclose(float(losses.pixels(made, views)), expected / made.numel(), rel_tol=1e-5)


def test_with_nobody_there_is_nothing_to_lose():
    e = torch.zeros(0, 6, requires_grad=True)
    loss = losses.contrastive(losses.cosines(e, e), losses.again(torch.zeros(0)), torch.tensor(10.0))
    loss.backward()
    assert loss.item() == 0


def test_shares_of_two_processes_give_the_gradients_of_the_whole():
    """Each process computes the loss of everybody with gradients through its own part; the mean of both
    processes' gradients, as they exchange them, is the gradient in one process."""
    weight = torch.randn(6, 6)
    given, second = views(6)

    def loss_of(first: torch.Tensor) -> torch.Tensor:
        return losses.contrastive(
            losses.cosines(first, second), losses.again(torch.arange(6)), torch.tensor(9.0)
        )

    whole = weight.clone().requires_grad_()
    loss_of(given @ whole).backward()
    found = torch.zeros_like(weight)
    for rank in range(2):
        own = weight.clone().requires_grad_()
        parts = list((given @ weight).split(3))
        loss_of(joined(parts, given[3 * rank : 3 * rank + 3] @ own, rank)).backward()
        found += own.grad / 2  # type: ignore[operator]
    assert torch.allclose(found, whole.grad, atol=1e-5)  # type: ignore[arg-type]
