"""A recipe of all eight stages on a tiny new model, a step or two each."""

from pathlib import Path
from typing import get_args

import msgspec
import pytest
from scene_packs import write_portraits, write_sprites
from tiny_training_model import tiny_sizes

from core import models
from core.training.config import Recipe, StageConfig, StageName
from core.training.running import child, progress, run
from core.training.running.loop import Limits
from core.training.running.order import Advanced, Order

FIRST: tuple[StageName, ...] = ("image-encoder", "autoencoder", "base")
OPTIONS: dict[str, dict[str, object]] = {
    "autoencoder": {"channels": 4, "adversarial_from": 1},
    "photoverse": {"adapters": 2, "face_below": 1000},
    "ip-adapter": {"identity": 0.1},
    "fastcomposer": {"identity": 0.1},
}
FILES = {"fastcomposer", "ip-adapter", "ip-adapter-plus", "mip-adapter-plus", "photoverse"}


def every_stage(folder: Path, device: str, precision: str) -> tuple[list[Advanced], Path]:
    """What was told of each stage's last step, and the model's folder."""
    names = [*FIRST, *(name for name in get_args(StageName) if name not in FIRST)]
    stages = [
        StageConfig(
            name, steps=2, batch=3, warmup=1, rate=1e-3, precision=precision, options=OPTIONS.get(name, {})
        )
        for name in names
    ]
    sizes = folder / "sizes.json"
    sizes.write_bytes(msgspec.json.encode(tiny_sizes(tokens=48, words="")))
    order = Order(
        Recipe("Tiny", stages), folder / "out", folder, sizes=sizes, portraits=write_portraits(folder),
        sprites=write_sprites(folder), device=device,
    )  # fmt: skip
    assert run.train(order, child._accelerator(order), lambda message: None, Limits())
    told = [progress.read(run.folder_of(order, number, each)) for number, each in enumerate(stages, 1)]
    return [each[-1] for each in told], order.out / "model"


def check(told: list[Advanced], model: Path) -> None:
    assert [each.step for each in told] == [2] * 8
    terms = {f"{each.stage} {name}": value for each in told for name, value in each.terms.items()}
    assert all(value == pytest.approx(value) for value in terms.values()), terms
    info = models.inspect("tiny", model)
    assert {adapter.name for adapter in info.adapters} == FILES
    assert info.refused == ()
