"""A rotating log in the home folder, readable by its owner only.

It holds what happened, never whom a picture shows: of an exception only its type and where it was raised,
because its text may hold names and prompts.
"""

import logging
import os
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

ROOT = "core"


def log(name: str) -> logging.Logger:
    """The logger of one part of the program; silent until `open_log`."""
    return logging.getLogger(f"{ROOT}.{name}")


def open_log(path: Path, most_bytes: int = 1_000_000, kept: int = 3) -> None:
    """Writes the log to `path` from now on, and to `path`.1 … when it grows past `most_bytes`."""
    close_log()
    handler = _OwnerOnly(path, maxBytes=most_bytes, backupCount=kept, encoding="utf-8", delay=True)
    handler.setFormatter(_Discreet("{asctime} {levelname} {name} {process} {message}", style="{"))
    logger = logging.getLogger(ROOT)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


def close_log() -> None:
    logger = logging.getLogger(ROOT)
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


class _OwnerOnly(RotatingFileHandler):
    def _open(self):  # type: ignore[no-untyped-def]
        owner_only = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(owner_only, "a", encoding=self.encoding)

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk must not stop the work for its log."""


class _Discreet(logging.Formatter):
    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        kind, _, frames = ei
        where = traceback.extract_tb(frames)
        lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in where]
        return "\n".join([*lines, f"  {kind.__name__ if kind else 'no exception'}"])


logging.getLogger(ROOT).addHandler(logging.NullHandler())
