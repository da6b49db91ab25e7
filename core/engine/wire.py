"""What crosses between the window's process and the engine's: msgpack structs, each behind its length.

Nothing is pickled: what arrives is checked against these types, and can be nothing else.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeVar

import msgspec
from msgspec import Raw, Struct

from core.economy import AS_ASKED, Economy
from core.engine import EngineOptions, Rendered, Step
from core.errors import UNREADABLE
from core.faces import Box
from core.spec import Kind, RenderSpec

EngineName = Literal["local", "fake"]
LENGTH_BYTES = 8
LONGEST = 2**32
"""More than any batch of pictures has bytes."""
T = TypeVar("T")


class Open(Struct, tag=True, frozen=True):
    """The first message: which engine of ours to make; it is made at the first call."""

    engine: EngineName
    options: EngineOptions


class StartCall(Struct, tag=True, frozen=True):
    """Before the first picture, so that an engine that cannot be is told from a picture it dies of."""


class ScanCall(Struct, tag=True, frozen=True):
    photo: Path


class GroupCall(Struct, tag=True, frozen=True):
    embeddings: Sequence[bytes]


class PrepareCall(Struct, tag=True, frozen=True):
    photo: Path
    box: Box | None
    kind: Kind
    size: int


class BatchSizeCall(Struct, tag=True, frozen=True):
    spec: RenderSpec


class RenderCall(Struct, tag=True, frozen=True):
    specs: Sequence[RenderSpec]
    batch_size: int | None
    economy: Economy = AS_ASKED


class Stop(Struct, tag=True, frozen=True):
    """Stop the running call after its current step."""


class Stepped(Struct, tag=True, frozen=True):
    step: Step


class Answer(Struct, tag=True, frozen=True):
    value: Raw


class Stopped(Struct, tag=True, frozen=True):
    """The call ended because it was stopped."""


class Known(Struct, tag=True, frozen=True):
    """A KnownError: its text."""

    text: str


class Partly(Struct, tag=True, frozen=True):
    """A PartlyDone: the pictures that were made, and why the others were not."""

    made: dict[int, Rendered]
    reasons: dict[int, str]


class Failed(Struct, tag=True, frozen=True):
    """Any other exception. `errno` is set for a fault of the system (a full disk)."""

    text: str
    traceback: str
    errno: int = 0


Call = StartCall | ScanCall | GroupCall | PrepareCall | BatchSizeCall | RenderCall
ToEngine = Open | Call | Stop
FromEngine = Stepped | Answer | Stopped | Known | Partly | Failed


def send(pipe: BinaryIO, message: ToEngine | FromEngine) -> None:
    """Raises OSError when the other side is gone."""
    data = pack(message)
    pipe.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
    pipe.flush()


def receive(pipe: BinaryIO, kind: Any) -> Any:
    """The next message, of `kind`. Raises EOFError when the other side is gone, or sends what is none: what
    comes after could not be understood either."""
    length = int.from_bytes(_exactly(pipe, LENGTH_BYTES), "big")
    if length > LONGEST:
        raise EOFError(f"a message of {length} bytes")
    data = _exactly(pipe, length)
    try:
        return unpack(data, kind)
    except UNREADABLE as error:
        raise EOFError(str(error)) from error


def pack(value: object) -> bytes:
    return msgspec.msgpack.encode(value, enc_hook=_plain)


def unpack(data: bytes | Raw, kind: type[T]) -> T:
    return msgspec.msgpack.decode(data, type=kind, dec_hook=_rich)


def _exactly(pipe: BinaryIO, count: int) -> bytes:
    data = pipe.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _plain(value: Any) -> Any:
    """What msgpack does not know. Paths cross as bytes: file names need not be text."""
    if isinstance(value, Path):
        return os.fsencode(value)
    if isinstance(value, str):  # torch's version is a subclass
        return str(value)
    return value.item()  # a number of numpy's


def _rich(kind: type, value: Any) -> Any:
    if kind is Path and isinstance(value, bytes):
        return Path(os.fsdecode(value))
    raise ValueError(f"a {type(value).__name__} instead of a {kind.__name__}")
