"""The loop of every stage: batches, gradients, updates, the average, checkpoints by time. One process or
several (Hugging Face accelerate); the same weights come out whether a run was stopped in between or not."""

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.diffusion.memory import out_of_memory
from core.errors import KnownError
from core.training.config import StageConfig
from core.training.running import checkpoint, progress, rates
from core.training.running.average import Average
from core.training.running.looks import Looks
from core.training.running.order import Advanced, Message
from core.training.source import Source
from core.training.stage import Losses, Stage

REPORT_SECONDS = 5.0
MOST_SKIPPED = 20
"""So many updates in a row without usable gradients end a run."""


@dataclass(frozen=True)
class Limits:
    """`until`: time.monotonic() at which the process is to have ended, with its checkpoint written; `told`
    says whether somebody asked it to end."""

    until: float = math.inf
    told: Callable[[], bool] = lambda: False


class Loop:
    """One stage's run in `folder`; goes on from its checkpoint. `tell` hears what happens, in the first
    process alone."""

    def __init__(
        self,
        stage: Stage,
        source: Source,
        config: StageConfig,
        folder: Path,
        accelerator: Any,
        tell: Callable[[Message], None],
        looks: Looks | None = None,
        limits: Limits = Limits(),
    ) -> None:
        self.stage, self.source, self.config, self.folder = stage, source, config, folder
        self._accelerator, self._tell, self._looks, self._limits = accelerator, tell, looks, limits
        self._model = accelerator.prepare_model(stage.train())
        self._optimiser = torch.optim.AdamW(_groups(stage, config), lr=config.rate, betas=config.betas)
        self._learning = {name: w for name, w in stage.named_parameters() if w.requires_grad}
        self.average = Average(self._learning, config.ema)
        folder.mkdir(parents=True, exist_ok=True)
        self.place = checkpoint.load(folder, stage, self.average, self._optimiser, config)
        self._tally = _Tally()
        self._in_a_row = 0

    @property
    def device(self) -> torch.device:
        device: torch.device = self._accelerator.device
        return device

    def run(self) -> bool:
        """Whether the stage is finished; False when the time was up or somebody asked to end. Raises
        KnownError when memory does not suffice or the losses stay no numbers; the last checkpoint is kept."""
        if self._first:
            progress.forget_after(self.folder, self.place.step)
        began = saved = looked = reported = time.monotonic()
        before, worked = self.place.seconds, 0.0
        while self.place.step < self.config.steps and not self._must_stop():
            started = time.monotonic()
            self._update()
            now = time.monotonic()
            worked += now - started
            self.place = replace(self.place, seconds=before + now - began)
            if now - reported >= REPORT_SECONDS or self.place.step == self.config.steps:
                self._report(worked)
                reported, worked = now, 0.0
            if now - looked >= 60 * self.config.look_minutes and self._time_to_look():
                self._look()
                looked = time.monotonic()
            if now - saved >= 60 * self.config.checkpoint_minutes:
                self.save()
                saved = time.monotonic()
        self.save()
        finished = self.place.step >= self.config.steps
        if finished and self._time_to_look():
            self._look()
        return finished

    def save(self) -> None:
        if self._first:
            checkpoint.save(self.folder, self.stage, self.average, self._optimiser, self.config, self.place)

    @property
    def _first(self) -> bool:
        return bool(self._accelerator.is_main_process)

    def _update(self) -> None:
        """One update of the weights, from `accumulate` batches."""
        try:
            for part in range(self.config.accumulate):
                self._learn(part)
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
            raise KnownError(
                f"Memory does not suffice for {self.config.batch} pictures at once. Make `batch` smaller and "
                "`accumulate` larger by as much in the recipe. The last checkpoint is kept."
            ) from error
        norm = self._accelerator.clip_grad_norm_(self._learning.values(), self.config.clip or math.inf)
        if math.isfinite(float(norm)):
            self._move()
        else:
            self._skip()
        self._optimiser.zero_grad(set_to_none=True)
        self.place = replace(self.place, step=self.place.step + 1)

    def _learn(self, part: int) -> None:
        index = self.place.step * self.config.accumulate + part
        rank = self._accelerator.process_index
        batch = self.source.batch(self.config.batch, index, rank).to(self.device)
        torch.manual_seed((self.config.seed * 1_000_003 + index) * 1024 + rank)
        with self._together(part == self.config.accumulate - 1):
            losses: Losses = self._model(batch, self.place.step)
            self._accelerator.backward(losses.total / self.config.accumulate)
        self._tally.add(losses, len(batch))

    @contextlib.contextmanager
    def _together(self, last: bool) -> Iterator[None]:
        """Gradients cross between processes once an update."""
        with contextlib.nullcontext() if last else self._accelerator.no_sync(self._model):
            yield

    def _move(self) -> None:
        now = rates.factor(self.config, self.place.step)
        for group in self._optimiser.param_groups:
            group["lr"] = group["full"] * now
        self._optimiser.step()
        self.average.update(self.place.step)
        self._in_a_row = 0

    def _skip(self) -> None:
        self.place = replace(self.place, skipped=self.place.skipped + 1)
        self._in_a_row += 1
        if self._in_a_row >= MOST_SKIPPED:
            raise KnownError(
                f"{MOST_SKIPPED} updates in a row gave gradients that are no numbers. A lower `rate` or "
                'precision = "fp32" may help. The last checkpoint is kept.'
            )

    def _must_stop(self) -> bool:
        return _any(self._accelerator, time.monotonic() >= self._limits.until or self._limits.told())

    def _time_to_look(self) -> bool:
        return self._looks is not None and time.monotonic() + self._looks.reserve < self._limits.until

    def _report(self, seconds: float) -> None:
        """`seconds`: of the updates since the last report alone; looks and checkpoints are no learning."""
        terms, pictures = self._tally.taken()
        if self._first:
            told = Advanced(
                stage=self.config.stage,
                step=self.place.step,
                steps=self.config.steps,
                terms=terms,
                rate=self.config.rate * rates.factor(self.config, self.place.step - 1),
                speed=pictures * self._accelerator.num_processes / max(seconds, 1e-9),
                seconds=self.place.seconds,
                memory=_most_memory(self.device),
            )
            progress.add(self.folder, told)
            self._tell(told)

    def _look(self) -> None:
        if self._looks and self._first:
            self.stage.eval()
            with self.average.in_place():
                self._tell(self._looks.take(self.stage, self.place.step, self.device))
            self.stage.train()


