"""The n-th operation fails, in Python and on every platform: each call that reaches the disk or the library's
file is counted, and the n-th of them (or each from the n-th on) raises what a bad disk would raise.

Counted are calls whose path lies under `root`; calls on open files count wherever they lie, because only the
program's own files are written and synced while faults are armed.
"""

import builtins
import contextlib
import errno
import io
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Kind:
    """`number`: what a file operation raises, None where it is spared; `sqlite`: what a statement raises;
    `half`: of a write, half reaches the file first; `less`: os.write says that it wrote less, and no more."""

    number: int | None
    sqlite: str | None
    half: bool = False
    less: bool = False


KINDS = {
    "ENOSPC": Kind(errno.ENOSPC, "SQLITE_FULL"),
    "EIO": Kind(errno.EIO, "SQLITE_IOERR_WRITE"),
    "EACCES": Kind(errno.EACCES, "SQLITE_READONLY"),
    "busy": Kind(None, "SQLITE_BUSY"),
    "locked": Kind(None, "SQLITE_LOCKED"),
    "cut": Kind(errno.ENOSPC, None, half=True),
    "short": Kind(None, None, less=True),
}
SAID = {
    "SQLITE_FULL": "database or disk is full",
    "SQLITE_IOERR_WRITE": "disk I/O error",
    "SQLITE_READONLY": "attempt to write a readonly database",
    "SQLITE_BUSY": "database is locked",
    "SQLITE_LOCKED": "database table is locked",
}
BY_PATH = ("open", "stat", "lstat", "unlink", "remove", "mkdir", "rmdir", "listdir", "scandir", "rename")
BY_PATH += ("replace", "link", "chmod", "utime", "statvfs")
BY_HANDLE = ("fsync", "sendfile")


