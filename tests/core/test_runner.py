"""The worker: real library file, real threads, real pictures on the disk, and processes that are killed."""

import errno
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from core import holding, keep, room, runner
from core.economy import AS_ASKED, LOWEST
from core.engine import Engine, EngineDied, EngineOptions, Step, process
from core.engine.fake import FakeEngine, picture
from core.engine.process import ProcessEngine
from core.engine.silence import Patience
from core.errors import Cancelled, KnownError
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
    QueueEnded,
    QueueIdle,
    QueuePaused,
    QueueResumed,
)
from core.library import Library, begun, claiming, jobs, open_library
from core.library.jobs import Hold
from core.library.tables import Picture, Setting
from core.metadata import png
from core.paths import Home
from core.power import LeftAlone
from core.runner import ChoreResult, Runner
from core.spec import RenderSpec

WAIT = 20.0


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = open_library(Home(tmp_path / "home"))
    yield opened
    opened.close()


@pytest.fixture
def bench(library: Library) -> Iterator["Bench"]:
    made = Bench(library)
    yield made
    made.runner.stop()


class Bench:
    """A runner with a fake engine, and what it told."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.engine = FakeEngine()
        self.engines_made = 0
        self.events: list[Event] = []
        self.heard = threading.Condition()
        self.output = library.home.pictures
        self.runner = Runner(library, self.make_engine, self.hear, self.output)

    def make_engine(self) -> Engine:
        self.engines_made += 1
        return self.engine

    def hear(self, event: Event) -> None:
        with self.heard:
            self.events.append(event)
            self.heard.notify_all()

    def until(self, matches: Callable[[Event], bool]) -> None:
        with self.heard:
            assert self.heard.wait_for(lambda: any(map(matches, self.events)), WAIT), self.events

    def told(self, kind: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    def queue(self, *specs: RenderSpec) -> list[int]:
        with self.library.write() as session:
            return jobs.enqueue(session, specs)

    def states(self) -> list[str]:
        with self.library.read() as session:
            return [row.state for row in jobs.rows(session)]

    def attempts(self) -> list[int]:
        with self.library.read() as session:
            return [row.attempts for row in jobs.rows(session)]

    def files(self) -> list[str]:
        return sorted(file.name for file in self.output.iterdir())

    def pictures(self) -> list[Picture]:
        with self.library.read() as session:
            return list(session.scalars(select(Picture).order_by(Picture.id)))


def rows_of(library: Library) -> list[jobs.JobRow]:
    with library.read() as session:
        return jobs.rows(session)


def spec(seed: int = 0, prompt: str = "a beach", steps: int = 3) -> RenderSpec:
    return RenderSpec(prompt, "mini", 64, 64, seed, steps, 3.0, template=prompt)


def test_a_queue_becomes_pictures_and_events(bench: Bench) -> None:
    ids = bench.queue(spec(1), spec(2))
    bench.runner.run_until_idle()
    assert bench.states() == ["done", "done"]
    assert [type(event) for event in bench.events if isinstance(event, JobStarted | JobFinished)] == [
        JobStarted, JobFinished, JobStarted, JobFinished
    ]  # fmt: skip
    assert [event.step for event in bench.told(JobProgress)] == [1, 2, 3, 1, 2, 3]
    assert bench.told(JobPreview)[0].jpeg.startswith(b"\xff\xd8")
    assert bench.events[-1] == QueueIdle()
    rows = bench.pictures()
    assert [row.job_id for row in rows] == ids
    assert bench.files() == sorted(Path(row.path).name for row in rows)
    with Image.open(rows[0].path) as saved:
        assert saved.tobytes() == picture(spec(1)).tobytes()
    assert png.read(Path(rows[0].path)).spec == spec(1)


def test_jobs_of_one_shape_are_made_in_one_batch(bench: Bench) -> None:
    bench.engine.batch = 3
    bench.queue(*map(spec, range(7)))
    bench.runner.run_until_idle()
    assert bench.engine.calls["render"] == 3
    assert bench.states() == ["done"] * 7


def test_the_thread_wakes_works_and_ends(bench: Bench) -> None:
    bench.runner.start()
    bench.queue(spec())
    bench.runner.wake()
    bench.until(lambda event: event == QueueIdle())
    bench.runner.stop()
    assert bench.states() == ["done"]
    assert bench.engine.closed
    assert bench.engines_made == 1


def test_no_engine_is_made_while_there_is_nothing_to_do(bench: Bench) -> None:
    bench.runner.start()
    bench.runner.stop()
    bench.runner.run_until_idle()
    assert bench.engines_made == 0
    assert bench.events == []


def test_a_known_error_fails_its_job_and_the_queue_goes_on(bench: Bench) -> None:
    bad, _ = bench.queue(spec(prompt="FAIL"), spec())
    bench.runner.run_until_idle()
    assert bench.states() == ["failed", "done"]
    assert bench.told(JobFailed) == [JobFailed(bad, "The fake engine was told to fail.")]


def test_a_bug_fails_its_job_in_words_and_the_queue_goes_on(bench: Bench) -> None:
    bench.queue(spec(prompt="BUG"), spec())
    bench.runner.run_until_idle()
    assert bench.states() == ["failed", "done"]
    assert "RuntimeError" in bench.told(JobFailed)[0].reason


def test_one_bad_job_does_not_take_its_batch_with_it(bench: Bench) -> None:
    bench.engine.batch = 4
    bench.queue(spec(1), spec(2, "FAIL"), spec(3), spec(4, "BUG"))
    bench.runner.run_until_idle()
    assert bench.states() == ["done", "failed", "done", "failed"]
    assert len(bench.files()) == 2


def test_a_job_that_takes_the_engine_down_twice_is_quarantined(bench: Bench) -> None:
    def die(specs: Sequence[RenderSpec]) -> None:
        if any("poison" in each.prompt for each in specs):
            raise EngineDied(-9)

    bench.engine.trouble, bench.engine.batch = die, 3
    poison, *_ = bench.queue(spec(1, "poison"), spec(2), spec(3))
    bench.runner.run_until_idle()
    assert bench.states() == ["quarantined", "done", "done"]
    failures = bench.told(JobFailed)
    assert [(event.job_id, event.will_retry) for event in failures] == [(poison, True), (poison, False)]
    assert "SIGKILL" in failures[0].reason


def test_a_picture_that_ran_out_of_memory_is_made_alone_with_as_little_as_can_be(bench: Bench) -> None:
    def hungry(specs: Sequence[RenderSpec]) -> None:
        if bench.engine.economies[-1] != LOWEST and any("large" in each.prompt for each in specs):
            raise EngineDied(-9)

    bench.engine.trouble, bench.engine.batch = hungry, 3
    bench.queue(spec(1, "large"), spec(2), spec(3))
    bench.runner.run_until_idle()
    assert bench.states() == ["done"] * 3
    assert bench.engine.economies.count(LOWEST) == 1
    (failure,) = bench.told(JobFailed)
    assert failure.will_retry
    assert "once more with as little memory as can be" in failure.reason
    assert "tiled+sequential+offloaded" in [
        png.read(Path(row.path)).made.get("economy") for row in bench.pictures()
    ]


def test_what_no_saving_helps_is_set_aside_with_what_to_change(library: Library) -> None:
    """A real child, really killed; tried again by the user it begins from the start."""
    options = EngineOptions(library.home.root, {}, library.home.root)
    bench = Bench(library)
    bench.runner = Runner(library, lambda: ProcessEngine(options, "fake"), bench.hear, bench.output)
    large, _, _ = bench.queue(spec(1, "STARVE"), spec(2, "HUNGRY"), spec(3))
    bench.runner.run_until_idle()
    assert bench.states() == ["quarantined", "done", "done"]
    assert [event.will_retry for event in bench.told(JobFailed) if event.job_id == large] == [True, False]
    reason = next(row.error for row in rows_of(library) if row.id == large) or ""
    assert "exit code 137, most often because memory ran out" in reason
    assert "Take a smaller size" in reason
    with library.write() as session:
        jobs.retry(session, [large])
    bench.runner.run_until_idle()
    assert [event.will_retry for event in bench.told(JobFailed) if event.job_id == large][2:] == [True, False]


def test_a_crash_that_is_not_about_memory_is_tried_again_as_asked(bench: Bench) -> None:
    def crash(_: Sequence[RenderSpec]) -> None:
        raise EngineDied(-11)

    bench.engine.trouble = crash
    bench.queue(spec())
    bench.runner.run_until_idle()
    assert bench.states() == ["quarantined"]
    assert bench.engine.economies == [AS_ASKED, AS_ASKED]


def test_the_good_pictures_of_a_batch_are_kept_and_made_once(bench: Bench) -> None:
    bench.engine.batch = 3
    bench.queue(spec(1), spec(2, "SPOILT"), spec(3))
    bench.runner.run_until_idle()
    assert bench.states() == ["done", "failed", "done"]
    assert bench.engine.calls["render"] == 1
    assert [event.reason for event in bench.told(JobFailed)] == ["The fake engine gave no picture."]


class TestAQueueWithoutAnEngine:
    """No picture is at fault when there is none to make it: the whole night waits."""

    def test_holds_the_queue_with_its_reason(self, library: Library) -> None:
        def missing() -> Engine:
            raise KnownError("The model folder is gone.")

        bench = Bench(library)
        bench.runner = Runner(library, missing, bench.hear, bench.output)
        bench.queue(spec(1), spec(2))
        bench.runner.run_until_idle()
        assert not bench.told(JobFailed)
        assert [(row.state, row.attempts) for row in rows_of(library)] == [("queued", 0)] * 2
        (held,) = bench.told(QueuePaused)
        assert held.reason.startswith("The picture engine cannot start: The model folder is gone. Nothing")

    def test_goes_on_by_itself_once_there_is_one(
        self, library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A real child that cannot be started, and then can."""
        monkeypatch.setattr(holding, "FIRST_TRY", 0.01)
        monkeypatch.setattr(runner, "LOOK_SECONDS", 0.01)
        commands = iter([["/nowhere/python"]] * 2)
        real = process._command
        monkeypatch.setattr(process, "_command", lambda: next(commands, None) or real())
        options = EngineOptions(library.home.root, {}, library.home.root)
        bench = Bench(library)
        bench.runner = Runner(library, lambda: ProcessEngine(options, "fake"), bench.hear, bench.output)
        bench.queue(spec(1), spec(2))
        bench.runner.run_until_idle(patient=True)
        assert bench.states() == ["done", "done"]
        assert "No such file" in bench.told(QueuePaused)[0].reason