class _Tally:
    """Means of the terms between two reports; they stay on the device until then."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._batches, self._pictures = 0, 0

    def add(self, losses: Losses, pictures: int) -> None:
        for name, value in {"loss": losses.total, **losses.terms}.items():
            value = value.detach().float()
            self._sums[name] = self._sums[name] + value if name in self._sums else value
        self._batches += 1
        self._pictures += pictures

    def taken(self) -> tuple[dict[str, float], int]:
        means = {name: float(value) / self._batches for name, value in self._sums.items()}
        pictures = self._pictures
        self.__init__()  # type: ignore[misc]
        return means, pictures


def _groups(stage: Stage, config: StageConfig) -> list[dict[str, Any]]:
    return [
        {
            "params": group.weights,
            "full": config.rate * group.factor,
            "weight_decay": config.decay if group.decay else 0.0,
        }
        for group in stage.groups()
    ]


def _any(accelerator: Any, here: bool) -> bool:
    """Whether it is so in any process: all of them must leave the loop at the same step."""
    if accelerator.num_processes == 1:
        return here
    flag = torch.tensor([float(here)], device=accelerator.device)
    return float(accelerator.reduce(flag, "sum")) > 0


def _most_memory(device: torch.device) -> int:
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    import psutil

    return int(psutil.Process().memory_info().rss)
