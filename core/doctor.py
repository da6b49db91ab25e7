"""What this machine has, what fits on it, what is missing, and under which licences the models stand."""

import hashlib
import importlib.metadata
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core import models, settings
from core.errors import KnownError
from core.fits import memory_needed
from core.paths import RESOURCES, Home

GIB = 2**30
PRODUCT = "likeness"
SUMS = re.compile(r"`([\w/.-]+\.onnx)`.*sha256 `([0-9a-f]{64})`")
ENOUGH_DISK = 2 * GIB

IMPERSONAL = ("Likeness", "Libraries", "Processor", "Memory", "Graphics card", "Screen", "Model mini")
"""Findings in whose details nothing of the user's stands."""

State = Literal["good", "note", "missing"]


@dataclass(frozen=True)
class Finding:
    """One line of the report. `advice`: what to do about it; empty when all is well."""

    subject: str
    state: State
    detail: str
    advice: str = ""


def examine(home: Home) -> list[Finding]:
    """Looks at program, machine, disk, models and licences. Takes seconds: PyTorch is asked too."""
    looks = (
        _program,
        _packages,
        _processor,
        _memory,
        _accelerator,
        _display,
        _disk,
        _private,
        _embedded,
        _models,
        _faces,
    )
    return [finding for look in looks for finding in look(home)]


def program_version() -> str:
    """The installed version, or that this is a bare source folder."""
    return _version(PRODUCT) or "from source"


def _program(_home: Home) -> Iterator[Finding]:
    where = (
        f"Python {platform.python_version()}, {platform.system()} {platform.release()}, {platform.machine()}"
    )
    yield Finding("Likeness", "good", f"{program_version()}, {where}")


def _packages(_home: Home) -> Iterator[Finding]:
    """The libraries the project asks for that are not there."""
    if not _version(PRODUCT):
        yield Finding("Libraries", "note", "not checked: this is a source folder that is not installed")
        return
    needed = importlib.metadata.requires(PRODUCT) or []
    names = sorted({re.split(r"[^\w.-]", requirement)[0] for requirement in needed})
    absent = [name for name in names if not _version(name)]
    if absent:
        yield Finding("Libraries", "missing", ", ".join(absent), "Run: python3 packaging/run.py --headless")
    else:
        yield Finding("Libraries", "good", f"all {len(names)} are installed")


def _version(name: str) -> str:
    """The installed version of a package; empty without one."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _processor(_home: Home) -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    name = _cpu_line("model name") or platform.processor() or platform.machine()
    flags = _cpu_line("flags").split()
    useful = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if flag in flags]
    yield Finding("Processor", "good", f"{name}, {cores} cores{', ' if useful else ''}{', '.join(useful)}")


def _cpu_line(key: str) -> str:
    """A field of Linux's /proc/cpuinfo; empty elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def _memory(_home: Home) -> Iterator[Finding]:
    import psutil

    found = psutil.virtual_memory()
    yield Finding("Memory", "good", f"{_size(found.total)}, {_size(found.available)} free")


def _accelerator(_home: Home) -> Iterator[Finding]:
    import torch

    if torch.cuda.is_available():
        card = torch.cuda.get_device_properties(0)
        yield Finding(
            "Graphics card", "good", f"{card.name}, {_size(card.total_memory)}, PyTorch {torch.__version__}"
        )
    elif torch.backends.mps.is_available():
        yield Finding("Graphics card", "good", f"Apple's, through Metal, PyTorch {torch.__version__}")
    else:
        advice = (
            "With an NVIDIA card: python3 packaging/run.py --torch cuda" if shutil.which("nvidia-smi") else ""
        )
        yield Finding(
            "Graphics card",
            "note",
            f"none in use: PyTorch {torch.__version__} works on the processor",
            advice,
        )


def _display(_home: Home) -> Iterator[Finding]:
    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield Finding("Screen", "good", "the window can open")
    else:
        yield Finding("Screen", "note", "none: the window cannot open here; the command line does every job")


def _disk(home: Home) -> Iterator[Finding]:
    for name, folder in (("Library", home.root), ("Pictures", _output(home))):
        there = next(place for place in (folder, *folder.parents) if place.exists())
        free = shutil.disk_usage(there).free
        if not os.access(there, os.W_OK):
            yield Finding(
                name, "missing", f"{folder} may not be written", "Choose another folder with --home."
            )
        elif free < ENOUGH_DISK:
            yield Finding(
                name, "note", f"{folder}, only {_size(free)} free", "Make room before a long queue."
            )
        else:
            yield Finding(name, "good", f"{folder}, {_size(free)} free")


def _private(home: Home) -> Iterator[Finding]:
    """Faces are for their owner alone."""
    exposed = home.exposed()
    if exposed:
        more = f" and {len(exposed) - 1} more" if len(exposed) > 1 else ""
        told = f"others on this computer may read {exposed[0]}{more}"
        advice = f"Close it to them: chmod -R go= {home.root}, or move it to a disk that knows owners."
        yield Finding("Privacy", "note", told, advice)
    else:
        yield Finding("Privacy", "good", "only you can read the library, its faces and its pictures")


def _output(home: Home) -> Path:
    return settings.pictures_folder(home, settings.load(home))


def _embedded(_home: Home) -> Iterator[Finding]:
    """The files that come with the program, compared with the sums written beside them."""
    table = (RESOURCES / "models" / "README.md").read_text("utf-8")
    for name, expected in SUMS.findall(table):
        file = RESOURCES / "models" / name
        if not file.is_file():
            yield Finding(file.name, "missing", f"{file} is not there", "Get the program again.")
        elif hashlib.sha256(file.read_bytes()).hexdigest() != expected:
            yield Finding(file.name, "missing", f"{file} is damaged", "Get the program again.")
        else:
            yield Finding(file.name, "good", "unchanged; its licence lies beside it")


def _models(home: Home) -> Iterator[Finding]:
    import psutil

    own = settings.load(home)
    for name in models.folders(own):
        try:
            model = models.find(own, name)
        except KnownError as error:
            yield Finding(
                f"Model {name}", "missing", str(error), "Connect its disk, or: likeness models add DIR"
            )
            continue
        adapters = ", ".join(adapter.name for adapter in model.adapters) or "no adapters: plain text alone"
        needed, free = memory_needed(model), psutil.virtual_memory().available
        fits = f"needs about {_size(needed)} of memory"
        detail = f"{model.size} px, {_size(model.bytes)}, {fits}; {adapters}. Licence: {model.licence}"
        state: State = "good" if needed < free else "note"
        yield Finding(
            f"Model {name}", state, detail, "" if needed < free else f"Only {_size(free)} are free now."
        )


def _faces(home: Home) -> Iterator[Finding]:
    from core.faces import open_backend

    try:
        backend = open_backend(settings.load(home).faces, RESOURCES / "models")
    except KnownError as error:
        yield Finding(
            "Face models", "missing", str(error), "Set “faces” in settings.json back to “embedded”."
        )
    else:
        yield Finding("Face models", "good", f"{backend.identity}. Licence: {backend.licence}")


def _size(count: float) -> str:
    return f"{count / GIB:.1f} GB" if count >= GIB else f"{count / 2**20:.0f} MB"