def test_cancelling_a_running_job_stops_it_and_keeps_nothing(bench: Bench) -> None:
    bench.engine.step_seconds = 0.02
    long, _ = bench.queue(spec(1, steps=1000), spec(2))
    bench.runner.start()
    bench.until(lambda event: isinstance(event, JobProgress) and event.step > 2)
    assert bench.runner.cancel([long]) == 1
    bench.until(lambda event: isinstance(event, JobFinished))
    bench.runner.stop()
    assert bench.told(JobCancelled) == [JobCancelled(long)]
    assert bench.states() == ["cancelled", "done"]
    assert len(bench.files()) == 1


def test_cancelling_one_of_a_batch_leaves_the_others(bench: Bench) -> None:
    ids = bench.queue(*map(spec, range(3)))
    bench.engine.batch = 3
    bench.engine.trouble = lambda _: bench.runner.cancel([ids[1]]) and None
    bench.runner.run_until_idle()
    assert bench.states() == ["done", "cancelled", "done"]
    assert bench.told(JobCancelled) == [JobCancelled(ids[1])]
    assert len(bench.files()) == len(bench.pictures()) == 2


def test_pause_ends_after_the_picture_and_resume_goes_on(bench: Bench) -> None:
    bench.queue(spec(1), spec(2))
    first = lambda: bench.engine.calls["render"] == 1  # noqa: E731
    bench.engine.trouble = lambda _: bench.runner.pause("Lunch.") if first() else None
    bench.runner.start()
    bench.until(lambda event: event == QueuePaused("Lunch."))
    assert bench.states() == ["done", "queued"]
    bench.runner.resume()
    bench.until(lambda event: event == QueueIdle())
    assert bench.states() == ["done", "done"]
    assert QueueResumed() in bench.events


