"""What the worker tells whoever listens: plain data, sent after the library has it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class JobStarted:
    job_id: int
    steps: int


@dataclass(frozen=True)
class JobProgress:
    job_id: int
    step: int
    steps: int
    seconds_per_step: float


@dataclass(frozen=True)
class JobPreview:
    job_id: int
    jpeg: bytes


@dataclass(frozen=True)
class JobFinished:
    job_id: int
    picture_id: int


@dataclass(frozen=True)
class JobFailed:
    """`will_retry` is true while the job went back to the queue."""

    job_id: int
    reason: str
    will_retry: bool = False


@dataclass(frozen=True)
class JobCancelled:
    job_id: int


@dataclass(frozen=True)
class QueuePaused:
    """The queue stopped by itself, or was paused; `reason` is for the user."""

    reason: str


@dataclass(frozen=True)
class QueueResumed:
    pass


@dataclass(frozen=True)
class QueueIdle:
    """Nothing queued is left to do."""


@dataclass(frozen=True)
class QueueEnded:
    """All that was queued is done, before QueueIdle: pictures made and failed since `since`, and how long it
    took. Told only when something was made or failed."""

    since: datetime
    made: int
    failed: int
    seconds: float


@dataclass(frozen=True)
class KeptAwake:
    """The computer is kept from sleeping by itself, or (false) may sleep again; `refused`: the system does
    not let us keep it awake, so it may in the middle of the night."""

    awake: bool
    refused: bool = False


@dataclass(frozen=True)
class WorkedElsewhere:
    """Another program makes this library's pictures, and this worker waits for it to end; or (false) this one
    makes them now."""

    elsewhere: bool


@dataclass(frozen=True)
class ChoreProgress:
    """A piece of work beside the queue (an import, a grouping): `done` of `total`, and what it is at."""

    chore: str
    done: int
    total: int
    detail: str = ""


@dataclass(frozen=True)
class ChoreFinished:
    chore: str
    summary: str
    skipped: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class ChoreFailed:
    chore: str
    reason: str


@dataclass(frozen=True)
class LibraryChanged:
    """Rows changed; `what` is one of "subjects", "photos", "jobs", "pictures"."""

    what: str


@dataclass(frozen=True)
class SettingsChanged:
    """The user chose something else; `names` of the settings, which are saved by now."""

    names: tuple[str, ...]


Event = (
    JobStarted
    | JobProgress
    | JobPreview
    | JobFinished
    | JobFailed
    | JobCancelled
    | QueuePaused
    | QueueResumed
    | QueueIdle
    | QueueEnded
    | KeptAwake
    | WorkedElsewhere
    | ChoreProgress
    | ChoreFinished
    | ChoreFailed
    | LibraryChanged
    | SettingsChanged
)
