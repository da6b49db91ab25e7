"""From a fresh clone to pictures: makes .venv, renders the demo album, opens the window on it.

    python3 packaging/run.py [--headless] [--home DIR] [--out DIR] [--torch auto|cpu|cuda]
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import python_version  # noqa: F401 - checks it
import setup_venv

OUT = setup_venv.ROOT / "out"


def main() -> int:
    options = _options()
    python = setup_venv.ready(options.torch)
    demo = [python, "-m", "core.cli", "--home", options.home, "demo", "--out", options.out]
    failed = subprocess.call([str(part) for part in demo], cwd=setup_venv.ROOT)
    if failed or options.headless or not _has_display():
        return failed
    return subprocess.call([str(python), "-m", "desktop", "--home", str(options.home)], cwd=setup_venv.ROOT)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Sets up, makes the demo's pictures, opens the window.")
    parser.add_argument("--headless", action="store_true", help="do not open the window")
    parser.add_argument("--home", type=_absolute, default=OUT / "home", help="the demo's library")
    parser.add_argument("--out", type=_absolute, default=OUT, help="where the pictures go")
    setup_venv.add_torch_option(parser)
    return parser.parse_args()


def _absolute(text: str) -> Path:
    return Path(text).expanduser().resolve()


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped. Nothing is lost: the same command goes on where it stopped.")
