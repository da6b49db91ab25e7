"""The first three stages in a row, in the training loop, from random weights to a model that renders."""

from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from test_loop import Told, same
from tiny_models import PipelineOptions, no_faces, pixels, spec, unheard
from tiny_training_model import SIDE, VIEW, write_tiny_model
from toy_batches import toy_batch

from core import models
from core.diffusion.engine import Pipeline
from core.training.batch import Batch
from core.training.config import StageConfig, StageName
from core.training.running.loop import Limits, Loop
from core.training.stage import Given
from core.training.stages import options, stage_class

CHANGED: dict[StageName, set[str]] = {
    "image-encoder": {"image_encoder"},
    "autoencoder": {"vae"},
    "base": {"unet", "text_encoder"},
}
OPTIONS: dict[StageName, dict[str, object]] = {
    "autoencoder": {"adversarial_from": 2, "channels": 4, "faces": 0.0, "identity": 0.0}
}


class TinySource:
    def batch(self, count: int, step: int, rank: int = 0) -> Batch:
        return toy_batch(count, side=SIDE, view=VIEW, seed=step)

    def describe(self) -> dict[str, str]:
        return {}


def loop(model: Path, folder: Path, name: StageName, limits: Limits = Limits()) -> Loop:
    config = StageConfig(name, steps=4, batch=2, warmup=1, rate=1e-3, ema=0.5, options=OPTIONS.get(name, {}))
    torch.manual_seed(0)
    stage = stage_class(name)(Given(model, torch.device("cpu"), options(name, config.options)))
    return Loop(
        stage, TinySource(), config, folder, Accelerator(cpu=True), lambda message: None, limits=limits
    )


@pytest.mark.parametrize("name", CHANGED)
def test_a_stage_in_two_parts_learns_the_very_same(tmp_path, name):
    model = write_tiny_model(tmp_path / "tiny")
    whole = loop(model, tmp_path / "whole", name)
    assert whole.run()
    assert not loop(model, tmp_path / "parts", name, Limits(told=Told(2))).run()
    last = loop(model, tmp_path / "parts", name)
    assert last.place.step == 2
    assert last.run()
    assert same(whole, last)


def test_a_model_from_nothing_renders(tmp_path, home):
    model = write_tiny_model(tmp_path / "tiny")
    for name, parts in CHANGED.items():
        before = {file: file.read_bytes() for file in models.weight_files(model)}
        one = loop(model, tmp_path / name, name)
        one.run()
        with one.average.in_place():
            files = one.stage.write(model)
        assert {file.parent.name for file in files} == parts
        changed = {file.parent.name for file, bytes_ in before.items() if file.read_bytes() != bytes_}
        assert changed == parts
    info = models.inspect("tiny", model)
    assert info.adapters == ()
    pipeline = Pipeline(PipelineOptions(home.root, {"tiny": model}), no_faces)
    [picture] = pipeline.render([spec(model="tiny", width=SIDE, height=SIDE)], unheard)
    assert pixels(picture).std() > 1
