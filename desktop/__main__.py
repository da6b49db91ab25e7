"""Starts the window: `python -m desktop [--home DIR] [--debug]`."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from core.environment import set_environment
from core.paths import Home, default_home

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from desktop.app import Application

HEAVY = ("torch", "diffusers", "transformers", "onnxruntime", "cv2", "scipy", "insightface", "alembic")


def main(arguments: list[str] | None = None) -> int:
    set_environment()
    chosen = _parser().parse_args(arguments)
    home = Home(chosen.home.expanduser().absolute()) if chosen.home else default_home()
    if chosen.debug:
        _debug()
    from desktop.app import run

    return run(home, _measured if chosen.quit_after_start else lambda *_: None)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="likeness-window", description="The window of Likeness.")
    parser.add_argument("--home", type=Path, help="the folder of library, references and pictures")
    parser.add_argument("--debug", action="store_true", help="say on the console what happens")
    parser.add_argument(
        "--quit-after-start", action="store_true", help="leave when ready, and print how it went"
    )
    return parser


def _debug() -> None:
    import faulthandler
    import logging

    faulthandler.enable()
    logging.basicConfig(level=logging.DEBUG)


def _measured(application: "Application", app: "QApplication") -> None:
    """Prints when the first frame and the pages were there, and which heavy modules were imported by then."""
    from PySide6.QtCore import QTimer

    def ready() -> None:
        ready_at.append(time.time())
        QTimer.singleShot(300, report)

    def report() -> None:
        heavy = [name for name in HEAVY if name in sys.modules]
        told = {
            "shown_at": application.shown_at,
            "ready_at": ready_at[0],
            "heavy": heavy,
            "memory": _memory(),
        }
        print(json.dumps(told), flush=True)
        application.window.close()

    ready_at: list[float] = []
    application.when_ready(ready)


def _memory() -> int:
    """The most memory this process has held, in bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    sys.exit(main())
