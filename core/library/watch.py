"""Noticing that another program changed the library."""

import sqlite3

from core.library.check import BUSY_MS
from core.library.db import Library


class Watch:
    """For one thread. It asks nothing of the library before it is asked itself."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._raw: sqlite3.Connection | None = None
        self._seen: tuple[int, int] | None = None

    def changed(self) -> bool:
        """Whether another program wrote since this was last asked; the first answer is no. Where this one
        wrote too, it is no as well: who writes here is told anyway, and reads all that is there. Raises
        sqlite3.Error."""
        before, self._seen = self._seen, (self._version(), self._library.writes)
        return before is not None and before[0] != self._seen[0] and before[1] == self._seen[1]

    def close(self) -> None:
        if self._raw:
            self._raw.close()

    def _version(self) -> int:
        """SQLite's own count: it differs whenever another connection has written."""
        if self._raw is None:
            self._raw = sqlite3.connect(self._library.home.database, isolation_level=None)
            self._raw.execute(f"PRAGMA busy_timeout={BUSY_MS}").close()
        (version,) = self._raw.execute("PRAGMA data_version").fetchone()
        return int(version)
