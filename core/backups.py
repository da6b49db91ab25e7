"""Backups in the worker's time: one as a batch begins, one a day. A backup that cannot be made is told once
and stops no picture; a library that turns out to be damaged does."""

import time
from collections.abc import Callable

from core.errors import KnownError
from core.library import backup
from core.library.backup import Backup
from core.library.check import DamagedLibrary
from core.log import log
from core.paths import Home

FIRST_LOOK_SECONDS = 60.0
"""After the start, which has other things to do."""
LOOK_SECONDS = 3600.0
"""How often an idle worker asks whether the day's backup is due."""


def daily(home: Home) -> None:
    """The day's backup, for a command: where it is due and can be made. Raises DamagedLibrary."""
    if backup.daily_is_due(home):
        Backups(home, lambda why: None).daily()


class Backups:
    """One worker's backups of one home; `tell` hears why there is none, once until the next that succeeds."""

    def __init__(self, home: Home, tell: Callable[[str], None]) -> None:
        self._home = home
        self._tell = tell
        self._told = False
        self._next_look = time.monotonic() + FIRST_LOOK_SECONDS

    def before_batch(self) -> None:
        """Raises DamagedLibrary: what was made now would go into a file that cannot be trusted."""
        self._make(backup.before_batch)

    def when_idle(self) -> None:
        """The day's backup, where it is due; asked as often as one likes. Raises DamagedLibrary."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_SECONDS
        if backup.daily_is_due(self._home):
            self.daily()

    def daily(self) -> None:
        """Raises DamagedLibrary."""
        self._make(lambda home: backup.make(home, "daily"))

    def _make(self, make: Callable[[Home], Backup]) -> None:
        try:
            make(self._home)
            self._told = False
        except DamagedLibrary:
            raise
        except KnownError as error:
            log("backups").warning("no backup was made")
            if not self._told:
                self._told = True
                self._tell(f"{error} The pictures are made all the same.")
