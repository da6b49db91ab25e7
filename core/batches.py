"""One batch of the queue: claimed, rendered, kept or failed, each picture by itself in the end.

No picture pays for another: what fails in a batch is made alone, and an engine that dies of one picture costs
that one an attempt.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.discreet import trace
from core.economy import AS_ASKED, LOWEST, Economy
from core.engine import Engine, EngineCannotStart, EngineDied, EngineFailed, OnStep, Rendered, Step
from core.errors import Cancelled, KnownError, PartlyDone
from core.events import (
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobPreview,
    JobProgress,
    JobStarted,
    LibraryChanged,
)
from core.keep import keep, remove_leftovers
from core.library import Library, begun, jobs
from core.library.jobs import ClaimedJob
from core.log import log
from core.room import is_full
from core.spec import RenderSpec
from core.tally import Tally

POLL_SECONDS = 0.1
"""How often, at most, a running batch asks the library whether it was cancelled."""


@dataclass(frozen=True)
class _Failure:
    reason: str
    died: bool = False


class Batches:
    """The batches of one worker. `engine` opens it where it is not open; `stopping` is set when the worker
    shall end, which counts as nobody's attempt."""

    def __init__(
        self,
        library: Library,
        output: Path,
        engine: Callable[[], Engine],
        emit: Callable[[Event], None],
        stopping: threading.Event,
    ) -> None:
        self._library, self._output = library, output
        self._engine, self._emit, self._stopping = engine, emit, stopping
        self.tally = Tally()
        self._unsettled = False
        self._starved: set[int] = set()

    def make(self, first: RenderSpec | None) -> None:
        """The next batch; `first` is the spec that would be claimed first."""
        self._render(self._claim(first))

    def _claim(self, first: RenderSpec | None) -> list[ClaimedJob]:
        most = self._fits(first) if first else 1
        alike = jobs.shape(first) if first else ""
        self._unsettled = True
        with self._library.write() as session:
            if jobs.hold(session):  # paused since that was asked
                return []
            claim = jobs.claim(session, lambda spec: most if jobs.shape(spec) == alike else 1)
            begun.note(session, self._output, claim.jobs)
        self.tally.failed += len(claim.refused)
        for job_id, reason in claim.refused:
            self._emit(JobFailed(job_id, reason))
        return claim.jobs

    def _fits(self, spec: RenderSpec) -> int:
        """How many such pictures fit into a batch; 1 when the engine cannot say: rendering will tell why."""
        try:
            return self._engine().batch_size(spec)
        except Exception:
            log("runner").warning("no batch size", exc_info=True)
            return 1

    def _render(self, batch: list[ClaimedJob]) -> None:
        for job in batch:
            self._emit(JobStarted(job.id, job.spec.steps))
        failure = self._attempt(batch)
        if failure and len(batch) > 1:
            log("runner").warning("a batch of %d failed; its pictures are made one by one", len(batch))
            for job in batch:
                self._alone(job)
        elif failure:
            self._failed(batch[0], failure)
        self._unsettled = self._stopping.is_set()

    def _alone(self, job: ClaimedJob) -> None:
        """A crash now is this one's attempt: the others of its batch wait."""
        if self._stopping.is_set():
            return
        with self._library.write() as session:
            begun.note(session, self._output, [job])
        if failure := self._attempt([job]):
            self._failed(job, failure)

    def _attempt(self, batch: list[ClaimedJob]) -> _Failure | None:
        """Renders and keeps a batch; what went wrong with it, if anything did."""
        if not self._alive(batch):
            self._stopped(batch)
            return None
        try:
            specs, economy = [job.spec for job in batch], self._economy(batch)
            pictures = self._engine().render(specs, self._on_step(batch), None, economy)
        except Cancelled:
            self._stopped(batch)
        except EngineDied as error:
            if self._stopping.is_set():
                return None
            log("runner").warning("the engine died with code %d", error.code)
            return _Failure(self._died(batch, error), died=True)
        except EngineCannotStart:
            # No picture is at fault: the queue is held with them in it.
            if not self._stopping.is_set():
                raise
        except PartlyDone as error:
            self._keep_some(batch, error)
        except KnownError as error:
            return _Failure(str(error))
        except Exception as error:
            if is_full(error):
                raise
            log("runner").exception("a picture failed%s", _where(error))
            return _Failure(unforeseen(error))
        else:
            for job, rendered in zip(batch, pictures, strict=True):
                self._keep(job, rendered)
        return None

    def _economy(self, batch: list[ClaimedJob]) -> Economy:
        """A picture that ran out of memory so that the engine's process died is made the other way next."""
        return LOWEST if any(job.id in self._starved for job in batch) else AS_ASKED

    def _died(self, batch: list[ClaimedJob], error: EngineDied) -> str:
        if not error.for_memory or len(batch) > 1:
            return str(error)
        if batch[0].id not in self._starved:
            self._starved.add(batch[0].id)
            return f"{error} It is made once more with as little memory as can be."
        self._starved.discard(batch[0].id)
        return (
            f"{error} So it was twice, the second time with as little memory as can be. Take a smaller size "
            "or a smaller model, or close other programs, then try it again."
        )

    def _keep_some(self, batch: list[ClaimedJob], partly: PartlyDone) -> None:
        for index, job in enumerate(batch):
            if index in partly.made:
                self._keep(job, partly.made[index])
            else:
                self._failed(job, _Failure(partly.reasons[index]))

    def _keep(self, job: ClaimedJob, rendered: Rendered) -> None:
        picture_id = keep(self._library, self._output, job, rendered)
        self.tally.made += picture_id is not None
        self._emit(JobCancelled(job.id) if picture_id is None else JobFinished(job.id, picture_id))

    def _failed(self, job: ClaimedJob, failure: _Failure) -> None:
        with self._library.write() as session:
            again = jobs.fail(session, job.id, failure.reason, retry=failure.died)
        self.tally.failed += not again
        self._emit(JobFailed(job.id, failure.reason, again))

    def _stopped(self, batch: list[ClaimedJob]) -> None:
        """Cancelled, or interrupted by a pause: then it waits again, with no attempt counted."""
        if self._stopping.is_set():
            return
        with self._library.write() as session:
            interrupted = jobs.still_running(session, [job.id for job in batch])
            jobs.release(session, interrupted)
        for job in batch:
            if job.id not in interrupted:
                self._emit(JobCancelled(job.id))
        if interrupted:
            self._emit(LibraryChanged("jobs"))

    def _on_step(self, batch: list[ClaimedJob]) -> OnStep:
        began, polled = time.monotonic(), 0.0
        first: float | None = None

        def on_step(step: Step) -> None:
            nonlocal polled, first
            now = time.monotonic()
            # What comes before the first step (a model to load) says nothing about the next.
            each = (now - began) if first is None else (now - first) / max(1, step.step - 1)
            first = first or now
            if now - polled >= POLL_SECONDS:
                polled = now
                if not self._seems_alive(batch):
                    raise Cancelled
            for job in batch:
                self._emit(JobProgress(job.id, step.step, step.steps, each))
            for job, jpeg in zip(batch, step.previews, strict=False):
                self._emit(JobPreview(job.id, jpeg))

        return on_step

    def _alive(self, batch: list[ClaimedJob]) -> bool:
        """Whether anybody still waits for one of these pictures now."""
        if self._stopping.is_set():
            return False
        with self._library.read() as session:
            hold = jobs.hold(session)
            if hold and hold.now:
                return False
            return bool(jobs.still_running(session, [job.id for job in batch]))

    def _seems_alive(self, batch: list[ClaimedJob]) -> bool:
        """As `_alive`; a library that cannot be asked in the middle of a picture is no fault of that job."""
        try:
            return self._alive(batch)
        except (KnownError, OSError):
            log("runner").warning("the library cannot be read now; the picture goes on")
            return True

    def settle(self) -> None:
        """Puts back whatever is still marked as running, without its half-kept files."""
        if self._unsettled:
            with self._library.write() as session:
                remove_leftovers(session, self._library.home, self._output)
                jobs.release(session)
            self._unsettled = False


def _where(error: Exception) -> str:
    """Where it happened in the engine's own process; without the text, which may name people."""
    lines = error.traceback.splitlines() if isinstance(error, EngineFailed) else []
    return "".join(f"\n{line}" for line in trace(lines))


def unforeseen(error: Exception) -> str:
    return f"Something unforeseen happened: {type(error).__name__}: {error}"
