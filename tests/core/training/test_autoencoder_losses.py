"""The autoencoder's losses beside literal loops of their equations."""

import math

import torch

from core.training.losses import autoencoder as losses


def random(*size: int) -> torch.Tensor:
    return torch.randn(*size, dtype=torch.float64).float()


def test_the_perceptual_loss_is_the_sum_over_layers_of_the_mean_over_positions():
    torch.manual_seed(0)
    made, true = ([random(2, 3, 5), random(2, 4, 6)] for _ in range(2))
    expected = 0.0
    for layer_made, layer_true in zip(made, true, strict=True):
        for picture in range(2):
            positions = layer_made.shape[1]
            for position in range(positions):
                y, y0 = layer_made[picture, position].tolist(), layer_true[picture, position].tolist()
                length, length0 = math.hypot(*y), math.hypot(*y0)
                expected += (
                    sum((a / length - b / length0) ** 2 for a, b in zip(y, y0, strict=True)) / positions / 2
                )
    assert math.isclose(float(losses.perceptual(made, true)), expected, rel_tol=1e-5)


def test_the_hinge_pushes_both_sides_beyond_one_and_no_further():
    true, made = torch.tensor([[2.0, 0.5], [-1.0, 1.0]]), torch.tensor([-2.0, -0.5, 0.25])
    real = (0 + 0.5 + 2 + 0) / 4
    fake = (0 + 0.5 + 1.25) / 3
    assert math.isclose(float(losses.discriminator(true, made)), (real + fake) / 2, rel_tol=1e-6)
    assert math.isclose(float(losses.generator(made)), (2 + 0.5 - 0.25) / 3, rel_tol=1e-6)


def test_identity_is_one_minus_the_cosine():
    torch.manual_seed(1)
    made, true = random(3, 4), random(3, 4)
    expected = 0.0
    for a, b in zip(made.tolist(), true.tolist(), strict=True):
        expected += (1 - sum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)) / 3
    assert math.isclose(float(losses.identity(made, true)), expected, rel_tol=1e-5)


def test_reconstruction_is_the_mean_of_differences_and_of_their_squares():
    made, true = torch.tensor([0.5, -1.0, 0.25]), torch.tensor([0.0, 1.0, 0.25])
    assert math.isclose(float(losses.reconstruction(made, true)), 2.5 / 3 + 4.25 / 3, rel_tol=1e-6)


def test_the_scale_is_kept_where_spread_and_middle_are_as_wanted():
    torch.manual_seed(2)
    z = torch.randn(4, 3, 8, 8)
    z = (z - z.mean()) / z.std() * 1.5
    assert float(losses.scale(z, 1.5)) < 1e-8
    assert math.isclose(float(losses.scale(2 * z, 1.5)), math.log(2) ** 2, rel_tol=1e-4)
    assert math.isclose(float(losses.scale(z + 3, 1.5)), 4.0, rel_tol=1e-4)


def test_divergence_is_that_of_two_gaussians():
    from torch.distributions import Normal, kl_divergence

    torch.manual_seed(3)
    mean, logvar = random(2, 4, 3, 3), random(2, 4, 3, 3)
    expected = kl_divergence(Normal(mean, (logvar / 2).exp()), Normal(0.0, 1.0)).mean()
    assert torch.allclose(losses.divergence(mean, logvar), expected, rtol=1e-4)


def test_without_faces_there_is_nothing_to_lose():
    empty = torch.zeros(0, 4, requires_grad=True)
    for loss in (
        losses.identity(empty, empty.detach()),
        losses.perceptual([empty[:, None]], [torch.zeros(0, 1, 4)]),
    ):
        loss.backward()
        assert loss.item() == 0
