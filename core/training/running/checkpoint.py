"""What a run needs to go on where it was: weights, average, the optimiser's moments and the step, in one
safetensors file. Written whole or not at all; the one before it stays until the next.

accelerate's own checkpoints hold pickles, which run code when they are loaded; this one cannot.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import torch
from msgspec import structs
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from core.disk import replacing
from core.errors import KnownError
from core.training.config import StageConfig
from core.training.running.average import Average
from core.training.stage import Stage

FORMAT = "likeness-training/1"
NAMES = ("checkpoint.safetensors", "checkpoint-before.safetensors")
MAY_CHANGE = {"steps": 1, "checkpoint_minutes": 1.0, "look_minutes": 1.0}


@dataclass(frozen=True)
class Place:
    """How far a run is: `step` updates done, in `seconds` of work, `skipped` of them because the gradients
    were no numbers."""

    step: int = 0
    seconds: float = 0.0
    skipped: int = 0


def save(
    folder: Path, stage: Stage, average: Average, optimiser: Any, config: StageConfig, place: Place
) -> None:
    """Raises KnownError when the disk does not take it; the checkpoint before it is then still there."""
    tensors = {f"weights.{name}": value for name, value in stage.state_dict().items()}
    tensors |= {f"average.{name}": value for name, value in average.values.items()}
    tensors |= {
        f"{key}.{name}": value
        for name, weight in _learning(stage).items()
        for key, value in optimiser.state.get(weight, {}).items()
    }
    # Cloned: safetensors refuses tensors that share their memory.
    whole = {name: value.detach().cpu().clone().contiguous() for name, value in tensors.items()}
    told = {"format": FORMAT, "settings": digest(config)} | {k: str(v) for k, v in vars(place).items()}
    newest, before = (folder / name for name in NAMES)
    try:
        with replacing(newest) as temporary:
            save_file(whole, temporary, metadata=told)
            if newest.exists():
                newest.replace(before)
    except OSError as error:
        raise KnownError(
            f"The checkpoint cannot be written: {error.strerror}. The last one is kept."
        ) from error


def load(folder: Path, stage: Stage, average: Average, optimiser: Any, config: StageConfig) -> Place:
    """Puts the newest whole checkpoint into all of them; the start where there is none. Raises KnownError for
    one that was made with other settings, or by another version."""
    damaged = ""
    for file in (folder / name for name in NAMES if (folder / name).exists()):
        try:
            tensors, told = _read(file)
        except (OSError, SafetensorError, RuntimeError) as error:
            damaged = f"{file} is damaged: {error}."
            continue
        _check(file, told, config)
        _put(file, tensors, stage, average, optimiser)
        return Place(int(told["step"]), float(told["seconds"]), int(told["skipped"]))
    if damaged:
        raise KnownError(f"{damaged} There is no older one. Delete it to begin this stage anew.")
    return Place()


def digest(config: StageConfig) -> str:
    """Of what may not change between one part of a run and the next."""
    fixed = structs.replace(config, **MAY_CHANGE)
    return hashlib.sha256(msgspec.json.encode(fixed, order="sorted")).hexdigest()


def _read(file: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    with safe_open(file, framework="pt") as opened:
        return {key: opened.get_tensor(key) for key in opened.keys()}, opened.metadata() or {}  # noqa: SIM118


def _check(file: Path, told: dict[str, str], config: StageConfig) -> None:
    if told.get("format") != FORMAT:
        raise KnownError(f"{file} is no checkpoint of this version. Delete it to begin this stage anew.")
    if told.get("settings") != digest(config):
        raise KnownError(
            f"{file.parent.name} was begun with other settings than the recipe has now. Take them back, or "
            "train into another folder."
        )


def _put(file: Path, tensors: dict[str, Tensor], stage: Stage, average: Average, optimiser: Any) -> None:
    parts: dict[str, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        part, _, name = key.partition(".")
        parts.setdefault(part, {})[name] = value
    try:
        stage.load_state_dict(parts.pop("weights", {}))
        average.load(parts.pop("average", {}))
        for name, weight in _learning(stage).items():
            state = {key: values[name] for key, values in parts.items() if name in values}
            if state:
                # Adam counts its steps on the processor, wherever the weights are.
                optimiser.state[weight] = {
                    key: value if value.ndim == 0 else value.to(weight.device) for key, value in state.items()
                }
    except (RuntimeError, KeyError) as error:
        raise KnownError(f"{file} does not fit this stage: {str(error).splitlines()[0]}.") from error


def _learning(stage: Stage) -> dict[str, torch.nn.Parameter]:
    return {name: weight for name, weight in stage.named_parameters() if weight.requires_grad}
