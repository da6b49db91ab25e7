"""One stage of training: what learns, what it minimises, and the files it leaves."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import torch
from torch import Tensor, nn

from core.training.batch import Batch


@dataclass(frozen=True)
class Given:
    """What a stage is built from. `model`: the folder of the model it trains, in diffusers layout; it reads
    what earlier stages wrote there. `options`: of the stage's own `Options`."""

    model: Path
    device: torch.device
    options: Any


@dataclass
class Group:
    """Weights that learn at `factor` times the stage's rate, with or without weight decay."""

    weights: list[nn.Parameter]
    factor: float = 1.0
    decay: bool = True


@dataclass(frozen=True)
class Losses:
    """`total` is minimised; `terms` are plotted, detached."""

    total: Tensor
    terms: Mapping[str, Tensor] = field(default_factory=dict)


class Stage(nn.Module, ABC):
    """A module that owns what learns as its parameters (with `requires_grad`) and keeps what is frozen out of
    them, or without `requires_grad`. `forward` is called once a step, under accelerate's precision; several
    processes each call it on their share. Random numbers come from torch's global generator, which the loop
    seeds at every step."""

    Options: ClassVar[type[msgspec.Struct]]
    papers: ClassVar[tuple[str, ...]] = ()
    """arXiv ids, for the model card."""

    @abstractmethod
    def forward(self, batch: Batch, step: int) -> Losses: ...

    @abstractmethod
    def groups(self) -> Iterable[Group]:
        """All that learns, each weight once."""

    @abstractmethod
    def write(self, model: Path) -> list[Path]:
        """Puts what was learned into the model's folder, in the layout the program reads, whole or not at all
        (fp16); returns the files. Called with the averaged weights in place."""

    @torch.no_grad()
    def look(self, batch: Batch) -> Tensor | None:
        """Pictures (n, 3, h, w) in [0, 1] for the samples page, made with the averaged weights; None for a
        stage that has none to show."""
        return None
