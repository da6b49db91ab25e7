"""A lock on one file: held by one program alone, or shared by several. It ends with its program, however that
ended.

SQLite holds it: it knows shared locks on every platform, and the window, which asks before its first frame,
imports it ten times faster than filelock.
"""

import contextlib
import os
import sqlite3
from pathlib import Path


class Lock:
    """Each call answers at once. OSError and sqlite3.Error where the file cannot be used.

    A second lock on the same file counts as another program's, in this program too.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._raw: sqlite3.Connection | None = None

    def alone(self) -> bool:
        """Takes it if nobody has it. Gives back first what this lock holds."""
        return self._take("BEGIN EXCLUSIVE")

    def shared(self) -> bool:
        """Takes it unless somebody has it alone. Gives back first what this lock holds."""
        return self._take("BEGIN", "SELECT count(*) FROM sqlite_master")

    def release(self) -> None:
        raw, self._raw = self._raw, None
        if raw:
            raw.close()

    def _take(self, *statements: str) -> bool:
        self.release()
        raw = _connected(self._file)
        try:
            for statement in statements:
                raw.execute(statement).fetchall()
        except sqlite3.OperationalError as error:
            raw.close()
            if str(error.sqlite_errorname).startswith("SQLITE_BUSY"):
                return False
            raise
        self._raw = raw
        return True


def _connected(file: Path) -> sqlite3.Connection:
    # Only a new file is opened here: closing one that is there would end this program's other locks on it.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return sqlite3.connect(file, isolation_level=None, timeout=0, check_same_thread=False)
