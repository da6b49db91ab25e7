"""One night: a queue in a home of its own, whose workers and engines are killed again and again; after every
kill the home is looked at, and in the end every picture is there."""

import contextlib
import os
import random
import select
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import _kill_points
import psutil
from _kill_look import Seen, look, wrong_with
from _kill_points import Turn
from _kill_user import PAUSED, User
from _kill_worker import MARK, Plan, fork

from core.engine.fake import picture
from core.library import check, open_library
from core.paths import Home

SIDE = 160
"""More bytes than a pipe holds: an engine that answers waits until it is read."""
GONE_SECONDS = 30.0
END_SECONDS = 600.0
MEET_SECONDS, START_SECONDS = 0.7, 3.0
"""Within the one most workers come to their point, within the other most interpreters start."""
LIFE_SECONDS = 0.5
"""So long an engine lives at most that is killed at random."""
DELAYS = (0.05, 0.12, 0.3)
"""After as many seconds at most a worker dies at random: while it starts, makes a backup, makes pictures."""
TRIES = 4


@dataclass
class Night:
    """What one night is asked for. `turns`: these one after the other before chance decides; `children`: the
    share of workers whose engine is a process of its own."""

    root: Path
    seed: int
    kills: int
    jobs: int
    children: float = 0.1
    named: float = 0.45
    turns: tuple[Turn, ...] = ()
    until: float = float("inf")
    keep: bool = False


@dataclass
class Figures:
    """What happened. `violations`: in words, each with the kill before it."""

    kills: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    user: Counter[str] = field(default_factory=Counter)
    count: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def add(self, other: "Figures") -> None:
        for name in ("kills", "phases", "user", "count"):
            getattr(self, name).update(getattr(other, name))
        self.violations += other.violations


@dataclass
class Round:
    """One worker's life: what it told, and who was killed where."""

    plan: Plan
    told: list[str] = field(default_factory=list)
    kills: list[tuple[str, str]] = field(default_factory=list)

    @property
    def begun(self) -> bool:
        return "begun" in self.told

    @property
    def engines(self) -> list[int]:
        """Process ids, in the order in which it started them."""
        return [int(line.split()[1]) for line in self.told if line.startswith("engine ")]

    @property
    def engine_kills(self) -> int:
        return sum(target != "worker" for target, _ in self.kills)


def spend(night: Night) -> Figures:
    """Runs one night to its end; its figures."""
    return _Spending(night).run()


