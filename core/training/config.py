"""What a training run is told: TOML files. A recipe is a list of stages; each has the settings below and its
own `options`."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from core.errors import KnownError

StageName = Literal[
    "autoencoder", "base", "image-encoder", "ip-adapter", "ip-adapter-plus", "mip", "fastcomposer",
    "photoverse",
]  # fmt: skip
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]


class StageConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """`batch`: pictures in one step of one process, `accumulate` of which make one update. `rate`: of AdamW
    after `warmup` updates, then by `schedule` down to `floor` of it. `ema`: how much of the average stays at
    each update, 0 for no average. `clip`: the greatest norm of all gradients together. `size`: the pictures'
    side in pixels, 0 for the model's own; `views` of each of at most `subjects`."""

    stage: StageName
    steps: Annotated[int, Meta(ge=1)]
    batch: Annotated[int, Meta(ge=1)] = 16
    accumulate: Annotated[int, Meta(ge=1)] = 1
    rate: Positive = 1e-4
    warmup: Annotated[int, Meta(ge=0)] = 100
    schedule: Literal["constant", "cosine"] = "cosine"
    floor: Annotated[float, Meta(ge=0, le=1)] = 0.1
    betas: tuple[float, float] = (0.9, 0.999)
    decay: NotNegative = 0.01
    clip: NotNegative = 1.0
    ema: Annotated[float, Meta(ge=0, lt=1)] = 0.999
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    seed: int = 0
    size: Annotated[int, Meta(ge=0)] = 0
    views: Annotated[int, Meta(ge=1)] = 2
    subjects: Annotated[int, Meta(ge=1)] = 2
    checkpoint_minutes: Positive = 3
    look_minutes: Positive = 3
    options: dict[str, Any] = {}


class Recipe(Struct, frozen=True, forbid_unknown_fields=True):
    """A model from the first stage to the last. `licence` goes into the model's card."""

    name: str
    stages: Annotated[list[StageConfig], Meta(min_length=1)]
    licence: str = ""


def read(file: Path) -> Recipe:
    """Raises KnownError for a file that is no recipe, naming the line or the setting."""
    try:
        return msgspec.convert(tomllib.loads(file.read_text("utf-8")), Recipe)
    except OSError as error:
        raise KnownError(f"The recipe {file} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise KnownError(f"{file.name} is no recipe: {error}.") from error
