"""The autoencoder learns, each side from its own losses, and what is written is what learned."""

import json

import pytest
import torch
from tiny_training_model import KL, write_tiny_model
from toy_batches import check_what_learns, toy_batch

from core.training import reading
from core.training.stage import Given
from core.training.stages.autoencoder import AutoencoderStage, Options

CPU = torch.device("cpu")
PLAIN = {"faces": 0.0, "identity": 0.0, "adversarial_from": 0, "channels": 4}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_tiny_model(tmp_path_factory.mktemp("autoencoder") / "tiny")


def stage_of(folder, **options) -> AutoencoderStage:
    torch.manual_seed(0)
    return AutoencoderStage(Given(folder, CPU, Options(**(PLAIN | options)))).train()


def batch(side: int = 32):
    return toy_batch(2, side=side, view=16)


def learned(stage, steps: int, rate: float = 3e-3) -> list[dict[str, float]]:
    optimiser = torch.optim.Adam([weight for group in stage.groups() for weight in group.weights], lr=rate)
    told = []
    for step in range(steps):
        torch.manual_seed(step)
        losses = stage(batch(), step)
        losses.total.backward()
        optimiser.step()
        optimiser.zero_grad()
        told.append({"loss": float(losses.total.detach())} | {k: float(v) for k, v in losses.terms.items()})
    return told


@pytest.mark.parametrize("kind", ["tiny", "kl"])
def test_it_learns(folder, tmp_path, kind):
    model = folder if kind == "tiny" else write_tiny_model(tmp_path / "kl", vae=KL)
    told = learned(stage_of(model, adversarial=0.0), 30)
    assert told[-1]["reconstruction"] < 0.9 * told[0]["reconstruction"]
    assert ("divergence" in told[0]) == (kind == "kl")


def test_everything_that_learns_has_a_gradient_and_is_given_once(folder):
    stage = stage_of(folder)
    check_what_learns(stage, batch())


def test_each_side_learns_from_its_own_losses_alone(folder):
    """The discriminator's gradients are those of its hinge alone; the autoencoder's are the same whatever
    that hinge weighs."""
    stage = stage_of(folder, adversarial=0.5)
    torch.manual_seed(1)
    stage(batch(), 0).total.backward()
    discriminating = [weight.grad.clone() for weight in stage.discriminator.parameters()]
    encoding = [weight.grad.clone() for weight in stage.vae.parameters()]

    stage.zero_grad()
    torch.manual_seed(1)
    true = batch().pixels
    with torch.no_grad():
        made = stage.vae.decode(stage.vae.encode(true).latents, return_dict=False)[0]
    hinge = (1 - stage.discriminator(true)).relu().mean() + (1 + stage.discriminator(made)).relu().mean()
    (hinge / 2).backward()
    for found, weight in zip(discriminating, stage.discriminator.parameters(), strict=True):
        assert torch.allclose(found, weight.grad, rtol=1e-3, atol=1e-5)

    stage.zero_grad()
    without = stage_of(folder, adversarial=0.0)
    without.vae = stage.vae
    made = stage.vae.decode(stage.vae.encode(true).latents, return_dict=False)[0]
    torch.manual_seed(1)
    total = without(batch(), 0).total - 0.5 * stage.discriminator(made).mean()
    total.backward()
    for found, weight in zip(encoding, stage.vae.parameters(), strict=True):
        assert torch.allclose(found, weight.grad, rtol=1e-3, atol=1e-5)


def test_before_its_time_the_discriminator_moves_nothing(folder):
    stage = stage_of(folder, adversarial_from=5)
    stage(batch(), 4).total.backward()
    assert all(weight.grad.abs().max() == 0 for weight in stage.discriminator.parameters())
    stage(batch(), 5).total.backward()
    assert any(weight.grad.abs().max() > 0 for weight in stage.discriminator.parameters())


def test_who_is_in_the_picture_counts(folder):
    """Its faces are compared by SFace; where there is none, nothing is."""
    stage = stage_of(folder, faces=0.1, identity=0.2, adversarial=0.0)
    large = batch(side=64)
    losses = stage(large, 0)
    losses.total.backward()
    assert 0 < losses.terms["identity"] <= 2
    assert losses.terms["faces"] > 0
    assert all(weight.grad.isfinite().all() for weight in stage.vae.parameters())
    large.faces.fill_(float("nan"))
    without = stage(large, 0)
    without.total.backward()
    assert without.terms["identity"] == 0
    assert without.terms["faces"] == 0


def test_only_the_decoder_learns_when_the_latents_are_to_stay(folder, tmp_path):
    stage = stage_of(folder, learn="decoder", adversarial=0.0)
    stage(batch(), 0).total.backward()
    assert all(weight.grad is None for weight in stage.vae.encoder.parameters())
    assert all(weight.grad is not None for weight in stage.vae.decoder.parameters())
    model = write_tiny_model(tmp_path / "tiny")
    stage.write(model)
    assert json.loads((model / "vae" / "config.json").read_text())["scaling_factor"] == 1.0


def test_the_scale_of_the_latents_is_measured_and_written(folder, tmp_path):
    model = write_tiny_model(tmp_path / "tiny")
    stage = stage_of(folder, adversarial=0.0)
    with torch.no_grad():
        for step in range(3):
            stage(batch(), step)
    stage.write(model)
    loaded = reading.open_model(model, CPU)
    z = reading.latents(loaded, batch().pixels)
    assert abs(float((z**2).mean() - z.mean() ** 2) - 1) < 0.02
    with torch.no_grad():
        expected = stage.vae.decode(stage.vae.encode(batch().pixels).latents, return_dict=False)[0]
    assert torch.allclose(reading.decoded(loaded, z), expected, atol=0.02)


def test_its_state_is_what_it_had_learned(folder):
    stage, other = stage_of(folder), stage_of(folder)
    learned(stage, 2)
    other.load_state_dict(stage.state_dict())
    torch.manual_seed(3)
    first = stage(batch(), 7).total
    torch.manual_seed(3)
    assert torch.equal(first, other(batch(), 7).total)
    assert torch.equal(stage.moments, other.moments)


def test_a_look_shows_originals_over_reconstructions(folder):
    stage = stage_of(folder)
    shown = stage.look(batch())
    assert shown.shape == (2, 3, 64, 32)
    assert torch.allclose(shown[:, :, :32], batch().pixels / 2 + 0.5)
    assert not shown.requires_grad
    assert 0 <= float(shown.min()) <= float(shown.max()) <= 1


def test_it_learns_in_bf16_too(folder, tmp_path):
    """GroupNorm and all: its backward must not meet channels-last memory."""
    stage = stage_of(write_tiny_model(tmp_path / "kl", vae=KL))
    with torch.autocast("cpu", torch.bfloat16):
        losses = stage(batch(), 0)
    losses.total.backward()
    assert losses.total.dtype == torch.float32
    assert all(weight.grad.isfinite().all() for weight in stage.parameters())
