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
from core.batches import Batches, unforeseen
from core.diary import Diary
from core.engine import Engine, EngineCannotStart, EngineDied
from core.errors import Cancelled, KnownError
from core.events import (
    ChoreFailed,
    ChoreFinished,
    ChoreProgress,
    Event,
    KeptAwake,
    LibraryChanged,
    QueueIdle,
    QueuePaused,
    QueueResumed,
    WorkedElsewhere,
)
from core.holding import Holding
from core.keep import remove_leftovers
from core.library import Library, begun, jobs
from core.library.jobs import Hold
from core.library.watch import Watch
from core.log import log
from core.paths import Home
from core.power import LeftAlone, Power

LOCK = "runner.lock"
LOOK_SECONDS = 2.0
"""How often an idle worker looks for jobs that another process queued."""
PATIENCE_SECONDS = 3.0
"""How long a stop waits for the current step before it ends the engine's process (which may load a model)."""
WIPE_SECONDS = 60.0
"""How often an idle worker tries again to wipe what a deletion could not, because somebody was reading."""
WAITS = "waits for the other Likeness, which makes pictures now"
"""What is told of a chore while another program's worker has the home."""
Progress = Callable[[int, int, str], None]
"""(done, total, detail)."""


@dataclass(frozen=True)
class ChoreResult:
    """What a chore did, for the user; what it left out, each with its reason."""

    summary: str
    skipped: tuple[tuple[str, str], ...] = ()


Chore = Callable[[Engine, Progress], ChoreResult]


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
        self._outdated = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = FileLock(library.home.root / LOCK, timeout=0, thread_local=False, mode=0o600)
        self._told: Event = QueueIdle()
        self._backups = Backups(library.home, lambda why: self._emit(ChoreFailed("Backup", why)))
        self.elsewhere = False
        self._unkept_hold = False
        self._gave_up = False
        self._power = power or LeftAlone()
        self._holding = Holding((self._output, library.home.root), self._power)
        self._awake = self._refused_awake = False
        self._next_wiping = 0.0
        self._diary = Diary()
        self._batches = Batches(library, self._output, self._open_engine, self._emit, self._stopping)

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

    def renew(self) -> None:
        """Has the next batch or chore work with a new engine: what it is made with has changed."""
        self._outdated.set()

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
            self._batches.settle()
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
            self._batches.settle()
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
            self._go_on_after(hold)
            return True
        if not waiting:
            self._come_to_rest()
            return False
        if hindrance := self._holding.hindrance():
            self._pause_unless_paused(*hindrance)
            return True
        if not isinstance(self._told, QueueResumed):
            self._backups.before_batch()
        self._tell_state(QueueResumed())
        self._stay_awake()
        self._batches.tally.begin()
        self._batches.make(spec)
        self._holding.went_well()
        return True

    def _go_on_after(self, over: Hold) -> None:
        """Unless the user has paused the queue since that was asked."""
        with self._library.write() as session:
            if jobs.hold(session) == over:
                jobs.resume(session)

    def _pause_unless_paused(self, reason: str, hold: Hold) -> None:
        """What the user paused stays the user's."""
        with self._library.write() as session:
            if jobs.hold(session) is None:
                jobs.pause(session, reason, hold)

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
        if ended := self._batches.tally.end():
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
            self._emit(ChoreFailed(name, unforeseen(error)))
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
        counted."""
        log("runner").warning("the queue is held")
        try:
            self._batches.settle()
            self._pause_unless_paused(reason, hold)
            self._unkept_hold = False
        except (KnownError, OSError):
            log("runner").warning("the library cannot be written now")
            self._unkept_hold = True
        self._tell_state(QueuePaused(reason))

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
        if self._outdated.is_set():
            self._outdated.clear()
            self._close_engine()
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
