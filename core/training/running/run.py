"""A recipe from its first stage to its last, in one folder: each part of a run goes on where the one before
it ended, and what is finished stays finished.

OUT/model is the model that learns, OUT/stages/NN-NAME a stage's checkpoint, progress and looks, OUT/run.json
what is done, OUT/index.html all of it to look at.
"""

import datetime
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import torch
from msgspec import Struct

from core import models
from core.disk import write_whole
from core.errors import KnownError
from core.lock import Lock
from core.sums import file_hash
from core.training.config import StageConfig
from core.training.data import lines
from core.training.new import fresh
from core.training.running import card, page, progress
from core.training.running.looks import Looks
from core.training.running.loop import Limits, Loop
from core.training.running.order import Advanced, Began, Ended, Finished, Looked, Message, Order
from core.training.running.sources import open_source
from core.training.stage import Given, Stage
from core.training.stages import options, stage_class

MODEL, STATE = "model", "run.json"


class Done(Struct, frozen=True):
    """A stage that is finished: when, on what, from what, and the files it wrote with their SHA-256."""

    stage: str
    date: str
    device: str
    precision: str
    processes: int
    data: dict[str, str]
    last: Advanced | None
    files: dict[str, str]
    papers: tuple[str, ...] = ()


class State(Struct, frozen=True):
    done: dict[str, Done] = {}


def train(order: Order, accelerator: Any, tell: Callable[[Message], None], limits: Limits) -> bool:
    """Whether everything asked for is trained. Raises KnownError; what was learned until then is kept."""
    with _alone(order.out):
        if accelerator.is_main_process:
            _begin(order)
        accelerator.wait_for_everyone()
        finished = all(
            _stage(order, number, config, accelerator, tell, limits)
            for number, config in enumerate(order.recipe.stages, 1)
            if not order.only or config.stage in order.only
        )
        if accelerator.is_main_process:
            _show(order)
            tell(Ended(not finished))
        return finished


def folder_of(order: Order, number: int, config: StageConfig) -> Path:
    return order.out / "stages" / f"{number:02d}-{config.stage}"


def state_of(out: Path) -> State:
    file = out / STATE
    try:
        return msgspec.json.decode(file.read_bytes(), type=State) if file.exists() else State()
    except (OSError, msgspec.DecodeError) as error:
        raise KnownError(f"{file} cannot be read: {error}.") from error


def _stage(
    order: Order, number: int, config: StageConfig, accelerator: Any, tell: Callable[[Message], None],
    limits: Limits,
) -> bool:  # fmt: skip
    folder = folder_of(order, number, config)
    if folder.name in state_of(order.out).done:
        return True
    stage = _built(order, config, accelerator.device)
    model = models.inspect(MODEL, order.out / MODEL)
    device = str(accelerator.device)
    source = open_source(order, config, model, device, held_out=False)
    looks = Looks(folder, open_source(order, config, model, device, held_out=True), config.stage)
    loop = Loop(stage, source, config, folder, accelerator, _paged(order, tell), looks, limits)
    if accelerator.is_main_process:
        tell(Began(config.stage, loop.place.step, config.steps, device, accelerator.mixed_precision))
    finished = loop.run()
    if finished and accelerator.is_main_process:
        with loop.average.in_place():
            files = stage.write(order.out / MODEL)
        _note(order, folder, _done(order, config, stage, files, source.describe(), accelerator, folder))
        tell(Finished(config.stage, [str(file.relative_to(order.out)) for file in files]))
    accelerator.wait_for_everyone()
    return finished


def _built(order: Order, config: StageConfig, device: torch.device) -> Stage:
    # The same random weights in every process, and whenever a stage is begun anew.
    torch.manual_seed(config.seed)
    given = Given(order.out / MODEL, device, options(config.stage, config.options))
    return stage_class(config.stage)(given).to(device)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Processes of one run share the folder; another run waits for nobody: it is told."""
    import os

    out.mkdir(parents=True, exist_ok=True)
    if os.environ.get("LOCAL_RANK", "0") != "0":
        yield
        return
    lock = Lock(out / "run.lock")
    if not lock.alone():
        raise KnownError(f"Another training runs in {out} already.")
    try:
        yield
    finally:
        lock.release()


def _begin(order: Order) -> None:
    """The model's folder, copied or made whole, or not at all."""
    model = order.out / MODEL
    if model.exists():
        return
    if order.sizes is not None:
        fresh.make(model, fresh.read(order.sizes), _captions(order))
        return
    if order.base is None:
        raise KnownError("A training begins with a model: give --model or --fresh.")
    beginning = order.out / "model.part"
    shutil.rmtree(beginning, ignore_errors=True)
    try:
        shutil.copytree(order.base, beginning)
        beginning.replace(model)
    except OSError as error:
        raise KnownError(f"The model could not be copied to {order.out}: {error}.") from error


def _captions(order: Order) -> list[str]:
    """Of a data set: its words are to be whole tokens of a new model."""
    return [line.caption for line in lines.read(order.data).lines] if order.data else []


def _done(
    order: Order, config: StageConfig, stage: Stage, files: list[Path], data: dict[str, str],
    accelerator: Any, folder: Path,
) -> Done:  # fmt: skip
    told = progress.read(folder)
    return Done(
        stage=config.stage,
        date=datetime.date.today().isoformat(),
        device=_device_name(accelerator.device),
        precision=accelerator.mixed_precision,
        processes=accelerator.num_processes,
        data=data,
        last=told[-1] if told else None,
        files={str(file.relative_to(order.out / MODEL)): file_hash(file) for file in files},
        papers=stage.papers,
    )


def _note(order: Order, folder: Path, done: Done) -> None:
    state = state_of(order.out)
    changed = msgspec.structs.replace(state, done=state.done | {folder.name: done})
    write_whole(order.out / STATE, msgspec.json.format(msgspec.json.encode(changed), indent=2))
    card.write(order.out / MODEL, order.recipe, list(changed.done.values()))


def _paged(order: Order, tell: Callable[[Message], None]) -> Callable[[Message], None]:
    """The page is drawn anew whenever there is something to see."""

    def told(message: Message) -> None:
        if isinstance(message, Looked):
            _show(order)
        tell(message)

    return told


def _show(order: Order) -> None:
    folders = [
        (config, folder_of(order, number, config)) for number, config in enumerate(order.recipe.stages, 1)
    ]
    page.write(order.out / "index.html", order.recipe.name, folders)


def _device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)