class FaultPoints:
    """One fault at a time: `arm`, work, `disarm`; `hit` then says where it struck, "" when it never did, and
    `seen` every call that was counted."""

    def __init__(self, root: Path) -> None:
        self._root = os.fspath(root)
        self._kind = KINDS["EIO"]
        self._armed, self._for_ever = False, False
        self._nth, self._more = 0, 0
        self.count, self.hits, self.hit = 0, 0, ""
        self.seen: list[str] = []

    def arm(self, kind: str, nth: int, for_ever: bool = False) -> None:
        self._kind, self._nth, self._for_ever = KINDS[kind], nth, for_ever
        self.count, self.hits, self.hit = 0, 0, ""
        self._more, self._armed, self.seen = 10**9, True, []

    def disarm(self) -> None:
        self._armed = False

    def end_after(self, more: int) -> None:
        """A fault that stays strikes so many times more, then the disk is as before."""
        self._more = min(self._more, more)

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """While this lasts the calls are counted, once a fault is armed."""
        with contextlib.ExitStack() as stack:
            for name in BY_PATH + BY_HANDLE:
                if hasattr(os, name):
                    _put(stack, os, name, self._wrapped(name, getattr(os, name)))
            _put(stack, os, "write", self._short_write(os.write))
            opener = self._open(io.open)
            _put(stack, io, "open", opener)
            _put(stack, builtins, "open", opener)
            connect = self._connect(sqlite3.connect)
            _put(stack, sqlite3, "connect", connect)
            _put(stack, sqlite3.dbapi2, "connect", connect)
            yield

    # Whether it is time

    def _due(self, what: str) -> bool:
        if not self._armed:
            return False
        self.count += 1
        self.seen.append(what)
        if self.count != self._nth and not (self._for_ever and self.count > self._nth):
            return False
        if self._more <= 0:
            self._armed = False
            return False
        self._more -= 1
        self.hits += 1
        self.hit = self.hit or what
        return True

    def _ours(self, target: object) -> bool:
        if isinstance(target, int):
            return True
        try:
            return os.fspath(target).startswith(self._root)  # type: ignore[call-overload]
        except TypeError:
            return False

    # Files

    def _strike(self, what: str, target: object) -> None:
        number = self._kind.number
        if (
            number is not None
            and not self._kind.half
            and self._armed
            and self._ours(target)
            and self._due(what)
        ):
            raise OSError(number, os.strerror(number), target if isinstance(target, str) else None)

    def _wrapped(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        by_path = name in BY_PATH

        def called(*arguments: Any, **named: Any) -> Any:
            target = arguments[0] if arguments else "."
            if not (by_path and isinstance(target, int)):
                self._strike(f"os.{name}", target)
            return call(*arguments, **named)

        return called

    def _short_write(self, call: Callable[..., int]) -> Callable[..., int]:
        def called(handle: int, data: bytes) -> int:
            if (self._kind.less or self._kind.half) and len(data) > 1 and self._due("os.write"):
                written = call(handle, bytes(data)[: len(data) // 2])
                if self._kind.half:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return written
            self._strike("os.write", handle)
            return call(handle, data)

        return called

    def _open(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(file: Any, *arguments: Any, **named: Any) -> Any:
            if not (self._armed and (isinstance(file, int) or self._ours(file))):
                return call(file, *arguments, **named)
            if not isinstance(file, int):
                self._strike("open", file)
            return _File(call(file, *arguments, **named), self)

        return called

    def write(self, file: Any, data: Any) -> Any:
        if self._kind.half and len(data) > 1 and self._due("file.write"):
            file.write(data[: len(data) // 2])
            file.flush()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._strike("file.write", 0)
        return file.write(data)

    def read(self, file: Any, name: str, arguments: Any) -> Any:
        if self._kind.number == errno.EIO:
            self._strike(f"file.{name}", 0)
        return getattr(file, name)(*arguments)

    # The library

    def say(self, statement: str) -> None:
        if self._kind.sqlite and self._due(statement):
            error = sqlite3.OperationalError(SAID[self._kind.sqlite])
            error.sqlite_errorname = self._kind.sqlite
            error.sqlite_errorcode = getattr(sqlite3, self._kind.sqlite)
            raise error

    def _connect(self, call: Callable[..., sqlite3.Connection]) -> Callable[..., sqlite3.Connection]:
        def called(database: Any, *arguments: Any, **named: Any) -> sqlite3.Connection:
            if not (self._armed and self._ours(database)):
                return call(database, *arguments, **named)
            self.say("connect")
            raw = call(database, *arguments, factory=_Connection, **named)
            raw.faults = self
            return raw

        return called


class _File:
    """An open file whose reads and writes are counted."""

    def __init__(self, file: Any, faults: FaultPoints) -> None:
        self._file, self._faults = file, faults

    def write(self, data: Any) -> Any:
        return self._faults.write(self._file, data)

    def read(self, *arguments: Any) -> Any:
        return self._faults.read(self._file, "read", arguments)

    def readinto(self, *arguments: Any) -> Any:
        return self._faults.read(self._file, "readinto", arguments)

    def __enter__(self) -> "_File":
        self._file.__enter__()
        return self

    def __exit__(self, *raised: Any) -> Any:
        return self._file.__exit__(*raised)

    def __iter__(self) -> Any:
        return iter(self._file)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class _Connection(sqlite3.Connection):
    faults: FaultPoints

    def cursor(self, *_: Any) -> sqlite3.Cursor:
        return super().cursor(_Cursor)

    def commit(self) -> None:
        if self.in_transaction:
            self.faults.say("COMMIT")
        super().commit()

    def rollback(self) -> None:
        if self.in_transaction:
            self.faults.say("ROLLBACK")
        super().rollback()


class _Cursor(sqlite3.Cursor):
    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        self._say(sql)
        return super().execute(sql, *values)

    def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
        self._say(sql)
        return super().executemany(sql, *values)

    def _say(self, sql: str) -> None:
        faults = getattr(self.connection, "faults", None)
        if faults:
            faults.say(" ".join(sql.split())[:60])


def _put(stack: contextlib.ExitStack, place: Any, name: str, value: Any) -> None:
    stack.callback(setattr, place, name, getattr(place, name))
    setattr(place, name, value)
