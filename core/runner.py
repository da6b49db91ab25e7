"""The worker: one thread that claims jobs, has the engine render them, saves the pictures and tells who
listens.

The library has it before anybody is told; no transaction is open while something renders. Between two batches
it does chores (imports, groupings), which need the same engine.
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from core.backups import Backups
from core.diary import Diary
from core.discreet import trace
from core.economy import AS_ASKED, LOWEST, Economy
from core.engine import Engine, EngineCannotStart, EngineDied, EngineFailed, OnStep, Rendered, Step
from core.errors import Cancelled, KnownError, PartlyDone
from core.events import (
    ChoreFailed,
    ChoreFinished,
    ChoreProgress,
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobPreview,
    JobProgress,
    JobStarted,
    KeptAwake,
    LibraryChanged,
    QueueIdle,
    QueuePaused,
    QueueResumed,
    WorkedElsewhere,
)
from core.holding import Holding
from core.keep import keep, remove_leftovers
from core.library import Library, begun, jobs
from core.library.jobs import ClaimedJob, Hold
from core.library.watch import Watch
from core.log import log
from core.paths import Home
from core.power import LeftAlone, Power
from core.room import is_full
from core.spec import RenderSpec
from core.tally import Tally

LOCK = "runner.lock"
LOOK_SECONDS = 2.0
"""How often an idle worker looks for jobs that another process queued."""
PATIENCE_SECONDS = 3.0
"""How long a stop waits for the current step before it ends the engine's process (which may load a model)."""
WIPE_SECONDS = 60.0
"""How often an idle worker tries again to wipe what a deletion could not, because somebody was reading."""
WAITS = "waits for the other Likeness, which makes pictures now"
"""What is told of a chore while another program's worker has the home."""
POLL_SECONDS = 0.1
"""How often, at most, a running batch asks the library whether it was cancelled."""

Progress = Callable[[int, int, str], None]
"""(done, total, detail)."""


@dataclass(frozen=True)
class ChoreResult:
    """What a chore did, for the user; what it left out, each with its reason."""

    summary: str
    skipped: tuple[tuple[str, str], ...] = ()


Chore = Callable[[Engine, Progress], ChoreResult]


@dataclass(frozen=True)
class _Failure:
    reason: str
    died: bool = False


