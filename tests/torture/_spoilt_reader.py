"""Readers that do at the second mutant what none may, to see that the fuzzing sees it."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

from _fuzz_kinds import Try
from _promise import promised

from core.errors import KnownError


def _at_the_second(act: Callable[[], object]) -> Callable[[Path], Try]:
    def open_it(_: Path) -> Try:
        def try_one(random: Random, folder: Path) -> None:
            data = random.randbytes(8)
            (folder / "mutant").write_bytes(data)
            if data == Random("spoilt:1").randbytes(8):
                act()

        return try_one

    return open_it


def _bug() -> None:
    raise ValueError("a bug")


def _write() -> None:
    with open(os.path.expanduser("/var/tmp/fuzz-elsewhere"), "w"):  # noqa: PTH111, PTH123
        os.unlink("/var/tmp/fuzz-elsewhere")  # noqa: PTH108


def _socket() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))


def _words() -> None:
    def refuse() -> None:
        raise KnownError("no sentence")

    promised(refuse, int)


def _memory() -> None:
    bytearray(3 * 2**30)


crash = _at_the_second(lambda: os.abort())
bug = _at_the_second(_bug)
run = _at_the_second(lambda: subprocess.run([sys.executable, "-c", ""], check=True))
write = _at_the_second(_write)
words = _at_the_second(_words)
bind = _at_the_second(_socket)
memory = _at_the_second(_memory)
