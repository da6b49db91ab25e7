"""FastComposer's equations, each against a literal loop."""

import pytest
import torch
from torch import Tensor

from core.training.losses.fastcomposer import localisation, masked_denoising

PRESENT = torch.tensor([[True, True], [True, False], [False, False]])


def given() -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    return torch.rand(3, 2, 12), (torch.rand(3, 2, 12) < 0.4).float()


def literal(maps: Tensor, masks: Tensor) -> float:
    """L_loc = (1/m) Σ_j [mean(A[m̄_j]) − mean(A[m_j])], one number at a time."""
    pictures = []
    for picture in range(3):
        terms = []
        for subject in range(2):
            if PRESENT[picture, subject]:
                a, m = maps[picture, subject].tolist(), masks[picture, subject].tolist()
                inside = [value for value, mask in zip(a, m, strict=True) if mask]
                outside = [value for value, mask in zip(a, m, strict=True) if not mask]
                terms.append(sum(outside) / len(outside) - sum(inside) / len(inside))
        if terms:
            pictures.append(sum(terms) / len(terms))
    return sum(pictures) / len(pictures)


def test_the_localisation_is_the_papers() -> None:
    maps, masks = given()
    assert float(localisation(maps, masks, PRESENT)) == pytest.approx(literal(maps, masks), abs=1e-6)


def test_who_is_absent_weighs_nothing() -> None:
    maps, masks = given()
    changed = maps.clone().requires_grad_()
    localisation(changed, masks, PRESENT).backward()
    assert changed.grad is not None
    assert (changed.grad.flatten(2).abs().sum(-1) > 0).tolist() == PRESENT.tolist()
    nobody = localisation(maps, masks, torch.zeros_like(PRESENT))
    assert float(nobody) == 0


@pytest.mark.parametrize("mask", [0.0, 1.0])
def test_a_mask_of_nothing_or_everything_is_no_division_by_zero(mask: float) -> None:
    maps, _ = given()
    loss = localisation(maps, torch.full_like(maps, mask), PRESENT)
    side = maps[0].mean(-1).mean() + maps[1, 0].mean()
    assert float(loss) == pytest.approx(float(side / 2 if mask == 0 else -side / 2), abs=1e-6)


def test_the_masked_loss_counts_inside_of_any_subject_alone() -> None:
    torch.manual_seed(1)
    said, target = torch.randn(3, 4, 2, 3), torch.randn(3, 4, 2, 3)
    masks = torch.zeros(3, 2, 2, 3)
    masks[0, 0, 0, 0] = masks[0, 1, 1, 2] = 1
    masks[1, 0] = 1
    masked = torch.tensor([True, False, True])  # the last has no mask at all: it counts whole
    total = 0.0
    for picture in range(3):
        for channel in range(4):
            for y in range(2):
                for x in range(3):
                    error = float(said[picture, channel, y, x] - target[picture, channel, y, x]) ** 2
                    inside = picture != 0 or bool(masks[picture, :, y, x].any())
                    total += error if inside else 0.0
    assert float(masked_denoising(said, target, masks, masked)) == pytest.approx(
        total / said.numel(), rel=1e-5
    )
