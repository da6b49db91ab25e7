"""`likeness train`, in its own real process, from scenes to a model."""

import os
import re
import signal

import pytest
from safetensors import safe_open
from scene_packs import write_portraits, write_sprites
from typer.testing import CliRunner

from core import models
from core.cli.app import app
from core.errors import KnownError
from core.paths import RESOURCES
from core.training.config import Recipe, StageConfig
from core.training.running import launch
from core.training.running.order import Began, Ended, Order

RECIPE = """
name = "One stage"
[[stages]]
stage = "image-encoder"
steps = {steps}
batch = 2
look_minutes = 60
"""


@pytest.fixture
def given(tmp_path):
    """Its options, all but the minutes."""
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(RECIPE.format(steps=2))
    found = {
        "--recipe": recipe,
        "--fresh": "toy",
        "--out": tmp_path / "out",
        "--portraits": write_portraits(tmp_path),
        "--sprites": write_sprites(tmp_path),
        "--device": "cpu",
        "--buffer": 0,
    }
    return [str(word) for pair in found.items() for word in pair]


def likeness(*words: str):
    return CliRunner().invoke(app, ["train", *words])


def test_who_ends_the_command_keeps_what_was_learned_and_goes_on(given, tmp_path):
    recipe = Recipe("One stage", [StageConfig("image-encoder", steps=10**6, batch=2, look_minutes=60)])
    order = Order(
        recipe,
        tmp_path / "out",
        tmp_path,
        sizes=RESOURCES / "training" / "sizes" / "toy.toml",
        portraits=tmp_path / "people.npz",
        sprites=tmp_path / "sprites.npz",
        device="cpu",
    )
    told = launch.run(order)
    assert next(told) == Began("image-encoder", 0, 10**6, "cpu", "no")
    os.kill(os.getpid(), signal.SIGTERM)
    assert list(told)[-1] == Ended(True)
    kept = tmp_path / "out" / "stages" / "01-image-encoder" / "checkpoint.safetensors"
    with safe_open(kept, "pt") as opened:
        done = int(opened.metadata()["step"])

    (tmp_path / "recipe.toml").write_text(RECIPE.format(steps=done + 2))
    whole = likeness("all", *given)
    assert whole.exit_code == 0, whole.output
    assert f"image-encoder: from step {done:,} of {done + 2:,}, on cpu, no" in whole.output
    assert re.search(rf"image-encoder {done + 2:,} of {done + 2:,} · loss \d", whole.output)
    model = tmp_path / "out" / "model"
    assert models.inspect("one", model).encoder_size == 64
    with safe_open(model / "image_encoder" / "model.safetensors", "pt") as written:
        assert written.get_tensor("visual_projection.weight").shape == (64, 64)
    assert "portraits CC0" in (model / "MODEL_CARD.md").read_text("utf-8")


def test_a_part_that_leaves_more_to_do_exits_with_3(given, monkeypatch):
    monkeypatch.setattr(launch, "run", lambda order, processes: [Ended(True)])
    part = likeness("all", *given, "--minutes", "9")
    assert part.exit_code == 3, part.output
    assert "There is more to do" in part.output


def test_a_process_that_dies_is_said_to_have(tmp_path, monkeypatch):
    monkeypatch.setattr(
        launch, "_command", lambda *_: ["python3", "-c", "import os, signal; os.kill(os.getpid(), 9)"]
    )
    order = Order(Recipe("x", [StageConfig("mip", steps=1)]), tmp_path / "out", tmp_path)
    with pytest.raises(KnownError, match=r"signal 9.*the same command goes on"):
        list(launch.run(order))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--recipe", "nothing.toml"], "cannot be read"),
        (["--model", "nobody"], "no model called nobody"),
        (["--portraits", "nowhere.npz"], "nowhere.npz is not there"),
        (["--fresh", "nosizes"], "nosizes is not there"),
    ],
)
def test_what_is_not_there_is_named_before_anything_starts(given, words, says, tmp_path):
    without = [word for word in given if word not in ("--fresh", "toy")] if "--model" in words else given
    done = likeness("all", *without, *words)
    assert done.exit_code == 1
    assert says in done.output
    assert not (tmp_path / "out").exists()


def test_without_anything_to_learn_from(given, tmp_path):
    done = likeness("all", *given[:6], "--device", "cpu")
    assert done.exit_code == 1
    assert not (tmp_path / "out").exists()
    assert "nothing to learn from" in done.output.replace("\n", " ")


def test_a_sheet_of_scenes(given, tmp_path):
    out = tmp_path / "sheet.png"
    done = likeness("scenes", *given[6:10], "--out", str(out), "--count", "2", "--size", "64")
    assert done.exit_code == 0, done.output
    assert out.stat().st_size > 1000
