"""What came of a queue from its first picture until nothing was left."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from core.events import QueueEnded


@dataclass
class Tally:
    """Counts from `begin` to `end`; time in which the queue stood still counts too."""

    since: datetime | None = None
    started: float = 0.0
    made: int = 0
    failed: int = 0

    def begin(self) -> None:
        if self.since is None:
            self.since, self.started = datetime.now(UTC), time.monotonic()
            self.made = self.failed = 0

    def end(self) -> QueueEnded | None:
        """None when nothing was made, nor failed."""
        since, self.since = self.since, None
        if since is None or not self.made + self.failed:
            return None
        return QueueEnded(since, self.made, self.failed, time.monotonic() - self.started)
