"""What IP-Adapter and MIP-Adapter minimise, against loops of the equations."""

import torch

from core.training.losses.denoising import denoising
from core.training.losses.ip_adapter import Dropped
from core.training.losses.mip import localisation


def test_l_simple_is_the_mean_squared_error_of_the_noise():
    said, noise = torch.randn(2, 3, 4, 5), torch.randn(2, 3, 4, 5)
    total = 0.0
    for picture in range(2):
        for channel in range(3):
            for y in range(4):
                for x in range(5):
                    total += float(noise[picture, channel, y, x] - said[picture, channel, y, x]) ** 2
    assert abs(float(denoising(said, noise)) - total / (2 * 3 * 4 * 5)) < 1e-5


def test_each_condition_is_dropped_at_its_rate():
    u = (torch.arange(1000) + 0.5) / 1000
    dropped = Dropped.drawn(u, 0.05, 0.10, 0.20)
    for value, image, text in zip(u.tolist(), dropped.image.tolist(), dropped.text.tolist(), strict=True):
        expected = (True, False) if value < 0.05 else (False, True) if value < 0.15 else (True, True)
        assert (image, text) == (expected if value < 0.35 else (False, False)), value


def test_nothing_is_dropped_at_rate_0():
    dropped = Dropped.drawn(torch.zeros(5), 0.0, 0.0, 0.0)
    assert not (dropped.image | dropped.text).any()


def test_guidance_has_rows_without_and_rows_with():
    halves = Dropped.halves(2, torch.device("cpu"))
    assert halves.image.tolist() == halves.text.tolist() == [True, True, False, False]


def literal_localisation(w, masks, present):  # type: ignore[no-untyped-def]
    """(1/m) Σ_i [mean(w_i[m̄_i]) − mean(w_i[m_i])]."""
    terms = []
    for picture in range(w.shape[0]):
        for subject in range(w.shape[1]):
            inside = outside = weight_in = weight_out = 0.0
            for p in range(w.shape[2]):
                share = float(masks[picture, subject, p])
                inside, weight_in = inside + share * float(w[picture, subject, p]), weight_in + share
                outside += (1 - share) * float(w[picture, subject, p])
                weight_out += 1 - share
            if present[picture, subject] and weight_in > 0 and weight_out > 0:
                terms.append(outside / weight_out - inside / weight_in)
    return sum(terms) / max(1, len(terms))


def test_localisation_is_the_equation():
    random = torch.Generator().manual_seed(0)
    w, masks = torch.rand(3, 2, 16, generator=random), torch.rand(3, 2, 16, generator=random)
    masks[0, 0] = (masks[0, 0] > 0.5).float()
    masks[1, 0], masks[1, 1] = 0, 1  # nowhere, and everywhere: neither says where it is
    present = torch.tensor([[True, True], [True, True], [True, False]])
    assert abs(float(localisation(w, masks, present)) - literal_localisation(w, masks, present)) < 1e-5


def test_localisation_of_nobody_is_0_and_so_is_its_gradient():
    w = torch.rand(1, 2, 16, requires_grad=True)
    loss = localisation(w, torch.rand(1, 2, 16), torch.zeros(1, 2, dtype=torch.bool))
    loss.backward()
    assert loss == 0
    assert (w.grad == 0).all()  # type: ignore[union-attr]


def test_localisation_is_least_where_all_weight_lies_inside():
    masks = torch.zeros(1, 1, 8)
    masks[..., :4] = 1
    present = torch.ones(1, 1, dtype=torch.bool)
    assert localisation(masks, masks, present) == -1
    assert localisation(1 - masks, masks, present) == 1
