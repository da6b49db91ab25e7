"""Work on the library's file and the pictures' folder that no worker may go on beside."""

import contextlib
from collections.abc import Iterator

from core.errors import KnownError
from core.library import check
from core.paths import Home

TOLD = "Another Likeness works on this library. Close it first; nothing was changed."


@contextlib.contextmanager
def alone(home: Home) -> Iterator[None]:
    """While this lasts no worker (`core.runner`) starts on this home: it would take a picture without its row
    for a leftover. Raises KnownError when one is at work."""
    from filelock import FileLock, Timeout

    try:
        home.create()
        lock = FileLock(home.root / "runner.lock", timeout=0, mode=0o600)
        lock.acquire()
    except Timeout as error:
        raise KnownError(TOLD) from error
    except OSError as error:
        raise KnownError(f"The folder {home.root} cannot be used: {error.strerror or error}.") from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def unopened(home: Home) -> Iterator[None]:
    """While this lasts nobody opens the library: its file may be replaced. Raises KnownError when somebody
    has it open, who would go on with the old file."""
    lock = check.presence(home)
    if not lock.alone():
        raise KnownError(TOLD)
    try:
        yield
    finally:
        lock.release()
