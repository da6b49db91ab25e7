"""The loop: what is learned is the same whether it was stopped in between or not, and nothing is lost."""

import math
import time
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from msgspec import structs
from safetensors import safe_open
from toy_stage import ToyOptions, ToySource, ToyStage

from core.errors import KnownError
from core.training.config import StageConfig
from core.training.running import checkpoint, progress, rates
from core.training.running.average import Average
from core.training.running.looks import Looks
from core.training.running.loop import MOST_SKIPPED, Limits, Loop
from core.training.stage import Given, Losses

CONFIG = StageConfig("ip-adapter", steps=8, batch=3, rate=0.05, warmup=2, ema=0.9)


def toy() -> ToyStage:
    torch.manual_seed(0)
    return ToyStage(Given(Path(), torch.device("cpu"), ToyOptions()))


def loop(folder: Path, config: StageConfig = CONFIG, stage: ToyStage | None = None, **more: object) -> Loop:
    given = {"accelerator": Accelerator(cpu=True), "tell": lambda message: None} | more
    return Loop(stage or toy(), ToySource(), config, folder, **given)


def weights(one: Loop) -> list[torch.Tensor]:
    return [*one.stage.state_dict().values(), *one.average.values.values()]


def same(one: Loop, other: Loop) -> bool:
    return all(torch.equal(a, b) for a, b in zip(weights(one), weights(other), strict=True))


class Told:
    """Says "stop" after so many questions."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_a_run_in_three_parts_learns_the_very_same(tmp_path):
    whole = loop(tmp_path / "whole")
    assert whole.run()
    for after in (3, 2):
        assert not loop(tmp_path / "parts", limits=Limits(told=Told(after))).run()
    last = loop(tmp_path / "parts")
    assert last.place.step == 5
    assert last.run()
    assert same(whole, last)
    assert last.place.step == 8


def test_two_small_batches_are_one_large_one(tmp_path):
    small = loop(tmp_path / "small", structs.replace(CONFIG, accumulate=2, steps=3))
    small.run()
    assert small.source.asked == [(step, 0) for step in range(6)]


def test_it_learns(tmp_path):
    one = loop(tmp_path, structs.replace(CONFIG, steps=60))
    one.run()
    told = progress.read(tmp_path)
    assert told[-1].step == 60
    with torch.no_grad():
        before, after = (
            stage(ToySource().batch(8, 900), 0).total for stage in (toy().eval(), one.stage.eval())
        )
    assert after < before / 2


def test_what_is_frozen_stays(tmp_path):
    one = loop(tmp_path)
    before = one.stage.frozen.weight.clone()
    one.run()
    assert torch.equal(one.stage.frozen.weight, before)
    assert set(one.average.values) == {"guess.weight", "guess.bias", "back.weight", "back.bias"}


def test_a_finished_stage_is_not_trained_again(tmp_path):
    loop(tmp_path).run()
    again = loop(tmp_path)
    assert again.run()
    assert again.source.asked == []


def test_other_settings_are_refused_and_more_steps_are_not(tmp_path):
    loop(tmp_path).run()
    with pytest.raises(KnownError, match="other settings"):
        loop(tmp_path, structs.replace(CONFIG, rate=0.1))
    longer = loop(tmp_path, structs.replace(CONFIG, steps=10, checkpoint_minutes=9))
    assert longer.place.step == 8


def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(tmp_path):
    one = loop(tmp_path, limits=Limits(told=Told(3)))
    one.run()
    two = loop(tmp_path, limits=Limits(told=Told(2)))
    two.run()
    newest, before = (tmp_path / name for name in checkpoint.NAMES)
    newest.write_bytes(newest.read_bytes()[:-40])
    assert loop(tmp_path).place.step == 3
    before.write_bytes(b"nothing")
    with pytest.raises(KnownError, match="damaged"):
        loop(tmp_path)


def test_a_checkpoint_runs_no_code_and_holds_all_that_is_needed(tmp_path):
    loop(tmp_path).run()
    with safe_open(tmp_path / checkpoint.NAMES[0], "pt") as opened:
        parts = {key.partition(".")[0] for key in opened.keys()}  # noqa: SIM118
    assert parts == {"weights", "average", "exp_avg", "exp_avg_sq", "step"}


def test_it_ends_before_its_time_is_up(tmp_path):
    slow = structs.replace(CONFIG, steps=10**9)
    one = loop(tmp_path, slow, limits=Limits(until=time.monotonic() + 0.3))
    assert not one.run()
    assert 0 < one.place.step == loop(tmp_path, slow).place.step


class Broken(ToyStage):
    def forward(self, batch, step):  # type: ignore[no-untyped-def]
        losses = super().forward(batch, step)
        return Losses(losses.total * math.nan if step >= 3 else losses.total)


def test_gradients_that_are_no_numbers_change_nothing_and_end_a_run(tmp_path):
    broken = Broken(Given(Path(), torch.device("cpu"), ToyOptions()))
    one = loop(tmp_path, structs.replace(CONFIG, steps=100), broken)
    with pytest.raises(KnownError, match=f"{MOST_SKIPPED} updates in a row"):
        one.run()
    assert one.place.skipped == MOST_SKIPPED
    assert all(value.isfinite().all() for value in weights(one))


def test_memory_that_does_not_suffice_is_said(tmp_path, monkeypatch):
    one = loop(tmp_path)
    monkeypatch.setattr(ToySource, "batch", lambda *_: (_ for _ in ()).throw(torch.OutOfMemoryError()))
    with pytest.raises(KnownError, match="Make `batch` smaller"):
        one.run()


def test_looks_are_of_the_average_and_do_not_disturb(tmp_path):
    told: list[object] = []
    source = ToySource()
    looked = loop(tmp_path / "a", tell=told.append, looks=Looks(tmp_path / "a", source, "toy"))
    looked.run()
    plain = loop(tmp_path / "b")
    plain.run()
    assert same(looked, plain)
    assert [file.name for file in (tmp_path / "a" / "looks").iterdir()] == ["00000008.png"]
    assert source.asked == [(1_000_000_007, 0)]


def test_progress_beyond_the_checkpoint_is_forgotten(tmp_path):
    loop(tmp_path).run()
    file = tmp_path / progress.NAME
    file.write_bytes(file.read_bytes() + b'{"half a li')
    progress.forget_after(tmp_path, 7)
    assert progress.read(tmp_path) == []


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_the_rate_rises_and_falls(schedule):
    config = StageConfig("mip", steps=100, warmup=10, schedule=schedule, floor=0.1)
    found = [rates.factor(config, update) for update in range(100)]
    assert found[0] == 0.1
    assert found[9] == found[10] == 1
    assert found[99] == pytest.approx(0.1 if schedule == "cosine" else 1)
    assert found[10:] == sorted(found[10:], reverse=True)


def test_the_average_is_that_of_the_formula():
    weight = torch.nn.Parameter(torch.tensor([1.0]))
    average, expected = Average({"w": weight}, 0.5), 1.0
    for updates in range(30):
        weight.data = torch.tensor([float(updates)])
        average.update(updates)
        decay = min(0.5, (1 + updates) / (10 + updates))
        expected = decay * expected + (1 - decay) * updates
    assert float(average.values["w"]) == pytest.approx(expected)
    with average.in_place():
        assert float(weight.detach()) == pytest.approx(expected)
    assert float(weight.detach()) == 29