def test_stopping_puts_the_running_picture_back_without_an_attempt(bench: Bench) -> None:
    bench.engine.step_seconds = 0.02
    bench.queue(spec(steps=1000))
    bench.runner.start()
    bench.until(lambda event: isinstance(event, JobProgress))
    bench.runner.stop()
    with bench.library.read() as session:
        (row,) = jobs.rows(session)
    assert (row.state, row.attempts) == ("queued", 0)
    assert bench.told(JobCancelled) == bench.told(JobFailed) == []


def test_stopping_does_not_wait_for_a_step_that_takes_for_ever(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PATIENCE_SECONDS", 0.1)
    options = EngineOptions(library.home.root, {}, library.home.root, device="fake:600")
    bench = Bench(library)
    bench.runner = Runner(library, lambda: ProcessEngine(options, "fake"), bench.hear, bench.output)
    bench.queue(spec())
    bench.runner.start()
    bench.until(lambda event: isinstance(event, JobStarted))
    bench.runner.stop()
    with bench.library.read() as session:
        (row,) = jobs.rows(session)
    assert (row.state, row.attempts) == ("queued", 0)
    assert bench.told(JobFailed) == []


def test_ctrl_c_puts_the_running_picture_back(bench: Bench) -> None:
    def interrupt(_: Sequence[RenderSpec]) -> None:
        raise KeyboardInterrupt

    bench.engine.trouble = interrupt
    bench.queue(spec())
    with pytest.raises(KeyboardInterrupt):
        bench.runner.run_until_idle()
    assert bench.states() == ["queued"]
    assert bench.engine.closed


def test_a_second_worker_for_one_home_is_refused(bench: Bench) -> None:
    bench.runner.start()
    second = Runner(bench.library, FakeEngine, bench.hear, bench.output)
    with pytest.raises(KnownError, match="Another Likeness"):
        second.start()
    with pytest.raises(KnownError, match="Another Likeness"):
        second.run_until_idle()
    bench.runner.stop()
    second.start()
    second.stop()


def test_a_full_disk_pauses_the_queue_and_loses_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.engine.batch = 2
    bench.queue(spec(1), spec(2), spec(3))
    saved: list[str] = []
    save = keep.files.save_picture

    def full_at_the_second(folder: Path, name: str, *rest: object) -> object:
        saved.append(name)
        if len(saved) == 2:
            raise KnownError("The disk is full: no picture was written. Make room, then go on.")
        return save(folder, name, *rest)

    monkeypatch.setattr(keep.files, "save_picture", full_at_the_second)
    bench.runner.run_until_idle()
    assert bench.states() == ["done", "queued", "queued"]
    assert isinstance(bench.events[-1], QueuePaused)
    assert "disk is full" in bench.events[-1].reason
    with bench.library.read() as session:
        assert [row.attempts for row in jobs.rows(session)] == [0, 0, 0]
        assert "disk is full" in (jobs.paused(session) or "")
    bench.runner.resume()
    bench.runner.run_until_idle()
    assert bench.states() == ["done"] * 3
    assert len(bench.files()) == 3


def test_the_queue_goes_on_by_itself_once_there_is_room(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise KnownError("The disk is full.") from OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(room, "ENOUGH_BYTES", 10**18)
    bench.queue(spec())
    with monkeypatch.context() as patch:
        patch.setattr(keep.files, "save_picture", full)
        bench.runner.start()
        bench.until(lambda event: event == QueuePaused("The disk is full."))
    bench.runner.wake()
    assert bench.states() == ["queued"]
    monkeypatch.setattr(room, "ENOUGH_BYTES", 1)
    bench.runner.wake()
    bench.until(lambda event: event == QueueIdle())
    assert bench.states() == ["done"]


def test_after_a_restart_the_queue_still_goes_on_once_there_is_room(bench: Bench) -> None:
    with bench.library.write() as session:
        jobs.pause(session, "The disk is full.", Hold("room"))
    bench.queue(spec())
    bench.runner.run_until_idle()
    assert bench.states() == ["done"]


def test_a_disk_that_is_almost_full_holds_the_queue_before_a_picture_is_begun(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.queue(spec())
    with monkeypatch.context() as patch:
        patch.setattr(room, "LOW_BYTES", 10**18)
        patch.setattr(room, "ENOUGH_BYTES", 10**18)
        bench.runner.run_until_idle()
        assert "almost full" in bench.told(QueuePaused)[0].reason
        assert bench.engines_made == 0
    bench.runner.run_until_idle()
    assert bench.states() == ["done"]


@pytest.mark.parametrize(
    "error", [OSError(errno.EIO, "I/O error"), KnownError("Another program is writing.")]
)
def test_a_fault_that_passes_is_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The disk fails twice, then works: the patient worker goes on by itself, and nothing is lost."""
    monkeypatch.setattr(runner, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(holding, "FIRST_TRY", 0.02)
    save, failures = keep.files.save_picture, iter([error, error])

    def failing(*arguments: Any) -> Any:
        if fault := next(failures, None):
            raise fault
        return save(*arguments)

    monkeypatch.setattr(keep.files, "save_picture", failing)
    bench.runner = Runner(bench.library, bench.make_engine, bench.hear, bench.output)
    bench.queue(spec(1), spec(2))
    bench.runner.run_until_idle(patient=True)
    assert bench.states() == ["done", "done"]
    assert bench.attempts() == [0, 0]
    assert len(bench.files()) == 2
    assert QueuePaused(str(error)) in bench.events


def test_a_library_that_cannot_be_written_is_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(holding, "FIRST_TRY", 0.02)
    bench.runner = Runner(bench.library, bench.make_engine, bench.hear, bench.output)
    bench.queue(spec())
    write, locked = bench.library.write, KnownError("Another program is writing to the library.")
    state = {"locked": 0}

    def maybe(*arguments: Any) -> Any:
        if 0 < state["locked"] <= 5:
            state["locked"] += 1
            raise locked
        return write(*arguments)

    def lock_now(_: Sequence[RenderSpec]) -> None:
        state["locked"] += not state["locked"]

    bench.engine.trouble = lock_now
    monkeypatch.setattr(bench.library, "write", maybe)
    bench.runner.run_until_idle(patient=True)
    assert state["locked"] > 5
    assert bench.states() == ["done"]
    assert len(bench.files()) == 1


def test_a_library_that_cannot_be_asked_between_two_steps_fails_no_job(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, state = bench.library.read, {"fails": 0}

    def maybe() -> Any:
        if state["fails"]:
            state["fails"] = 0
            raise KnownError("The disk failed.")
        return read()

    bench.engine.trouble = lambda _: state.update(fails=1)
    monkeypatch.setattr(bench.library, "read", maybe)
    bench.queue(spec())
    bench.runner.run_until_idle()
    assert bench.engine.calls["render"] == 1
    assert (bench.states(), bench.attempts(), bench.told(JobFailed)) == (["done"], [0], [])


def test_the_queue_starts_at_its_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "LOOK_SECONDS", 0.01)
    soon = datetime.now(UTC) + timedelta(seconds=0.3)
    bench.queue(spec())
    bench.runner.pause("Starts soon.", Hold("time", at=soon))
    bench.runner.run_until_idle(patient=True)
    assert datetime.now(UTC) >= soon
    assert bench.events[0] == QueuePaused("Starts soon.")
    assert bench.states() == ["done"]


def test_pausing_now_puts_the_picture_back_and_frees_the_engine(bench: Bench) -> None:
    bench.engine.step_seconds = 0.02
    bench.queue(spec(steps=1000), spec(2))
    bench.runner.start()
    bench.until(lambda event: isinstance(event, JobProgress))
    bench.runner.pause("Now.", Hold(now=True, free=True))
    bench.until(lambda event: event == QueuePaused("Now."))
    assert bench.states() == ["queued", "queued"]
    assert bench.attempts() == [0, 0]
    assert bench.told(JobCancelled) == bench.told(JobFailed) == []
    assert bench.engine.closed
    bench.engine.step_seconds = 0.0
    bench.runner.resume()
    bench.until(lambda event: event == QueueIdle())
    assert bench.states() == ["done", "done"]
    assert bench.engines_made == 2


def test_pausing_without_freeing_keeps_the_engine(bench: Bench) -> None:
    bench.queue(spec(1), spec(2))
    first = lambda: bench.engine.calls["render"] == 1  # noqa: E731
    bench.engine.trouble = lambda _: bench.runner.pause("Later.") if first() else None
    bench.runner.start()
    bench.until(lambda event: event == QueuePaused("Later."))
    assert not bench.engine.closed


class Laptop(LeftAlone):
    """Writes down what it is asked; its battery is what the test says."""

    def __init__(self) -> None:
        self.unplugged, self.awake, self.asked = False, False, 0

    def on_battery(self) -> bool:
        return self.unplugged

    def stay_awake(self) -> bool:
        self.awake, self.asked = True, self.asked + 1
        return True

    def rest(self) -> None:
        self.awake = False


def test_the_computer_is_kept_awake_while_pictures_are_made_and_says_so(bench: Bench) -> None:
    laptop, seen = Laptop(), []
    bench.engine.trouble = lambda _: seen.append(laptop.awake)
    bench.runner = Runner(bench.library, bench.make_engine, bench.hear, bench.output, laptop)
    bench.queue(spec(1), spec(2))
    bench.runner.run_until_idle()
    assert seen == [True, True]
    assert (laptop.awake, laptop.asked) == (False, 1)
    assert bench.told(KeptAwake) == [KeptAwake(True), KeptAwake(False)]


def test_a_computer_that_may_fall_asleep_says_so_once(bench: Bench) -> None:
    class Stubborn(LeftAlone):
        def stay_awake(self) -> bool:
            return False

    bench.runner = Runner(bench.library, bench.make_engine, bench.hear, bench.output, Stubborn())
    bench.queue(spec(1), spec(2))
    bench.runner.run_until_idle()
    assert bench.told(KeptAwake) == [KeptAwake(False, refused=True), KeptAwake(False)]


def test_an_idle_worker_wipes_what_a_deletion_owes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program reads old pages while the worker first tries."""

    def owed() -> bool:
        with bench.library.read() as session:
            return session.get(Setting, "unwiped") is not None

    monkeypatch.setattr("core.library.db.BUSY_MS", 50)
    monkeypatch.setattr(runner, "WIPE_SECONDS", 0.01)
    with closing(sqlite3.connect(bench.library.home.database, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM faces").fetchone()
        with bench.library.write() as session:
            bench.library.owe_wiping(session)
        bench.runner.run_until_idle()
        assert owed()
    time.sleep(0.02)
    bench.runner.run_until_idle()
    assert not owed()


class TestAPauseThatComesBetween:
    """The user pauses just after the worker has looked: whatever it saw, the pause stays."""

    @pytest.mark.parametrize("method", ["over", "hindrance"])
    def test_is_kept(self, bench: Bench, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
        holds = bench.runner._holding
        asked = getattr(holds, method)

        def asked_and_paused(*arguments: Any) -> Any:
            answer = asked(*arguments)
            bench.runner.pause("The user wants quiet.")
            return answer

        if method == "over":
            with bench.library.write() as session:
                jobs.pause(session, "The disk was full.", Hold("room"))
        else:
            monkeypatch.setattr(room, "LOW_BYTES", 10**18)
        monkeypatch.setattr(holds, method, asked_and_paused)
        bench.queue(spec())
        bench.runner.run_until_idle()
        assert bench.states() == ["queued"]
        with bench.library.read() as session:
            assert (jobs.paused(session), jobs.hold(session)) == ("The user wants quiet.", Hold())


def test_the_queue_waits_for_mains_power(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    laptop = Laptop()
    laptop.unplugged = True
    bench.runner = Runner(bench.library, bench.make_engine, bench.hear, bench.output, laptop)
    bench.queue(spec())
    bench.runner.start()
    bench.until(lambda event: isinstance(event, QueuePaused))
    assert "battery" in bench.told(QueuePaused)[0].reason
    assert not laptop.awake
    laptop.unplugged = False
    bench.runner.wake()
    bench.until(lambda event: event == QueueIdle())
    assert bench.states() == ["done"]


def test_who_resumes_on_battery_gets_pictures(bench: Bench) -> None:
    laptop = Laptop()
    laptop.unplugged = True
    bench.runner = Runner(bench.library, bench.make_engine, bench.hear, bench.output, laptop)
    bench.queue(spec())
    bench.runner.start()
    bench.until(lambda event: isinstance(event, QueuePaused))
    bench.runner.resume()
    bench.until(lambda event: event == QueueIdle())
    assert bench.states() == ["done"]


def test_a_queue_that_is_done_says_what_came_of_it(bench: Bench) -> None:
    bench.queue(spec(1), spec(2, "FAIL"), spec(3))
    bench.runner.run_until_idle()
    (ended,) = bench.told(QueueEnded)
    assert (ended.made, ended.failed) == (2, 1)
    assert 0 < ended.seconds < WAIT
    assert bench.events[-2:] == [ended, QueueIdle()]
    bench.runner.run_until_idle()
    assert len(bench.told(QueueEnded)) == 1


def test_a_pause_of_the_users_is_not_ended_by_free_room(bench: Bench) -> None:
    bench.runner.pause("Lunch.")
    bench.queue(spec())
    bench.runner.run_until_idle()
    assert bench.states() == ["queued"]


def test_a_picture_whose_row_cannot_be_written_leaves_no_file(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise KnownError("The disk is full: nothing of this change was kept.")

    bench.queue(spec())
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "finish", full)
        bench.runner.run_until_idle()
    assert bench.files() == []
    assert bench.states() == ["queued"]


def test_a_folder_that_cannot_be_written_pauses_with_its_name(library: Library, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    bench = Bench(library)
    bench.runner = Runner(library, FakeEngine, bench.hear, blocked / "pictures")
    bench.queue(spec())
    bench.runner.run_until_idle()
    assert bench.states() == ["queued"]
    assert str(blocked) in bench.told(QueuePaused)[0].reason


def test_a_listener_that_fails_does_not_stop_the_worker(library: Library) -> None:
    def broken(_: Event) -> None:
        raise RuntimeError("the window is gone")

    bench = Bench(library)
    bench.queue(spec())
    Runner(library, FakeEngine, broken, bench.output).run_until_idle()
    assert bench.states() == ["done"]


def test_consent_withdrawn_while_it_waited_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = bench.queue(spec(1), spec(2))
    monkeypatch.setattr(
        claiming, "refusals", lambda _, specs: ["No consent." if each.seed == 1 else None for each in specs]
    )
    bench.runner.run_until_idle()
    assert JobFailed(first, "No consent.") in bench.events
    assert bench.states() == ["failed", "done"]


def test_chores_run_beside_the_queue_with_the_same_engine(bench: Bench) -> None:
    def count(engine: Engine, progress: Callable[[int, int, str], None]) -> ChoreResult:
        progress(1, 2, "half")
        return ChoreResult(f"{len(engine.group([b'a', b'b']))} faces", (("a.jpg", "broken"),))

    def fail(engine: Engine, progress: Callable[[int, int, str], None]) -> ChoreResult:
        raise KnownError("The folder is gone.")

    def crash(engine: Engine, progress: Callable[[int, int, str], None]) -> ChoreResult:
        raise ZeroDivisionError("oh")

    bench.queue(spec())
    for name, chore in (("count", count), ("fail", fail), ("crash", crash)):
        bench.runner.do(name, chore)
    bench.runner.run_until_idle()
    assert ChoreProgress("count", 1, 2, "half") in bench.events
    assert ChoreFinished("count", "2 faces", (("a.jpg", "broken"),)) in bench.events
    assert ChoreFailed("fail", "The folder is gone.") in bench.events
    assert "ZeroDivisionError" in bench.told(ChoreFailed)[1].reason
    assert bench.states() == ["done"]
    assert bench.engines_made == 1


def test_stopping_ends_a_chore_at_its_next_progress(bench: Bench) -> None:
    def endless(engine: Engine, progress: Callable[[int, int, str], None]) -> ChoreResult:
        for done in range(10_000):
            progress(done, 10_000, "")
            time.sleep(0.01)
        return ChoreResult("")

    bench.runner.do("endless", endless)
    bench.runner.start()
    bench.until(lambda event: isinstance(event, ChoreProgress))
    bench.runner.stop()
    assert isinstance(bench.told(ChoreFailed)[0], ChoreFailed)


def test_what_a_crash_left_is_cleared_away_and_made_again(bench: Bench) -> None:
    bench.queue(spec(1), spec(2))
    with bench.library.write() as session:
        (job,) = jobs.claim(session, lambda _: 1).jobs
        begun.note(session, bench.output, [job])
    (rendered,) = FakeEngine().render([job.spec], lambda _: None)
    keep.files.save_picture(bench.output, job.name, rendered, job.spec)
    (bench.output / ".abcd_123.part").write_bytes(b"half")
    (bench.output / "holiday.png").write_bytes(b"the user's own")
    bench.runner.cancel([job.id])
    bench.runner.run_until_idle()
    assert bench.states() == ["cancelled", "done"]
    assert sorted(bench.files()) == sorted(["holiday.png", Path(bench.pictures()[0].path).name])


def test_a_pause_while_the_batch_is_prepared_holds_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.runner._backups, "before_batch", bench.runner.pause)
    bench.queue(spec())
    bench.runner.run_until_idle()
    assert (bench.states(), bench.engine.rendered) == (["queued"], [])


def test_the_step_callback_of_an_ended_batch_says_stop(bench: Bench) -> None:
    """An engine that goes on after its jobs were cancelled is stopped at its next step."""
    seen: list[int] = []

    def watch(specs: Sequence[RenderSpec]) -> None:
        bench.runner.cancel()

    bench.engine.trouble = watch
    bench.queue(spec(steps=50))
    render = bench.engine.render

    def recorded(specs: Sequence[RenderSpec], on_step: Callable[[Step], None], *rest: Any):
        def step(each: Step) -> None:
            seen.append(each.step)
            on_step(each)

        return render(specs, step, *rest)

    bench.engine.render = recorded  # type: ignore[method-assign]
    bench.runner.run_until_idle()
    assert seen == [1]
    assert Cancelled.__name__ not in str(bench.told(JobFailed))


def test_a_full_disk_in_the_engine_pauses_too(bench: Bench) -> None:
    def full(_: Sequence[RenderSpec]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    bench.engine.trouble = full
    bench.queue(spec())
    bench.runner.run_until_idle()
    assert bench.states() == ["queued"]
    assert "No space left" in bench.told(QueuePaused)[0].reason


def test_a_job_that_hangs_the_engine_twice_is_set_aside_and_the_rest_runs(library: Library) -> None:
    options = EngineOptions(library.home.root, {}, library.home.root)
    patience = Patience(unknown=10, floor=0.8, factor=3, look=0.05)
    bench = Bench(library)
    bench.runner = Runner(library, lambda: ProcessEngine(options, "fake", patience), bench.hear, bench.output)
    bench.queue(spec(1), spec(2, "HANG"), spec(3))
    bench.runner.run_until_idle()
    assert bench.states() == ["done", "quarantined", "done"]
    assert bench.attempts()[1] == 2
    assert [event.will_retry for event in bench.told(JobFailed)] == [True, False]
    assert "said nothing for" in bench.told(JobFailed)[1].reason


def test_a_whole_queue_through_a_real_child_process(library: Library) -> None:
    home = library.home
    options = EngineOptions(home.root, {}, home.root, device="fake:0.001")
    bench = Bench(library)
    bench.runner = Runner(library, lambda: ProcessEngine(options, "fake"), bench.hear, bench.output)
    bench.queue(spec(1), spec(2, "DIE"), spec(3, "FAIL"), spec(4, "BUG"), spec(5))
    bench.runner.start()
    bench.until(lambda event: event == QueueIdle())
    bench.runner.stop()
    assert bench.states() == ["done", "quarantined", "failed", "failed", "done"]
    assert len(bench.files()) == 2
