"""Noticing that somebody changed the library: this program or another."""

import sqlite3

from core.library.check import BUSY_MS
from core.paths import Home


class Watch:
    """For one thread. It asks nothing of the library before it is asked itself."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._raw: sqlite3.Connection | None = None
        self._seen: int | None = None

    def changed(self) -> bool:
        """Whether anything was written since this was last asked; the first answer is no. What this program
        wrote counts too: another may have written a moment later, and nobody would hear of that. Raises
        sqlite3.Error."""
        before, self._seen = self._seen, self._version()
        return before not in (None, self._seen)

    def close(self) -> None:
        if self._raw:
            self._raw.close()

    def _version(self) -> int:
        """SQLite's own count: it differs whenever another connection has written."""
        if self._raw is None:
            self._raw = sqlite3.connect(self._home.database, isolation_level=None)
            self._raw.execute(f"PRAGMA busy_timeout={BUSY_MS}").close()
        (version,) = self._raw.execute("PRAGMA data_version").fetchone()
        return int(version)
