"""What a model needs of this computer, by a rule of thumb, and what this computer has."""

import importlib.metadata
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import Literal

from core.models import ModelInfo
from core.paths import Home

LIBRARIES = 1250 * 10**6
"""What libraries and face models take (benchmarks/memory.py)."""
ON_CARD = 800 * 10**6
"""What PyTorch itself takes of a graphics card."""
PIXEL = 600
"""Bytes of activations for every pixel of a picture."""
ASK_SECONDS = 5

Fit = Literal["card", "memory", "busy", "no"]
"""On the graphics card; on the processor; there too, once other programs give memory back; not at all."""


@dataclass(frozen=True)
class Machine:
    """Bytes. `card`: the graphics card's name, "" without one of NVIDIA's that PyTorch can use."""

    memory: int
    free: int
    card: str
    card_memory: int
    disk: int


def this_machine(home: Home) -> Machine:
    """Asks the system, without PyTorch; takes some tens of milliseconds."""
    import psutil

    memory = psutil.virtual_memory()
    there = next(place for place in (home.models, *home.models.parents) if place.exists())
    return Machine(memory.total, memory.available, *_card(), shutil.disk_usage(there).free)


def memory_needed(model: ModelInfo) -> int:
    """For one picture on the processor: weights in fp32 (files hold fp16 as a rule)."""
    return 2 * model.bytes + LIBRARIES + PIXEL * model.size**2


def card_needed(model: ModelInfo) -> int:
    """For one picture on a graphics card, where weights stay as the files hold them."""
    return model.bytes + ON_CARD + PIXEL * model.size**2


def fit(needed: int, on_card: int, machine: Machine) -> Fit:
    """`needed`, `on_card`: what `memory_needed` and `card_needed` say of a model."""
    if machine.card and on_card <= machine.card_memory:
        return "card"
    if needed > machine.memory:
        return "no"
    return "memory" if needed <= machine.free else "busy"


@cache
def _card() -> tuple[str, int]:
    """The first of NVIDIA's, by its own tool; asked once, since cards do not come and go."""
    if _for_the_processor() or not (tool := shutil.which("nvidia-smi")):
        return "", 0
    question = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(question, capture_output=True, text=True, timeout=ASK_SECONDS).stdout
        name, _, mebibytes = told.splitlines()[0].rpartition(",")
        return name.strip(), int(mebibytes) * 2**20
    except (OSError, subprocess.TimeoutExpired, IndexError, ValueError):
        return "", 0


def _for_the_processor() -> bool:
    """Whether the installed PyTorch knows no graphics card, by its version alone."""
    try:
        return importlib.metadata.version("torch").endswith("+cpu")
    except importlib.metadata.PackageNotFoundError:
        return True
