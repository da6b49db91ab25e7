"""What was trained → a model's folder, in half precision: as diffusers and transformers lay it out, because
that is what this program and every other one reads."""

import copy
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch

from core.disk import replacing
from core.errors import KnownError

WEIGHTS = ("*.safetensors", "*.safetensors.index.json")


def write_parts(model: Path, parts: Mapping[str, Any]) -> list[Path]:
    """Each part (anything with `save_pretrained`) takes the place of what its folder of the model held;
    returns the files. All are prepared before the first is replaced, so that a full disk changes nothing.
    Raises KnownError when the disk refuses, and for weights that fp16 cannot hold."""
    for name, module in parts.items():
        _check(name, module)
    try:
        return _written(model, parts)
    except OSError as error:
        raise KnownError(
            f"{model} could not be written: {error.strerror or error}. What was there before is kept."
        ) from error


def half(module: Any) -> Any:
    """A copy in fp16 on the CPU, in plain memory order: safetensors takes no other."""
    copied = copy.deepcopy(module).to("cpu", torch.float16)
    return copied.to(memory_format=torch.contiguous_format)


def _written(model: Path, parts: Mapping[str, Any]) -> list[Path]:
    with tempfile.TemporaryDirectory(dir=model, prefix=".writing-") as made:
        for name, module in parts.items():
            half(module).save_pretrained(Path(made) / name)
        files = [file.relative_to(made) for file in sorted(Path(made).rglob("*")) if file.is_file()]
        with ExitStack() as stack:
            for file in files:
                (model / file).parent.mkdir(exist_ok=True)
                temporary = stack.enter_context(replacing(model / file))
                shutil.copy(Path(made) / file, temporary)
    _remove_others(model, parts, {model / file for file in files})
    return [model / file for file in files]


def _check(name: str, module: Any) -> None:
    largest = torch.finfo(torch.float16).max
    for key, tensor in module.state_dict().items():
        if tensor.is_floating_point() and not bool((tensor.abs() <= largest).all()):
            raise KnownError(
                f"The weights {key} of {name} are no numbers that fp16 can hold: the training went wrong. "
                "Nothing was written."
            )


def _remove_others(model: Path, parts: Mapping[str, Any], kept: set[Path]) -> None:
    """Weights that were cut into several files, or had another variant's name, would be read instead."""
    for name in parts:
        for pattern in WEIGHTS:
            for file in (model / name).glob(pattern):
                if file not in kept:
                    file.unlink()
