"""What a fuzzed process did besides reading its mutant: programs, sockets, code, files elsewhere.

Python's own audit events tell; they cannot be switched off again, so they are only listened to while a
mutant is at work. What a C library opens by itself is not seen here.
"""

import os
import site
import sys
import sysconfig
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RUNS = (
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.fork",
    "os.forkpty",
    "pty.spawn",
    "subprocess.Popen",
    "webbrowser.open",
    "ctypes.dlopen",
    "code.__new__",
    "pickle.find_class",
)
SOCKETS = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.sendto",
    "socket.sendmsg",
    "urllib.Request",
    "ftplib.connect",
    "http.client.connect",
    "smtplib.connect",
)
CHANGES = {
    "os.remove": 1,
    "os.rename": 2,
    "os.mkdir": 1,
    "os.rmdir": 1,
    "os.chmod": 1,
    "os.chown": 1,
    "os.link": 2,
    "os.symlink": 2,
    "os.truncate": 1,
    "os.utime": 1,
    "shutil.rmtree": 1,
    "sqlite3.connect": 1,
}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
OWN_CODE = ("<frozen", "<string>", "<attrs", "<@beartype", "<__array_function__", "<lambdifygenerated")


class Watch:
    """`seen` holds what was against the rules since `begin`; `scratch` is the one folder that may change."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = str(scratch.resolve()) + os.sep
        self.seen: list[str] = []
        self._listening = False
        self._installed = [str(Path(p).resolve()) + os.sep for p in _installed()]
        self._inside = threading.local()
        sys.addaudithook(self._heard)

    @contextmanager
    def listening(self) -> Iterator[None]:
        self.seen, self._listening = [], True
        try:
            yield
        finally:
            self._listening = False

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._listening or getattr(self._inside, "busy", False):
            return
        self._inside.busy = True
        try:
            told = self._judge(event, arguments)
            if told and len(self.seen) < 20:
                self.seen.append(told)
        finally:
            self._inside.busy = False

    def _judge(self, event: str, arguments: tuple[Any, ...]) -> str:
        if event in RUNS:
            return f"{event} {str(arguments)[:300]}" if self._forbidden(event, arguments) else ""
        if event in SOCKETS:
            return f"{event} {str(arguments[1:])[:300]}"
        if event in CHANGES:
            first = int(event in ("os.symlink", "os.link"))  # where one leads to is not touched
            others = [each for each in arguments[first : CHANGES[event]] if not self._mine(each)]
            return f"{event} {others}" if others else ""
        if event == "open":
            return self._opened(*arguments[:3])
        if event == "exec":
            return self._code(arguments[0])
        return ""

    def _forbidden(self, event: str, arguments: tuple[Any, ...]) -> bool:
        """A pickle may name what torch lets it name; libraries may load their own parts."""
        if event == "pickle.find_class":
            return not str(arguments[0]).startswith(("torch", "collections", "numpy", "_codecs"))
        if event == "ctypes.dlopen":
            return not (arguments[0] is None or self._may_be_read(str(arguments[0])))
        if event == "code.__new__":
            return not str(arguments[1]).startswith((*OWN_CODE, *self._installed))
        return True

    def _opened(self, path: Any, mode: Any, flags: Any) -> str:
        if isinstance(path, int) or self._mine(path):
            return ""
        writing = bool(flags and flags & WRITES) or bool(mode and set("wax+") & set(str(mode)))
        if writing:
            return "" if os.fsdecode(path) == os.devnull else f"wrote {path!r}"
        return "" if self._may_be_read(os.fsdecode(path)) else f"read {path!r}"

    def _code(self, code: Any) -> str:
        name = code.co_filename if isinstance(code, CodeType) else str(code)[:200]
        fine = name.startswith((*OWN_CODE, *self._installed))
        return "" if fine and not name.startswith(self.scratch) else f"ran code of {name!r}"

    def _mine(self, path: Any) -> bool:
        if isinstance(path, int):
            return True
        text = os.fsdecode(path).removeprefix("file:")
        return (os.path.abspath(text) + os.sep).startswith(self.scratch)  # noqa: PTH100 – not what a link says

    def _may_be_read(self, path: str) -> bool:
        whole = os.path.realpath(path)
        return whole.startswith((*self._installed, self.scratch, "/proc/", "/sys/", "/dev/"))


def _installed() -> list[str]:
    """Where programs lie: Python, its packages, this project, the system's libraries."""
    paths = sysconfig.get_paths()
    found = [
        paths["stdlib"],
        paths["platstdlib"],
        paths["purelib"],
        paths["platlib"],
        *site.getsitepackages(),
    ]
    return [
        *found,
        sys.prefix,
        sys.base_prefix,
        str(ROOT),
        "/usr/share",
        "/usr/lib",
        "/etc/ssl",
        "/lib",
        "/lib64",
    ]
