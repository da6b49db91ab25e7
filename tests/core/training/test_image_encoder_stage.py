"""The image encoder learns who is who without collapsing; what is written reads as it did."""

from dataclasses import replace

import pytest
import torch
from tiny_training_model import VIEW, write_tiny_model
from toy_batches import check_what_learns, toy_batch

from core.errors import KnownError
from core.training import reading
from core.training.batch import Batch
from core.training.stage import Given
from core.training.stages.image_encoder import GAP, ImageEncoderStage, Options

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_tiny_model(tmp_path_factory.mktemp("image-encoder") / "tiny")


def stage_of(folder, **options) -> ImageEncoderStage:
    torch.manual_seed(0)
    return ImageEncoderStage(Given(folder, CPU, Options(**options))).train()


def batch(seed: int = 0, count: int = 4) -> Batch:
    """Each subject has a colour of its own; its two views differ in light and noise."""
    given = toy_batch(count, side=16, view=VIEW, seed=seed)
    torch.manual_seed(1)
    colours = torch.rand(count, 2, 1, 3, 1, 1)
    light = 0.8 + 0.4 * torch.rand(count, 2, 2, 1, 1, 1)
    return replace(given, views=(colours * light + 0.1 * given.views).clamp(0, 1))


def trained(stage, steps: int) -> list[dict[str, float]]:
    optimiser = torch.optim.Adam([weight for group in stage.groups() for weight in group.weights], lr=3e-3)
    told = []
    for step in range(steps):
        losses = stage(batch(seed=step), step)
        losses.total.backward()
        optimiser.step()
        optimiser.zero_grad()
        told.append({"loss": float(losses.total.detach())} | {k: float(v) for k, v in losses.terms.items()})
    return told


def test_it_learns_who_is_who_and_does_not_collapse(folder):
    told = trained(stage_of(folder), 30)
    assert told[-1]["loss"] < 0.7 * told[0]["loss"]
    assert told[-1]["pair accuracy"] > told[0]["pair accuracy"]
    assert told[-1]["strangers' cosine"] < min(0.8, told[0]["strangers' cosine"])
    assert told[-1]["pixels"] < told[0]["pixels"]


def test_everything_that_learns_has_a_gradient_and_is_given_once(folder):
    stage = stage_of(folder)
    check_what_learns(stage, batch())


def test_absent_subjects_and_unknown_ones_are_nobody(folder):
    """With one of them left out, the loss is that of a batch that never held it."""
    stage = stage_of(folder, pixels=0.0, surroundings=0.0)
    whole = batch(count=2)
    present = whole.present.clone()
    present[1, 0] = False
    identities = torch.where(present, whole.identities, -1)
    rows = torch.tensor([0, 1, 3])
    alone = {
        name: getattr(whole, name).flatten(0, 1)[rows][:, None]
        for name in ("present", "faces", "views", "view_masks", "identities")
    }
    expected = stage(replace(whole, **alone), 0).total
    found = stage(replace(whole, present=present, identities=identities), 0).total
    assert torch.allclose(found, expected, atol=1e-6)
    nobody = stage(replace(whole, present=present & False, identities=identities * 0 - 1), 0)
    nobody.total.backward()
    assert nobody.total.item() == 0


def test_the_surroundings_are_seen_as_often_as_asked(folder):
    stage = stage_of(folder)
    whole = stage._views(batch(), 1.0)[1]
    cut = stage._views(batch(), 0.0)[1]
    assert (cut[..., 0, 0] == 0).all()
    assert (whole[..., 0, 0] != 0).any()


def test_temperature_has_a_limit(folder):
    stage = stage_of(folder)
    with torch.no_grad():
        stage.sharpness.fill_(9.0)
    assert float(stage(batch(), 0).terms["sharpness"]) == pytest.approx(100)


def test_data_with_one_picture_of_each_is_refused(folder):
    with pytest.raises(KnownError, match="two different pictures"):
        stage_of(folder)(toy_batch(2, side=16, view=VIEW, views=1), 0)


def test_what_is_written_reads_as_it_did_and_is_another_encoder(tmp_path):
    model = write_tiny_model(tmp_path / "tiny")
    before = reading.open_model(model, CPU).image_encoder.identity
    stage = stage_of(model)
    trained(stage, 2)
    files = stage.write(model)
    assert {file.parent.name for file in files} == {"image_encoder"}
    encoder = reading.open_model(model, CPU).image_encoder
    assert encoder.identity != before
    views = stage._views(batch(), 0.0)[1][0]
    expected = stage._read(views)[0].detach()
    found = torch.nn.functional.normalize(reading.features(encoder, "pooled", views), dim=-1)
    assert torch.allclose(found, expected, atol=5e-3)
    assert encoder.model.state_dict().keys() == stage.model.state_dict().keys()


def test_its_state_is_what_it_had_learned(folder):
    stage, other = stage_of(folder), stage_of(folder)
    trained(stage, 2)
    other.load_state_dict(stage.state_dict())
    totals = []
    for each in (stage, other):
        torch.manual_seed(3)
        totals.append(each(batch(), 0).total.detach())
    assert torch.equal(*totals)


def test_a_look_shows_each_with_its_nearest_stranger(folder):
    stage = stage_of(folder)
    shown = stage.look(toy_batch(3, side=16, view=VIEW))
    assert shown.shape == (6, 3, VIEW + GAP, 3 * VIEW + GAP)
    assert 0 <= float(shown.min()) <= float(shown.max()) <= 1
    one = toy_batch(1, side=16, view=VIEW)
    assert stage.look(replace(one, present=one.present & torch.tensor([True, False]))) is None


def test_it_learns_in_bf16_too(folder):
    stage = stage_of(folder)
    with torch.autocast("cpu", torch.bfloat16):
        losses = stage(batch(), 0)
    losses.total.backward()
    assert losses.total.dtype == torch.float32
    assert all(weight.grad.isfinite().all() for weight in stage.parameters())
