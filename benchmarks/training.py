"""Pictures a second that each stage of training learns from, and the memory it takes.

    python -m benchmarks.training
    python -m benchmarks.training --stage photoverse --batch 16 --model DIR
    python -m benchmarks.training --portraits people.npz --sprites sprites.npz

Each stage runs in a process of its own, on the embedded model at its own size, without looks or checkpoints.
Without --portraits the pictures are random numbers: what is measured is the learning alone.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, get_args

from core import models
from core.models import EMBEDDED
from core.training.config import StageConfig, StageName

WARM_UP = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stage", action="append", choices=get_args(StageName))
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--model", type=Path, default=EMBEDDED["mini"])
    parser.add_argument("--portraits", type=Path)
    parser.add_argument("--sprites", type=Path)
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        print(measured(given.stage[0], given), flush=True)
        return
    print(f"batches of {given.batch}, {'bf16' if given.bf16 else 'fp32'}, {given.model.name}")
    print(f"{'stage':18}{'pictures/s':>11}{'seconds a step':>16}{'GB':>7}   device")
    for stage in given.stage or get_args(StageName):
        command = [sys.executable, "-m", "benchmarks.training", *sys.argv[1:], "--alone", "--stage", stage]
        done = subprocess.run(command, capture_output=True, text=True)
        print(f"{stage:18}{done.stdout.strip() or done.stderr.strip().splitlines()[-1]}", flush=True)


def measured(name: StageName, given: argparse.Namespace) -> str:
    """One line: speed, time, memory, device."""
    from accelerate import Accelerator

    from core.training.running.loop import Loop
    from core.training.stage import Given
    from core.training.stages import options, stage_class

    accelerator = Accelerator(mixed_precision="bf16" if given.bf16 else "no")
    config = StageConfig(name, steps=1_000_000, batch=given.batch)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "model"
        shutil.copytree(given.model, folder)
        stage = stage_class(name)(Given(folder, accelerator.device, options(name, {}))).to(accelerator.device)
        source = opened(given, config, folder, str(accelerator.device))
        loop = Loop(stage, source, config, Path(scratch), accelerator, lambda message: None)
        steps, seconds = timed(loop, given.seconds)
    memory = most_memory(accelerator.device)
    speed = given.batch * steps / seconds
    return f"{speed:11.1f}{seconds / steps:16.3f}{memory / 2**30:7.1f}   {accelerator.device}"


def timed(loop: Any, least: float) -> tuple[int, float]:
    """Updates, and the seconds they took; the first ones, which set things up, do not count."""
    for _ in range(WARM_UP):
        loop._update()
    began, steps = time.perf_counter(), 0
    while time.perf_counter() - began < least:
        loop._update()
        steps += 1
    if loop.device.type == "cuda":
        import torch

        torch.cuda.synchronize()
    return steps, time.perf_counter() - began


def most_memory(device: Any) -> int:
    """Bytes held on a GPU at most; on a processor the process's peak."""
    if device.type == "cuda":
        import torch

        return torch.cuda.max_memory_allocated(device)
    import os

    from benchmarks.memory import peak

    return peak(os.getpid())


def opened(given: argparse.Namespace, config: StageConfig, folder: Path, device: str) -> Any:
    model = models.inspect("model", folder)
    if given.portraits is None:
        return Random(model.size, model.encoder_size, device)
    from core.training.running.order import Order
    from core.training.running.sources import open_source

    order = Order(
        recipe=None, out=folder, home=folder, portraits=given.portraits, sprites=given.sprites, buffer=256
    )
    return open_source(order, config, model, device, held_out=False)


class Random:
    """Pictures of two people each, all noise; made once."""

    def __init__(self, side: int, view: int, device: str) -> None:
        self._side, self._view, self._device = side, view, device
        self._made: Any = None

    def batch(self, count: int, step: int, rank: int = 0) -> Any:
        import torch

        from core.training.batch import Batch, Words

        if self._made is None:
            side, view, caption = self._side, self._view, "a photo of a woman and a man on the beach"
            box = torch.tensor([[0.1, 0.2, 0.4, 0.6], [0.6, 0.2, 0.9, 0.6]]) * side
            self._made = Batch(
                pixels=torch.rand(count, 3, side, side) * 2 - 1,
                words=(Words(caption, ("woman", "man"), ((13, 18), (25, 28))),) * count,
                present=torch.ones(count, 2, dtype=torch.bool),
                masks=torch.ones(count, 2, side, side) / 2,
                faces=box.expand(count, -1, -1).clone(),
                views=torch.rand(count, 2, 2, 3, view, view),
                view_masks=torch.ones(count, 2, 2, 1, view, view),
                identities=torch.arange(2 * count).reshape(count, 2),
            ).to(self._device)
        return self._made

    def describe(self) -> dict[str, str]:
        return {"data": "random numbers"}


if __name__ == "__main__":
    main()
