"""Noise stands behind the subject and nowhere in front of it."""

import pytest
import torch

from core.training.data.noising import noised


def test_the_subject_stays_and_its_background_is_noise() -> None:
    torch.manual_seed(0)
    views, masks = torch.full((2, 1, 3, 32, 32), 0.25), torch.zeros(2, 1, 1, 32, 32)
    masks[..., 8:24, 8:24] = 1
    masks[..., :4, :4] = 0.5
    made = noised(views, masks)
    assert torch.equal(made[..., 8:24, 8:24], views[..., 8:24, 8:24])
    behind = made[..., 24:, :]
    assert float(behind.mean()) == pytest.approx(0.5, abs=0.03)
    assert float(behind.std()) == pytest.approx(12**-0.5, abs=0.03)
    mixed = made[..., :4, :4]
    assert 0.125 <= float(mixed.min()) <= float(mixed.max()) <= 0.625
    assert not torch.equal(noised(views, masks), made)