class Runner:
    """One worker for one home, a second one is refused with KnownError.

    `emit` is called on the worker's thread. `output`: where pictures go. `power`: the computer, which is kept
    awake while pictures are made; by default it is left alone. `elsewhere`: whether this one waits
    for another program's.
    """

    def __init__(
        self,
        library: Library,
        make_engine: Callable[[], Engine],
        emit: Callable[[Event], None],
        output: Path,
        power: Power | None = None,
    ) -> None:
        self._library = library
        self._make_engine = make_engine
        self._listener = emit
        self._output = output.absolute()
        self._engine: Engine | None = None
        self._chores: deque[tuple[str, Chore]] = deque()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = FileLock(library.home.root / LOCK, timeout=0, thread_local=False, mode=0o600)
        self._told: Event = QueueIdle()
        self._backups = Backups(library.home, lambda why: self._emit(ChoreFailed("Backup", why)))
        self.elsewhere = False
        self._starved: set[int] = set()
        self._unsettled = False
        self._unkept_hold = False
        self._gave_up = False
        self._power = power or LeftAlone()
        self._holding = Holding((self._output, library.home.root), self._power)
        self._awake = self._refused_awake = False
        self._next_wiping = 0.0
        self._tally = Tally()
        self._diary = Diary()

    # What others call, from any thread

    def start(self, patient: bool = False) -> None:
        """Starts the thread. When another program works on this home: raises KnownError, or `patient` waits
        until that one lets go, told by WorkedElsewhere."""
        if self._thread:
            return
        self._stopping.clear()
        self.elsewhere = False
        try:
            self._begin()
        except AtWorkElsewhere:
            if not patient:
                raise
            self.elsewhere = True
        self._thread = threading.Thread(target=self._forever, name="likeness-runner")
        self._thread.start()

    def stop(self) -> None:
        """Stops after the current step, or in the middle of one that takes too long; the picture it was at
        goes back to the queue. Returns when all is closed."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(PATIENCE_SECONDS)
            while self._thread.is_alive():
                if engine := self._engine:
                    engine.abort()
                self._thread.join(PATIENCE_SECONDS)
            self._thread = None

    def wake(self) -> None:
        """Says that there may be something new to do."""
        self._wake.set()

    def do(self, name: str, chore: Chore) -> None:
        """Has the worker do `chore` after the batch it is at; ChoreProgress and ChoreFinished or ChoreFailed
        tell."""
        self._chores.append((name, chore))
        self._wake.set()

    def pause(self, reason: str = "Paused.", hold: Hold | None = None) -> None:
        """Stops the queue after the pictures it is at, or as `hold` says."""
        with self._library.write() as session:
            jobs.pause(session, reason, hold)
        self._wake.set()

    def resume(self) -> None:
        with self._library.write() as session:
            jobs.resume(session)
        self._wake.set()

    def cancel(self, job_ids: Sequence[int] | None = None) -> int:
        """Cancels these jobs, or all; a running one stops after its current step."""
        with self._library.write() as session:
            return jobs.cancel(session, job_ids)

    def run_until_idle(self, patient: bool = False) -> None:
        """Works in the caller's thread until nothing is queued or the queue is paused; `patient`: also waits
        for whatever holds it to end (a full disk, a time to start at, a pause), but for a fault of the
        worker's own. Raises KnownError when another program works on this home; KeyboardInterrupt leaves the
        current picture in the queue."""
        self._stopping.clear()
        self._begin()
        try:
            while not self._stopping.is_set():
                if self._turn():
                    continue
                if not (patient and self._waits()):
                    break
                self._wake.wait(LOOK_SECONDS)
        finally:
            self._end()

    # The loop

    def _begin(self) -> None:
        _take(self._lock)
        self._gave_up = False
        try:
            with self._library.write() as session:
                at_work = [each.job for each in begun.found(session)]
                remove_leftovers(session, self._library.home, self._output)
                jobs.requeue_running(session, at_work)
        except BaseException:
            self._lock.release()
            raise

    def _forever(self) -> None:
        with closing(Watch(self._library.home)) as watch:
            if self.elsewhere and not self._takes_over(watch):
                return
            try:
                while not self._stopping.is_set():
                    self._wake.clear()
                    if not self._turn():
                        self._look(watch)
            finally:
                self._end()

    def _takes_over(self, watch: Watch) -> bool:
        """Once the other program's worker lets go; False when this one is stopped before."""
        self._emit(WorkedElsewhere(True))
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._begin()
            except AtWorkElsewhere:
                for name, _ in list(self._chores):
                    self._emit(ChoreProgress(name, 0, 0, WAITS))
            except (KnownError, OSError):
                log("runner").warning("the other worker let go, and the library cannot be written now")
            else:
                self.elsewhere = False
                self._emit(WorkedElsewhere(False))
                return True
            self._look(watch)
        return False

    def _look(self, watch: Watch) -> None:
        """Waits for something to do; tells what other programs did to the library meanwhile."""
        try:
            if watch.changed():
                for what in ("jobs", "pictures", "subjects"):
                    self._emit(LibraryChanged(what))
        except sqlite3.Error:
            log("runner").warning("the library cannot be read now")
        self._wake.wait(LOOK_SECONDS)

    def _end(self) -> None:
        try:
            self._settle()
        except (KnownError, OSError):
            log("runner").warning("the running job could not be put back; the next start does it")
        finally:
            self._let_sleep()
            self._close_engine()
            self._lock.release()

    def _turn(self) -> bool:
        """One chore or one batch. False when there is nothing to do now."""
        try:
            if self._chores:
                self._do(*self._chores.popleft())
                return True
            if self._unsettled:
                self._settle()
            return self._next_batch()
        except (KnownError, OSError) as error:
            self._hold(str(error), self._holding.fault(error))
        except Exception:
            log("runner").exception("a fault of the worker")
            reason = "Something unforeseen happened to the queue; the log says where. Resume to try again."
            self._hold(reason, Hold())
            self._gave_up = True
        return False

    def _next_batch(self) -> bool:
        with self._library.read() as session:
            reason, hold, spec = jobs.paused(session), jobs.hold(session), jobs.peek(session)
            waiting = jobs.counts(session)["queued"]
        if not self._holding.over(hold):
            self._stand_still(reason or "", hold or Hold())
            return False
        if hold is not None:
            self.resume()
            return True
        if not waiting:
            self._come_to_rest()
            return False
        if hindrance := self._holding.hindrance():
            self.pause(*hindrance)
            return True
        if not isinstance(self._told, QueueResumed):
            self._backups.before_batch()
        self._tell_state(QueueResumed())
        self._stay_awake()
        self._tally.begin()
        self._render(self._claim(spec))
        self._holding.went_well()
        return True

    def _stand_still(self, reason: str, hold: Hold) -> None:
        # Asleep, the computer would miss the time to start at.
        if hold.ends == "time":
            self._stay_awake()
        else:
            self._let_sleep()
        if hold.free:
            self._close_engine()
        self._tell_state(QueuePaused(reason))

    def _come_to_rest(self) -> None:
        self._unkept_hold = False
        self._let_sleep()
        if ended := self._tally.end():
            self._emit(ended)
        self._tell_state(QueueIdle())
        self._backups.when_idle()
        if time.monotonic() >= self._next_wiping:
            self._next_wiping = time.monotonic() + WIPE_SECONDS
            self._library.finish_wiping()

    def _waits(self) -> bool:
        """Whether the queue is held by something that others or time will end, or was until a moment ago."""
        if self._gave_up:
            return False
        try:
            with self._library.read() as session:
                held = jobs.hold(session) is not None or jobs.counts(session)["queued"] > 0
        except KnownError:
            return True
        return self._unkept_hold or held

    def _claim(self, first: RenderSpec | None) -> list[ClaimedJob]:
        most = self._fits(first) if first else 1
        alike = jobs.shape(first) if first else ""
        self._unsettled = True
        with self._library.write() as session:
            if jobs.hold(session):  # paused since that was asked
                return []
            claim = jobs.claim(session, lambda spec: most if jobs.shape(spec) == alike else 1)
            begun.note(session, self._output, claim.jobs)
        self._tally.failed += len(claim.refused)
        for job_id, reason in claim.refused:
            self._emit(JobFailed(job_id, reason))
        return claim.jobs

    def _fits(self, spec: RenderSpec) -> int:
        """How many such pictures fit into a batch; 1 when the engine cannot say: rendering will tell why."""
        try:
            return self._open_engine().batch_size(spec)
        except Exception:
            log("runner").warning("no batch size", exc_info=True)
            return 1

    # One batch

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
            pictures = self._open_engine().render(specs, self._on_step(batch), None, economy)
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
            return _Failure(_unforeseen(error))
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
        self._tally.made += picture_id is not None
        self._emit(JobCancelled(job.id) if picture_id is None else JobFinished(job.id, picture_id))

    def _failed(self, job: ClaimedJob, failure: _Failure) -> None:
        with self._library.write() as session:
            again = jobs.fail(session, job.id, failure.reason, retry=failure.died)
        self._tally.failed += not again
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

    # Chores

    def _do(self, name: str, chore: Chore) -> None:
        try:
            result = chore(self._open_engine(), self._progress(name))
        except KnownError as error:
            self._emit(ChoreFailed(name, str(error)))
        except Cancelled:
            self._emit(ChoreFailed(name, "Stopped; what was done so far is kept."))
        except EngineDied as error:
            self._emit(ChoreFailed(name, f"{error} What was done so far is kept."))
        except Exception as error:
            log("runner").exception("a chore failed")
            self._emit(ChoreFailed(name, _unforeseen(error)))
        else:
            self._emit(ChoreFinished(name, result.summary, result.skipped))
        self._emit(LibraryChanged("subjects"))

    def _progress(self, name: str) -> Progress:
        def progress(done: int, total: int, detail: str) -> None:
            if self._stopping.is_set():
                raise Cancelled
            self._emit(ChoreProgress(name, done, total, detail))

        return progress

    # Trouble

    def _hold(self, reason: str, hold: Hold) -> None:
        """Stops the queue with its reason, and puts back what was running: nothing is lost, no attempt is
        counted. What the user paused stays the user's."""
        log("runner").warning("the queue is held")
        try:
            self._settle()
            with self._library.write() as session:
                if jobs.hold(session) is None:
                    jobs.pause(session, reason, hold)
            self._unkept_hold = False
        except (KnownError, OSError):
            log("runner").warning("the library cannot be written now")
            self._unkept_hold = True
        self._tell_state(QueuePaused(reason))

    def _settle(self) -> None:
        """Puts back whatever is still marked as running, without its half-kept files."""
        if self._unsettled:
            with self._library.write() as session:
                remove_leftovers(session, self._library.home, self._output)
                jobs.release(session)
            self._unsettled = False

    # Small things

    def _stay_awake(self) -> None:
        try:
            if not (self._awake or self._refused_awake):
                awake = self._power.stay_awake()
                self._awake, self._refused_awake = awake is True, awake is False
                if awake is not None:
                    self._emit(KeptAwake(awake, refused=not awake))
        except Exception:
            log("runner").exception("the computer cannot be kept awake")

    def _let_sleep(self) -> None:
        try:
            self._power.rest()
        except Exception:
            log("runner").exception("the computer cannot be let sleep")
        if self._awake or self._refused_awake:
            self._awake = self._refused_awake = False
            self._emit(KeptAwake(False))

    def _open_engine(self) -> Engine:
        if self._engine is None:
            try:
                self._engine = self._make_engine()
            except KnownError as error:
                raise EngineCannotStart(str(error)) from error
        return self._engine

    def _close_engine(self) -> None:
        engine, self._engine = self._engine, None
        if engine:
            try:
                engine.close()
            except Exception:
                log("runner").exception("the engine did not close")

    def _tell_state(self, event: QueuePaused | QueueResumed | QueueIdle) -> None:
        """Tells of a change only: working → idle or paused → working …"""
        if event == self._told:
            return
        before, self._told = self._told, event
        if not isinstance(event, QueueResumed) or isinstance(before, QueuePaused):
            self._emit(event)

    def _emit(self, event: Event) -> None:
        try:
            self._diary.hear(event)
            self._listener(event)
        except Exception:
            log("runner").exception("a listener failed")


def check_alone(home: Home) -> None:
    """Raises KnownError when another program works on this home: to be asked before its queue is changed."""
    lock = FileLock(home.root / LOCK, timeout=0, mode=0o600)
    _take(lock)
    lock.release()


class AtWorkElsewhere(KnownError):
    """Another program's worker has this home."""


def _take(lock: BaseFileLock) -> None:
    try:
        lock.acquire()
    except Timeout as error:
        raise AtWorkElsewhere(
            "Another Likeness is already making pictures for this library. Use that one, or close it."
        ) from error
    except OSError as error:
        folder = Path(lock.lock_file).parent
        raise KnownError(f"The folder {folder} cannot be used: {error.strerror or error}.") from error


def _where(error: Exception) -> str:
    """Where it happened in the engine's own process; without the text, which may name people."""
    lines = error.traceback.splitlines() if isinstance(error, EngineFailed) else []
    return "".join(f"\n{line}" for line in trace(lines))


def _unforeseen(error: Exception) -> str:
    return f"Something unforeseen happened: {type(error).__name__}: {error}"