class _Spending:
    def __init__(self, night: Night) -> None:
        self.night = night
        self.chance = random.Random(night.seed)
        self.home = Home(night.root / f"night-{night.seed}")
        self.mark = f"{os.getpid()}-{night.seed}"
        self.figures = Figures()
        self.folders = [self.home.pictures, self.home.root / "elsewhere"]
        self.output = self.folders[0]
        self.user = User(self.home, self.chance, SIDE)
        self.verified: set[int] = set()
        self.killed = 0

    def run(self) -> Figures:
        began = time.monotonic()
        open_library(self.home).close()
        self.user.begin(self.night.jobs)
        seen = self._look()
        for turn in self.night.turns:
            seen = self._in_turn(turn, seen)
        while self.killed < self.night.kills and time.monotonic() < self.night.until:
            if self.chance.random() < (0.3 if self.user.expected.frozen is None else 0.8):
                self.user.act()
            _, seen = self._one(self._by_chance(), seen)
        self._to_the_end(seen)
        self._verify()
        self.figures.user.update(self.user.done)
        self.figures.count["nights"] += 1
        self.figures.count["seconds of nights"] += round(time.monotonic() - began)
        if not (self.night.keep or self.figures.violations):
            shutil.rmtree(self.home.root)
        return self.figures

    # Who is to die, and where

    def _in_turn(self, turn: Turn, seen: Seen) -> Seen:
        """Once more when its last point was not met: a worker may have been slow, or had nothing to do."""
        for _ in range(TRIES):
            self.user.resume()
            for point in turn.points:
                plan = Plan(self.output, target=turn.target, patient=False, wait=END_SECONDS)
                done, seen = self._one(_at(plan, point), seen)
            if (turn.target, turn.points[-1]) in done.kills:
                break
            self.user.act()
        return seen

    def _by_chance(self) -> Plan:
        if self.chance.random() < 0.02:
            self.output = self.chance.choice(self.folders)
        batch, times = self.chance.choice((1, 2, 3)), self.chance.choice((1, 1, 1, 2, 3))
        plan = Plan(self.output, batch=batch, times=times, wait=MEET_SECONDS)
        if self.chance.random() < self.night.children:
            return self._with_a_child(replace(plan, child=True, wait=START_SECONDS))
        if self.chance.random() < self.night.named:
            return _at(plan, self.chance.choice(list(_kill_points.NAMED)))
        return replace(plan, chore=self._number() if self.chance.random() < 0.2 else 0)

    def _with_a_child(self, plan: Plan) -> Plan:
        if self.chance.random() < self.night.named:
            turn = self.chance.choice(_kill_points.ENGINE_TURNS)
            return _at(replace(plan, target=turn.target), turn.points[-1])
        return replace(plan, target=self.chance.choice(("engine", "worker", "both")))

    def _number(self) -> int:
        return self.chance.randrange(1, 2**31)

    # One worker's life

    def _one(self, plan: Plan, before: Seen) -> tuple[Round, Seen]:
        done = self._live(plan)
        for target, point in done.kills:
            orphaned = target == "worker" and bool(done.engines)
            self.figures.kills[f"{'worker, its engine orphaned' if orphaned else target}: {point}"] += 1
        self.killed += len(done.kills)
        after = self._look()
        if done.kills:
            self.figures.phases[_phase(done, after, self.folders, self.home)] += 1
        self._judge(before, done, after)
        return done, after

    def _live(self, plan: Plan) -> Round:
        done = Round(plan)
        pid, pipe = fork(self.home, plan, self.mark)
        with _hearing(pipe, done):
            if plan.child:
                self._with_its_engine(pid, pipe, done)
            elif plan.point:
                self._wait(pipe, done, plan.wait)
            else:
                self._while_the_user_acts(pipe, done, self.chance.uniform(0, self.chance.choice(DELAYS)))
            if not self._wait(pipe, done, 0):
                self._kill(pid, "both" if plan.target == "both" else "worker", done)
            self._end(pid, pipe, done)
        return done

    def _while_the_user_acts(self, pipe: int, done: Round, seconds: float) -> None:
        if self.chance.random() < 0.25:
            self._wait(pipe, done, seconds * self.chance.random())
            self.user.act()
        self._wait(pipe, done, seconds)

    def _with_its_engine(self, pid: int, pipe: int, done: Round) -> None:
        """The engine dies at the point or at random; then it is the worker's turn."""
        self._wait(pipe, done, done.plan.wait, lambda: bool(done.engines))
        if done.plan.point and done.plan.target != "engine":
            self._wait(pipe, done, done.plan.wait)
        elif done.plan.point:
            self._wait(pipe, done, done.plan.wait, lambda: bool(done.kills))
        else:
            self._wait(pipe, done, self.chance.uniform(0, LIFE_SECONDS))
            if done.plan.target == "engine":
                self._kill(pid, "engine", done)
        if done.plan.target == "engine":
            self._while_the_user_acts(pipe, done, self.chance.uniform(0, LIFE_SECONDS))

    def _kill(self, pid: int, target: str, done: Round) -> None:
        engine = _engine_of(pid, done) if target != "worker" else None
        if target == "engine" and engine is None:
            return
        if engine:
            with contextlib.suppress(ProcessLookupError):
                os.kill(engine, signal.SIGKILL)
        if target != "engine":
            os.kill(pid, signal.SIGKILL)
        done.kills.append((target if engine else "worker", "at random"))

    def _wait(
        self, pipe: int, done: Round, seconds: float, enough: Callable[[], bool] = lambda: False
    ) -> bool:
        """Hears what the worker tells, until that is enough; whether it is dead."""
        until = time.monotonic() + seconds
        while not enough() and select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
            if not _hear(pipe, done):
                return True
        return False

    def _end(self, pid: int, pipe: int, done: Round) -> None:
        if not self._wait(pipe, done, END_SECONDS if not done.kills else GONE_SECONDS):
            self._violation(done, "the worker would not end")
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        # A random kill may come a moment after the worker has ended.
        by_itself = code == 0 and all(
            target == "engine" or point == "at random" for target, point in done.kills
        )
        if code != -signal.SIGKILL and not by_itself:
            self._violation(done, f"the worker ended with code {code}: {[*done.told][-1:]}")
        self._orphans(done)

    def _orphans(self, done: Round) -> None:
        self.figures.count["engines started"] += len(done.engines)
        if left := _alive(done.engines, self.mark):
            self.figures.count["orphans"] += len(left)
            self._violation(done, f"engines outlived their worker: {left}")

    # What must be true

    def _look(self, thorough: bool = False) -> Seen:
        return look(self.home, self.folders, thorough=thorough or self.killed % 20 == 0)

    def _judge(self, before: Seen, done: Round, after: Seen) -> None:
        self._whole(done, after)
        self._as_the_user_left_it(done, after)
        self._attempts(before, done, after)
        self.user.expected.touched.clear()
        if done.begun:
            self._cleaned(before, done, after)

    def _whole(self, done: Round, seen: Seen) -> None:
        for fault in seen.faults:
            self._count(done, "damaged", fault)
        for file in seen.gone:
            self._count(done, "dangling rows", f"a row has lost its file {file}")
        for number, shown in seen.pictures.items() - self._known(seen):
            self.verified.add(number)
            if str(shown.path) not in seen.gone and (wrong := self._wrong(number, seen)):
                self._count(done, "wrong pictures", f"{shown.path}: {wrong}")
        of_jobs = Counter(picture.job for picture in seen.pictures.values() if picture.job)
        finished = Counter(seen.ids("done"))
        for number in of_jobs - finished:
            self._count(
                done, "twice", f"job {number} has {of_jobs[number]} pictures, {finished[number]} wanted"
            )
        for number in finished - of_jobs:
            self._count(done, "lost", f"job {number} is done and has no picture")

    def _known(self, seen: Seen) -> set[tuple[int, object]]:
        return {(number, seen.pictures[number]) for number in self.verified & seen.pictures.keys()}

    def _wrong(self, number: int, seen: Seen) -> str:
        shown = seen.pictures[number]
        owners = [job for job, spec in self.user.expected.specs.items() if spec.seed == shown.seed]
        if len(owners) != 1:
            return f"nobody asked for seed {shown.seed}"
        return wrong_with(shown, self.user.expected.specs[owners[0]])

    def _as_the_user_left_it(self, done: Round, seen: Seen) -> None:
        expected = self.user.expected
        expected.cancelled |= {int(line.split()[1]) for line in done.told if line.startswith("cancelled ")}
        there = expected.specs.keys() - expected.cleared - expected.dropped
        for number in there ^ seen.jobs.keys():
            self._count(done, "lost", f"job {number} is gone, or came from nowhere")
        # Killed at random between this and telling that it is done: both are right, and what is so stays.
        begun = {int(line.split()[1]) for line in done.told if line.startswith("cancelling ")}
        expected.cancelled |= begun & set(seen.ids("cancelled"))
        cancelled = expected.cancelled - expected.dropped
        if cancelled != set(seen.ids("cancelled")):
            self._violation(done, f"cancelled: {sorted(cancelled ^ set(seen.ids('cancelled')))}")
        for number in seen.jobs.keys() & expected.positions.keys():
            if seen.jobs[number].position != expected.positions[number]:
                self._violation(done, f"job {number} was moved by itself")
        self._held(done, seen)

    def _held(self, done: Round, seen: Seen) -> None:
        """What the user paused stays so; nothing is begun meanwhile."""
        frozen = self.user.expected.frozen
        if (seen.hold == PAUSED) != (frozen is not None):
            self._violation(done, f"held: {seen.hold!r}, paused by the user: {frozen is not None}")
        if seen.hold and seen.hold != PAUSED:
            self.figures.count["held by a fault"] += 1
        if frozen is not None and (begun := set(seen.ids("running", "done")) - frozen):
            self._violation(done, f"begun while it was paused: {sorted(begun)}")

    def _attempts(self, before: Seen, done: Round, after: Seen) -> None:
        """One more for what the worker was at, one for each death of its engine, none for others."""
        for number, job in after.jobs.items():
            was = before.jobs.get(number)
            if was is None or number in self.user.expected.touched:
                continue
            most = done.engine_kills + (was.state == "running" and number in before.at_work)
            if not 0 <= job.attempts - was.attempts <= most:
                self._violation(done, f"job {number} was {was}, is {job}")
            if job.state == "quarantined" and was.state != "quarantined":
                self.figures.count["quarantined"] += 1
                if job.attempts != 2:
                    self._violation(done, f"job {number} is quarantined: {job}")
            if job.state == "failed":
                self._violation(done, f"job {number} failed")

    def _cleaned(self, before: Seen, done: Round, after: Seen) -> None:
        """Whatever lay about is gone once a worker has begun."""
        for file, stamp in before.loose.items():
            if after.loose.get(file) == stamp:
                self._count(done, "dangling files", f"{file} stayed without a row")
        for file in before.temporary & after.temporary:
            self._count(done, "leftovers", f"{file} stayed")

    # The end

    def _to_the_end(self, seen: Seen) -> None:
        """Undisturbed until nothing waits; what is quarantined gets another chance."""
        self.user.resume()
        more = 1
        while more:
            done = self._undisturbed()
            after = self._look()
            self._judge(seen, done, after)
            seen, more = after, self.user.retry_quarantined()

    def _undisturbed(self) -> Round:
        done = Round(Plan(self.output, batch=4, patient=False))
        pid, pipe = fork(self.home, done.plan, self.mark)
        with _hearing(pipe, done):
            self._end(pid, pipe, done)
        return done

    def _verify(self) -> None:
        """Every picture asked for is there once, as it was asked for, pixel by pixel; and nothing else."""
        seen, end = self._look(thorough=True), Round(Plan(self.output), kills=[("nobody", "at the end")])
        for fault in check.whole(self.home.database):
            self._count(end, "damaged", fault)
        for file in seen.loose:
            self._count(end, "dangling files", f"{file} has no row")
        for file in seen.temporary:
            self._count(end, "leftovers", f"{file} is left")
        expected = self.user.expected
        wanted = {number for number in expected.specs if number not in expected.cancelled}
        seeds = Counter(shown.seed for shown in seen.pictures.values())
        for number in wanted:
            spec = expected.specs[number]
            if seeds[spec.seed] != 1:
                self._count(
                    end, "twice" if seeds[spec.seed] else "lost", f"job {number}: {seeds[spec.seed]} pictures"
                )
            elif number not in expected.cleared and seen.jobs[number].state != "done":
                self._count(end, "lost", f"job {number} is {seen.jobs[number]}")
        for seed in seeds.keys() - {expected.specs[number].seed for number in wanted}:
            self._count(end, "unwanted", f"a picture with seed {seed} that nobody wants")
        self._pixels(end, seen)
        self._no_process_left(end)
        self.figures.count["pictures"] += len(seen.pictures)
        self.figures.count["jobs"] += len(expected.specs)

    def _pixels(self, end: Round, seen: Seen) -> None:
        from PIL import Image

        by_seed = {spec.seed: spec for spec in self.user.expected.specs.values()}
        for number, shown in seen.pictures.items():
            spec = by_seed.get(shown.seed)
            if spec is None or shown.path in seen.gone:
                continue
            with Image.open(shown.path) as image:
                if image.tobytes() != picture(spec).tobytes():
                    self._count(end, "wrong pictures", f"{shown.path} shows something else")
            if wrong := self._wrong(number, seen):
                self._count(end, "wrong pictures", f"{shown.path}: {wrong}")

    def _no_process_left(self, end: Round) -> None:
        everyone = [process.pid for process in psutil.process_iter()]
        if left := _alive(everyone, self.mark):
            self.figures.count["orphans"] += len(left)
            self._violation(end, f"processes are left: {left}")

    def _count(self, done: Round, what: str, text: str) -> None:
        self.figures.count[what] += 1
        self._violation(done, f"{what}: {text}")

    def _violation(self, done: Round, text: str) -> None:
        when = f"night {self.night.seed}, kill {self.killed}, {done.plan.point or 'at random'} {done.kills}"
        self.figures.violations.append(f"{when}: {text}")


