"""Faults below Python, in the system calls themselves, so that SQLite's and Pillow's are hit too: a small
library in C (`_below.c`) that is compiled when it is needed and loaded before the C library.

`start` runs this program again with it; inside, `FaultsBelow` steers it through a shared page, and each trial
is a process of its own (a fork), as is the one that ends what the fault left.
"""

import errno
import mmap
import os
import pickle
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("_below.c")
PAGE = "LIKENESS_FAULTS"
FIELDS = ("armed", "nth", "mode", "error", "classes", "half", "more", "count", "hits", "cut")
ROOT_AT, HIT_AT, SIZE = 8 * len(FIELDS), 8 * len(FIELDS) + 512, 4096
SPACE, NAME, READ = 1, 2, 4
KINDS = {
    "ENOSPC": (errno.ENOSPC, SPACE, False),
    "EIO": (errno.EIO, SPACE | NAME | READ, False),
    "EACCES": (errno.EACCES, NAME, False),
    "EDQUOT": (errno.EDQUOT, SPACE, False),
    "cut": (errno.ENOSPC, SPACE, True),
    "short": (0, SPACE, True),
}
"""What is raised, the calls that can fail so, and whether half of a write is written first."""


def why_not() -> str:
    """Why this computer cannot have faults below Python; empty where it can."""
    if not sys.platform.startswith("linux"):
        return "LD_PRELOAD is Linux's."
    return "" if shutil.which("cc") else "There is no C compiler (cc)."


def start(arguments: list[str], folder: Path) -> int:
    """Compiles the library into `folder` and runs `python tests/torture faults` with it; its exit code."""
    library, page = folder / "below.so", folder / "page"
    compiled = ["cc", "-shared", "-fPIC", "-O1", "-w", "-U_FORTIFY_SOURCE", "-o", library, SOURCE, "-ldl"]
    subprocess.run(compiled, check=True)
    page.write_bytes(bytes(SIZE))
    environment = os.environ | {"LD_PRELOAD": str(library), PAGE: str(page)}
    return subprocess.run([sys.executable, SOURCE.parent, "faults", *arguments], env=environment).returncode


def is_started() -> bool:
    return PAGE in os.environ


def in_a_process(work: Callable[[], Any]) -> Any:
    """What `work` returns in a process of its own, a copy of this one. ProcessLookupError when it dies."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with os.fdopen(writing, "wb") as answer:
            answer.write(pickle.dumps(work()))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    if not said:
        raise ProcessLookupError(f"nothing: the process died with status {os.waitstatus_to_exitcode(status)}")
    return pickle.loads(said)


class FaultsBelow:
    """As `_fault_points.FaultPoints`: one fault at a time."""

    def __init__(self, root: Path) -> None:
        with Path(os.environ[PAGE]).open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), SIZE)
        self._page[ROOT_AT:HIT_AT] = os.fsencode(root).ljust(512, b"\0")

    def arm(self, kind: str, nth: int, for_ever: bool = False) -> None:
        number, classes, half = KINDS[kind]
        self._page[HIT_AT : HIT_AT + 1] = b"\0"
        values = (0, nth, int(for_ever), number, classes, int(half), 10**9, 0, 0, 0)
        self._page[:ROOT_AT] = struct.pack(f"{len(FIELDS)}q", *values)
        self._put("armed", 1)

    def disarm(self) -> None:
        self._put("armed", 0)

    def end_after(self, more: int) -> None:
        self._put("more", min(more, self._get("more")))

    @property
    def count(self) -> int:
        return self._get("count")

    @property
    def hits(self) -> int:
        return self._get("hits")

    @property
    def hit(self) -> str:
        return self._page[HIT_AT:SIZE].split(b"\0")[0].decode("utf-8", "replace")

    def _get(self, field: str) -> int:
        at = 8 * FIELDS.index(field)
        return int(struct.unpack_from("q", self._page, at)[0])

    def _put(self, field: str, value: int) -> None:
        struct.pack_into("q", self._page, 8 * FIELDS.index(field), value)
