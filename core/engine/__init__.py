"""The engine: everything heavy, behind one Protocol.

Two ways to run it: in this process (`local`) or in a child process (`process`), with the same calls. What
crosses is text, numbers, paths and bytes; never tensors, rows or exception objects. `fake` answers at once,
for tests.
"""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from core.economy import AS_ASKED, Economy
from core.errors import KnownError
from core.faces import Box, Face
from core.spec import Kind, Reference, RenderSpec


@dataclass(frozen=True)
class EngineOptions:
    """How an engine is made. `models`: folders of models by name; `faces`, `segmenter`: backend names."""

    home: Path
    models: dict[str, Path]
    resources: Path
    faces: str = "embedded"
    segmenter: str = "embedded"
    device: str = "auto"
    margin: float = 1.3


@dataclass(frozen=True)
class Scan:
    """One photo as the engine saw it. `faces` were embedded by `backend`."""

    faces: tuple[Face, ...]
    backend: str


@dataclass(frozen=True)
class FaceScore:
    """One face of a finished picture: its box, its cosine similarity to each person asked for (by uid, the
    mean over the person's references), and the uid it matches best."""

    box: Box
    similarity: dict[str, float]
    best: str | None


@dataclass(frozen=True)
class Scores:
    """`identity`: for each person asked for, the similarity of the face given to them (each face is given to
    one person at most, by the best total); absent where no face was found for them. `backend` judged."""

    identity: dict[str, float]
    faces: tuple[FaceScore, ...]
    backend: str


@dataclass(frozen=True)
class Rendered:
    """One finished picture: `rgb` is width × height × 3 bytes, row by row.

    `made` records what the spec leaves open and a repeat needs: device, precision, batch size, library
    versions, model and adapter hashes, face and segmenter identities. `maps`, when the spec asks for them:
    each subject's weights over the picture by uid, averaged over steps and layers, as PNG, 8-bit grey.
    """

    width: int
    height: int
    rgb: bytes
    scores: Scores
    seconds: float
    made: dict[str, str | int | float]
    maps: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """After each denoising step of a batch: `step` of `steps`; `previews` holds one small JPEG per picture,
    or is empty for most steps."""

    step: int
    steps: int
    previews: tuple[bytes, ...] = ()


OnStep = Callable[[Step], None]
"""Called after every step; raising `core.errors.Cancelled` from it stops the batch."""


class EngineFailed(Exception):
    """A bug, or something unforeseen, inside an engine that runs elsewhere: its text and its traceback."""

    def __init__(self, text: str, traceback: str = "") -> None:
        super().__init__(text)
        self.traceback = traceback


KILLED = (-9, 137)
"""By SIGKILL, or as a container says it."""
MEMORY = ", most often because memory ran out"


class EngineDied(Exception):
    """The engine's process ended by itself. `code` is its exit code, negative for the signal that ended it;
    `stderr` holds the last lines it wrote."""

    def __init__(self, code: int, stderr: str = "") -> None:
        super().__init__(f"The picture engine {_how(code)}.")
        self.code = code
        self.stderr = stderr

    @property
    def for_memory(self) -> bool:
        """Whether memory is the likely cause: killed by the system (137 is how a container says it), or by a
        library that got none."""
        return self.code in KILLED or "bad_alloc" in self.stderr


class EngineHung(EngineDied):
    """The engine's process said nothing for so long that it was ended."""

    def __init__(self, seconds: float, stderr: str = "") -> None:
        super().__init__(-9, stderr)
        self.args = (f"The picture engine said nothing for {_long(seconds)} and was ended.",)
        self.seconds = seconds

    @property
    def for_memory(self) -> bool:
        return False


class EngineCannotStart(KnownError):
    """There is no engine to make anything with: its libraries are missing or broken, its process ends before
    it is asked anything. No picture is at fault."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The picture engine cannot start: {why.rstrip('.')}. Nothing is lost. `likeness doctor` says "
            "what is missing; the queue tries again by itself."
        )


def _long(seconds: float) -> str:
    return f"{round(seconds / 60)} minutes" if seconds >= 90 else f"{max(1, round(seconds))} s"


def _how(code: int) -> str:
    if code >= 0:
        return f"ended by itself (exit code {code}{MEMORY if code in KILLED else ''})"
    names = {number.value: number.name for number in signal.Signals}
    name = names.get(-code, f"signal {-code}")
    because = MEMORY if code in KILLED else ""
    return f"was ended by the system ({name}{because})"


class Engine(Protocol):
    """Each call raises KnownError when the world is at fault; any other exception is a bug (or a dead child,
    which
    `process` reports as EngineDied)."""

    def start(self) -> None:
        """Imports and opens what every picture needs; done by itself before the first one. Raises whatever is
        wrong, which `process` calls EngineCannotStart."""
        ...

    def scan(self, photo: Path) -> Scan:
        """Opens a photo upright and finds its faces."""
        ...

    def group(self, embeddings: Sequence[bytes]) -> list[int]:
        """A label for each embedding, 0, 1, …; equal labels are one person; −1 for a face that joins
        nobody."""
        ...

    def prepare(self, photo: Path, box: Box | None, kind: Kind, size: int) -> Reference:
        """Makes one reference for an encoder of `size` pixels: for a person `box` is the face; for an object
        None, the box comes from the mask. Writes crop and mask into the home's references, named by the hash
        of their bytes. Same input, same result."""
        ...

    def batch_size(self, spec: RenderSpec) -> int:
        """How many pictures like this one fit into one batch here."""
        ...

    def render(
        self,
        specs: Sequence[RenderSpec],
        on_step: OnStep,
        batch_size: int | None = None,
        economy: Economy = AS_ASKED,
    ) -> list[Rendered]:
        """Renders specs that agree in all but prompt, subjects and seed. `batch_size` pads the batch, so that
        a picture made in a batch can be repeated alone with identical pixels. It begins with `economy`, and
        saves more memory where it must; the steps begin again then. Raises PartlyDone when only some of
        several can be made."""
        ...

    def abort(self) -> None:
        """From another thread: ends the call that is running, which then raises EngineDied. Does nothing
        where that cannot be done (an engine in this process ends its call only between steps)."""
        ...

    def close(self) -> None:
        """Frees everything. The engine cannot be used afterwards."""
        ...
