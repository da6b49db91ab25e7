"""Makes the project's own Python environment in .venv, once; later runs only compare a stamp.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
STAMP = VENV / "likeness.json"
LOG = VENV / "install.log"
PYTORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
FLAVOURS = ("auto", "cpu", "cuda")
OFFLINE = ("NewConnectionError", "Max retries exceeded", "Temporary failure", "No matching distribution")


def add_torch_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--torch",
        choices=FLAVOURS,
        help="which PyTorch to install: cpu (the default), cuda (several GB), or auto: cuda where nvidia-smi "
        "answers, else cpu. Without this option an environment keeps the one it has.",
    )


def ready(torch: str | None = None, tests: bool = False) -> Path:
    """The environment's Python, everything pinned installed. `tests`: with what the test suite needs."""
    stamp = _stamp()
    flavour = _flavour(torch) or stamp.get("torch", "cpu")
    wanted = {"key": _key(), "torch": flavour, "tests": tests or stamp.get("tests", False)}
    if stamp != wanted or not python().exists():
        _install(flavour, wanted["tests"], stamp)
        STAMP.write_text(json.dumps(wanted))
    return python()


def install_too(requirements: Path) -> None:
    """What one recipe needs beside that, as a file of pins says."""
    if not _pip("install", "-r", str(requirements)):
        sys.exit(_why("what this recipe needs"))


def python() -> Path:
    return VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _stamp() -> dict:
    """What the last complete installation was; empty before one."""
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def _key() -> str:
    """Changes when anything pinned, the project's own needs, this Python or the folder's place change."""
    parts = [CONSTRAINTS.read_bytes(), (ROOT / "pyproject.toml").read_bytes()]
    parts.append(f"{platform.python_version()} {platform.machine()} {ROOT}".encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _flavour(torch: str | None) -> str | None:
    if torch != "auto":
        return torch
    return "cuda" if _answers("nvidia-smi") else "cpu"


def _answers(command: str) -> bool:
    found = shutil.which(command)
    return bool(found) and subprocess.run([found], capture_output=True).returncode == 0


def _install(flavour: str, tests: bool, stamp: dict) -> None:
    STAMP.unlink(missing_ok=True)
    _make_venv()
    LOG.write_text("")
    _say("Installing what Likeness needs into .venv (once; some minutes, about 2 GB) …")
    if stamp.get("torch", flavour) != flavour:
        _pip("uninstall", "-y", "torch")
    _install_torch(flavour)
    group = _test_group() if tests else []
    # The build's own tools are pinned too: pip reads this variable inside the build environment as well.
    if not _pip("install", "-c", str(CONSTRAINTS), "-e", str(ROOT), *group, constrained=True):
        sys.exit(_why("the packages"))


def _test_group() -> list[str]:
    import tomllib  # from Python 3.11 on, and the version is checked before this line

    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]["test"]


def _make_venv() -> None:
    if _venv_version() == sys.version_info[:2]:
        return
    _say(f"Making .venv with Python {platform.python_version()} …")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode:
        sys.exit(
            f"Python could not make the environment in {VENV}:\n{made.stdout}{made.stderr}\n"
            "On Debian and Ubuntu this usually means: sudo apt install python3-venv"
        )


def _venv_version() -> tuple[int, ...]:
    """The Python version .venv has; empty when there is none that works."""
    if not python().exists():
        return ()
    ask = [str(python()), "-c", "import sys, pip; print(*sys.version_info[:2])"]
    return tuple(map(int, subprocess.run(ask, capture_output=True, text=True).stdout.split()))


def _install_torch(flavour: str) -> None:
    pin = next(line for line in CONSTRAINTS.read_text().splitlines() if line.startswith("torch=="))
    if not any(_pip("install", *arguments, pin) for arguments in _torch_sources(flavour)):
        sys.exit(_why("PyTorch"))


def _torch_sources(flavour: str) -> list[list[str]]:
    """Where to look for PyTorch, in turn: only on Linux does the plain index hold the large CUDA build."""
    if flavour == "cuda" or sys.platform != "linux":
        return [["-c", str(CONSTRAINTS)]]
    # A find-links folder in the user's own pip configuration still counts with --no-index.
    found_locally = ["--no-index", "--no-deps"]
    pytorchs_own = ["--index-url", PYTORCH_CPU_INDEX, "--no-deps"]
    return [found_locally, pytorchs_own]


def _pip(*arguments: str, constrained: bool = False) -> bool:
    """Runs pip, its words kept in the log."""
    environment = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1")
    if constrained:
        environment["PIP_CONSTRAINT"] = str(CONSTRAINTS)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n> pip {' '.join(arguments)}\n")
        log.flush()
        command = [str(python()), "-m", "pip", *arguments]
        return subprocess.run(command, stdout=log, stderr=log, env=environment).returncode == 0


def _why(what: str) -> str:
    """pip's last words and what to do."""
    words = LOG.read_text("utf-8", "replace")
    tail = "\n".join(words.splitlines()[-4:])
    hint = f"The whole story is in {LOG}."
    if any(sign in words for sign in OFFLINE):
        hint = (
            "This computer seems to be offline, or its package index does not have that version. Connect it, "
            f"or put the wheels into a folder and name it to pip: PIP_FIND_LINKS=FOLDER. {hint}"
        )
    if what == "PyTorch" and sys.platform == "linux":
        hint += "\nWith the plain package index alone: --torch cuda (several GB; it runs without a GPU too)."
    return f"Likeness could not install {what}:\n{tail}\n\n{hint}\nNothing is lost: start it again."


def _say(sentence: str) -> None:
    print(sentence, flush=True)
