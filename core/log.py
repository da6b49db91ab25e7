"""A rotating log in the home folder, readable by its owner only, fit to be sent to somebody who helps.

It holds what happened, never whom a picture shows: of an exception only its type and where it was raised,
because its text may hold names and prompts; of a reason only what stands in this program's source
(`core.discreet`).
"""

import contextlib
import copy
import importlib.metadata
import logging
import os
import platform
import traceback
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

ROOT = "core"
KEPT = 3
LIBRARIES = (
    "torch",
    "diffusers",
    "transformers",
    "onnxruntime",
    "sqlalchemy",
    "pyside6-essentials",
    "pillow",
)


def log(name: str) -> logging.Logger:
    """The logger of one part of the program; silent until `open_log`."""
    return logging.getLogger(f"{ROOT}.{name}")


def open_log(path: Path, most_bytes: int = 1_000_000, kept: int = KEPT) -> None:
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
        if isinstance(handler, _OwnerOnly):
            logger.removeHandler(handler)
            with contextlib.suppress(OSError):  # a full disk takes no last line
                handler.close()


def versions() -> dict[str, str]:
    """Of the program, Python, the system and the libraries that matter; those that are there."""
    found = {"likeness": _version("likeness") or "from source", "Python": platform.python_version()}
    found["system"] = f"{platform.system()} {platform.release()} {platform.machine()}"
    return found | {name: version for name in LIBRARIES if (version := _version(name))}


def log_start(what: str) -> None:
    """The first line of a program: what it is, and on what it stands."""
    told = ", ".join(f"{name} {version}" for name, version in versions().items())
    log("start").info("%s: %s", what, told)


def files(path: Path) -> list[Path]:
    """The log's files that there are, the oldest first."""
    older = [path.with_name(f"{path.name}.{number}") for number in range(KEPT, 0, -1)]
    return [file for file in (*older, path) if file.is_file()]


def last_lines(path: Path, count: int) -> list[str]:
    """The newest lines of the log, the oldest of them first."""
    kept: deque[str] = deque(maxlen=count)
    for file in files(path):
        kept.extend(file.read_text("utf-8", errors="replace").splitlines())
    return list(kept)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


class _OwnerOnly(RotatingFileHandler):
    def _open(self):  # type: ignore[no-untyped-def]
        owner_only = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(owner_only, "a", encoding=self.encoding)

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk must not stop the work for its log."""


class _Discreet(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Another handler's words about an exception stay with the record: not for us."""
        bare = copy.copy(record)
        bare.exc_text = None
        return super().format(bare)

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        from core.discreet import source

        kind, _, frames = ei
        where = traceback.extract_tb(frames)
        lines = [f"  {source(frame.filename)}:{frame.lineno} in {frame.name}" for frame in where]
        return "\n".join([*lines, f"  {kind.__name__ if kind else 'no exception'}"])


logging.getLogger(ROOT).addHandler(logging.NullHandler())
