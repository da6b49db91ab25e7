"""How this program starts another process of its own: from its source, installed, or frozen into a folder."""

import sys
from pathlib import Path

RUN = "--run"
"""The first argument of a frozen program that shall be one of its own modules instead."""


def command(module: str, *arguments: str) -> list[str]:
    """What starts a new interpreter that calls `module`'s main(), which finds `arguments` in sys.argv."""
    if getattr(sys, "frozen", False):
        return [sys.executable, RUN, module, *arguments]
    root = str(Path(__file__).resolve().parent.parent)
    # -P: a file in the current folder must not stand in for a library.
    found = f"import sys; {root!r} in sys.path or sys.path.insert(0, {root!r})"
    return [sys.executable, "-P", "-c", f"{found}; from {module} import main; main()", *arguments]
