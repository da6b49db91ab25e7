"""UNet and text encoder learn together; a picture comes out of what is written."""

import pytest
import torch
from tiny_models import PipelineOptions, no_faces, pixels, spec, unheard
from tiny_training_model import SIDE, write_tiny_model
from toy_batches import CAPTION, check_what_learns, toy_batch

from core.diffusion.engine import Pipeline
from core.training import reading
from core.training.stage import Given
from core.training.stages.base import BaseStage, Options

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_tiny_model(tmp_path_factory.mktemp("base") / "tiny")


def stage_of(folder, **options) -> BaseStage:
    return BaseStage(Given(folder, CPU, Options(**options))).train()


def batch(count: int = 4):
    return toy_batch(count, side=SIDE, view=16)


def test_the_loss_is_the_squared_distance_from_v_with_faces_counting_more(folder):
    stage = stage_of(folder, empty=0.0, face=3.0, bias=0.5)
    torch.manual_seed(4)
    found = float(stage(batch(), 0).total.detach())

    torch.manual_seed(4)
    loaded = reading.open_model(folder, CPU)
    z0 = reading.latents(loaded, batch().pixels)
    noise = torch.randn_like(z0)
    t = stage._schedule.draw(4, bias=0.5)
    expected = 0.0
    for n in range(4):
        alpha = stage._schedule.alphas[t[n]]
        v = alpha.sqrt() * noise[n] - (1 - alpha).sqrt() * z0[n]
        zt = alpha.sqrt() * z0[n] + (1 - alpha).sqrt() * noise[n]
        states = reading.text_states(loaded, [CAPTION])
        with torch.no_grad():
            error = (stage.unet(zt[None], t[n], states).sample[0] - v) ** 2
        weights = torch.ones(4, 4)
        for y in range(4):
            for x in range(4):
                for left, top, right, bottom in batch().faces[n].tolist():
                    inside = left <= 8 * x + 4 <= right and top <= 8 * y + 4 <= bottom
                    weights[y, x] = 3.0 if inside else weights[y, x]
        expected += float((error * weights / weights.mean()).mean()) / 4
    assert found == pytest.approx(expected, rel=1e-4)


def test_it_learns(folder):
    stage = stage_of(folder, empty=0.0)
    optimiser = torch.optim.Adam([weight for group in stage.groups() for weight in group.weights], lr=3e-3)
    told = []
    for _ in range(30):
        torch.manual_seed(0)
        losses = stage(batch(), 0)
        losses.total.backward()
        optimiser.step()
        optimiser.zero_grad()
        told.append(float(losses.total.detach()))
    assert told[-1] < 0.9 * told[0]


def test_everything_that_learns_has_a_gradient_and_is_given_once(folder):
    stage = stage_of(folder)
    check_what_learns(stage, batch())
    assert stage._loaded.vae.encoder.layers[0].weight.grad is None
    assert not any(name.startswith("_") or "vae" in name for name in stage.state_dict())


def test_the_text_encoder_learns_more_slowly_or_not_at_all(folder):
    factors = {id(w): group.factor for group in stage_of(folder).groups() for w in group.weights}
    assert sorted(set(factors.values())) == [0.25, 1.0]
    still = stage_of(folder, text_rate=0.0)
    assert not any(name.startswith("text") for name in still.state_dict())
    still(batch(), 0).total.backward()
    assert still._loaded.text_encoders[0].model.embeddings.token_embedding.weight.grad is None


@pytest.mark.parametrize(("share", "expected"), [(0.0, {CAPTION}), (1.0, {""})])
def test_captions_are_left_out_as_often_as_asked(folder, monkeypatch, share, expected):
    stage, heard = stage_of(folder, empty=share), []
    states = stage._states
    monkeypatch.setattr(stage, "_states", lambda captions: heard.extend(captions) or states(captions))
    stage(batch(), 0)
    assert set(heard) == expected


def test_its_state_is_what_it_had_learned(folder):
    stage, other = stage_of(folder), stage_of(folder)
    with torch.no_grad():
        for weight in stage.parameters():
            weight.add_(0.01)
    other.load_state_dict(stage.state_dict())
    totals = []
    for each in (stage, other):
        torch.manual_seed(3)
        totals.append(each(batch(), 0).total.detach())
    assert torch.equal(*totals)


def test_a_picture_comes_out_of_what_is_written(tmp_path, home):
    model = write_tiny_model(tmp_path / "tiny")
    pipeline = Pipeline(PipelineOptions(home.root, {"tiny": model}), no_faces)
    wanted = [spec(model="tiny", width=SIDE, height=SIDE)]
    [before] = pipeline.render(wanted, unheard)
    stage = stage_of(model)
    with torch.no_grad():
        stage.unet.conv_out.weight.mul_(2)
        stage.text.final_layer_norm.weight.mul_(2)
    files = stage.write(model)
    assert {file.parent.name for file in files} == {"unet", "text_encoder"}
    again = reading.open_model(model, CPU)
    states = reading.text_states(again, [CAPTION])
    assert torch.allclose(states, stage._states([CAPTION]), atol=2e-2)
    said = [
        unet(batch().pixels[:, :, :4, :4].repeat(1, 2, 1, 1)[:, :4], 500, states.repeat(4, 1, 1)).sample
        for unet in (again.unet, stage.unet)
    ]
    assert torch.allclose(*said, atol=2e-2)
    [after] = Pipeline(PipelineOptions(home.root, {"tiny": model}), no_faces).render(wanted, unheard)
    assert (pixels(after) != pixels(before)).any()


def test_a_look_is_pictures_of_the_captions_and_the_same_each_time(folder):
    stage = stage_of(folder).eval()
    shown = stage.look(batch(2))
    assert shown.shape == (2, 3, SIDE, SIDE)
    assert torch.equal(shown, stage.look(batch(2)))


@pytest.mark.parametrize("checkpointing", [False, True])
def test_it_learns_in_bf16_too(folder, checkpointing):
    stage = stage_of(folder, checkpointing=checkpointing)
    with torch.autocast("cpu", torch.bfloat16):
        losses = stage(batch(), 0)
    losses.total.backward()
    assert losses.total.dtype == torch.float32
    assert all(weight.grad.isfinite().all() for weight in stage.parameters())