CHORES = ("reference", "note", "report", "settings")


def _at(plan: Plan, point: str) -> Plan:
    """With what the point needs: a chore that writes such a file, an engine of its own."""
    if point in _kill_points.ENGINE:
        return replace(plan, point=point, times=1, child=True)
    if point.split(":")[0] in CHORES:
        return replace(plan, point=point, times=1, chore=1 + time.monotonic_ns() % 10**9)
    return replace(plan, point=point)


def _phase(done: Round, seen: Seen, folders: list[Path], home: Home) -> str:
    """In what state the home was left."""
    if done.plan.child:
        return "with an engine of its own"
    if not done.begun:
        return "at restart, before it was done" if "opened" in done.told else "while the library was opened"
    if any(file.startswith(str(home.backups)) for file in seen.temporary):
        return "a backup half made"
    if any(Path(file).parent in folders for file in seen.temporary):
        return "a picture half written"
    if seen.temporary:
        return "another file half written"
    if seen.loose:
        return "a file without its row"
    return "jobs running, no file yet" if seen.ids("running") else "nothing running"


@contextlib.contextmanager
def _hearing(pipe: int, done: Round) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(pipe)


def _hear(pipe: int, done: Round) -> bool:
    """False when the worker is gone."""
    data = os.read(pipe, 65536)
    for line in data.decode().splitlines():
        if line.startswith("kill "):
            _, target, point = line.split(" ", 2)
            done.kills.append((target, point))
        else:
            done.told.append(line)
    return bool(data)


def _engine_of(worker: int, done: Round) -> int | None:
    """The engine's process that the worker has now."""
    with contextlib.suppress(psutil.Error, IndexError):
        process = psutil.Process(done.engines[-1])
        if process.ppid() == worker and process.status() != psutil.STATUS_ZOMBIE:
            return process.pid
    return None


def _alive(pids: list[int], mark: str) -> list[int]:
    """Those that carry our mark and are still there after a while: an engine ends with its parent's pipe."""
    until = time.monotonic() + GONE_SECONDS
    left = [pid for pid in pids if _marked(pid, mark)]
    while left and time.monotonic() < until:
        time.sleep(0.01)
        left = [pid for pid in left if _marked(pid, mark)]
    return left


def _marked(pid: int, mark: str) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARK) == mark
    except psutil.Error:
        return False
