"""What a training process is told, and what it tells: plain values that cross as JSON, one on a line."""

from pathlib import Path

import msgspec
from msgspec import Struct

from core.disk import write_whole
from core.training.config import Recipe


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """Where everything is. `base`: the model to begin with; `sizes`: of a new one instead, of random weights;
    `portraits` and `sprites`: files that scenes are made of; `data`: a folder of pictures instead; `only`:
    these stages of the recipe; `minutes`: after how many the process ends in order, 0 for never; `buffer`:
    scenes that are kept on the device."""

    recipe: Recipe
    out: Path
    home: Path
    base: Path | None = None
    sizes: Path | None = None
    portraits: Path | None = None
    sprites: Path | None = None
    data: Path | None = None
    only: tuple[str, ...] = ()
    minutes: float = 0.0
    device: str = "auto"
    buffer: int = 0


class Began(Struct, frozen=True, tag=True):
    stage: str
    step: int
    steps: int
    device: str
    precision: str


class Advanced(Struct, frozen=True, tag=True):
    """`terms`: means since the last report; `speed`: pictures a second, of all processes; `memory`: the most
    bytes held so far, on the device where it counts them."""

    stage: str
    step: int
    steps: int
    terms: dict[str, float]
    rate: float
    speed: float
    seconds: float
    memory: int


class Looked(Struct, frozen=True, tag=True):
    stage: str
    step: int
    file: str


class Finished(Struct, frozen=True, tag=True):
    stage: str
    files: list[str]


class Refused(Struct, frozen=True, tag=True):
    """A KnownError, in the user's words."""

    reason: str


class Ended(Struct, frozen=True, tag=True):
    """`more`: the time was up before everything was trained."""

    more: bool


Message = Began | Advanced | Looked | Finished | Refused | Ended
ENCODER = msgspec.json.Encoder(enc_hook=str)


def write_order(file: Path, order: Order) -> None:
    write_whole(file, msgspec.json.format(ENCODER.encode(order), indent=2))


def read_order(file: Path) -> Order:
    return msgspec.json.decode(file.read_bytes(), type=Order, dec_hook=lambda kind, value: kind(value))


def encode(message: Message) -> bytes:
    return ENCODER.encode(message)


def decode(line: bytes) -> Message:
    found: Message = msgspec.json.decode(line, type=Message)
    return found
