"""A stage that learns next to nothing, fast: what the loop does can be seen in it."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from toy_batches import toy_batch

from core.training.batch import Batch
from core.training.stage import Given, Group, Losses, Stage


class ToyOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    width: int = 4


class ToyStage(Stage):
    """Learns the mean colour of the pictures; its dropout needs the loop's random numbers."""

    Options = ToyOptions
    papers = ("2308.06721",)

    def __init__(self, given: Given) -> None:
        super().__init__()
        self.guess = nn.Linear(3, given.options.width)
        self.frozen = nn.Linear(2, 2).requires_grad_(False)
        self.back = nn.Linear(given.options.width, 3)

    def forward(self, batch: Batch, step: int) -> Losses:
        colours = batch.pixels.mean((2, 3))
        hidden = nn.functional.dropout(self.guess(colours), 0.3, self.training)
        error = (self.back(hidden) - colours).square().mean()
        return Losses(error, {"error": error.detach(), "step": torch.tensor(float(step))})

    def groups(self) -> Iterable[Group]:
        return [Group(list(self.guess.parameters())), Group(list(self.back.parameters()), 0.5, decay=False)]

    def write(self, model: Path) -> list[Path]:
        file = model / "toy.safetensors"
        save_file({name: value.half() for name, value in self.state_dict().items()}, file)
        return [file]

    def look(self, batch: Batch) -> Tensor:
        return batch.pixels / 2 + 0.5


class ToySource:
    """A batch for each step and process."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def batch(self, count: int, step: int, rank: int = 0) -> Batch:
        self.asked.append((step, rank))
        return toy_batch(count, side=8, view=8, seed=step % 1000 * 10 + rank)

    def describe(self) -> dict[str, str]:
        return {"data": "random numbers"}
