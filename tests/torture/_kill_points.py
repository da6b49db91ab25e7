"""The named points at which a worker is killed: for each, how the worker is brought to die just there.

A point is set inside a forked worker, which dies of it: nothing is ever put back.
"""

import os
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import batches, runner
from core.engine import process, wire
from core.errors import KnownError
from core.library import backup, check, files, jobs, open_library
from core.paths import Home

AFTER_ITS_DEATH = "engine: dead, not committed"
ANSWER_BYTES = 50_000
"""More than a step's message, less than a picture."""


class Death:
    """Kills whom it is told to, the `times`-th time it is met, and again as often as `again` says."""

    def __init__(
        self, home: Home, tell: Callable[[str], None], point: str, target: str, times: int, again: int
    ) -> None:
        self.home, self.point, self.target = home, point, target
        self.tell, self._times, self._again = tell, times, again
        self._left = times
        self.engine_pid: Callable[[], int | None] = lambda: None
        self.saving_maps = False
        self._needs_an_engine = target != "worker" or (point in ENGINE and point != AFTER_ITS_DEATH)

    def __call__(self) -> None:
        self._left -= 1
        pid = self.engine_pid()
        if self._left > 0 or self._again < 0 or (self._needs_an_engine and pid is None):
            return
        self._left, self._again = self._times, self._again - 1
        self.tell(f"kill {self.target} {self.point}")
        if pid is not None and self.target != "worker":
            os.kill(pid, signal.SIGKILL)
        if self.target != "engine":
            os.kill(os.getpid(), signal.SIGKILL)

    def area(self, file: Path) -> str:
        """What is being written at `file`: pictures may lie in several folders."""
        folders = {"backups": "backup", "references": "reference", "cache": "note", "reports": "report"}
        for each in file.parents:
            if each == self.home.root:
                return "settings" if file.parent == each else "picture"
            if each.parent == self.home.root and each.name in folders:
                return folders[each.name]
        return "picture"


Setting = Callable[[Death], None]


def before(owner: Any, name: str) -> Setting:
    return lambda die: _around(owner, name, die, before=True)


def after(owner: Any, name: str) -> Setting:
    return lambda die: _around(owner, name, die, before=False)


def event(name: str) -> Setting:
    """As a listener is told of it, or would have been."""

    def set_it(die: Death) -> None:
        emit = runner.Runner._emit

        def dying(self: runner.Runner, event: Any) -> None:
            if type(event).__name__ == name:
                die()
            emit(self, event)

        runner.Runner._emit = dying

    return set_it


def _around(owner: Any, name: str, die: Death, *, before: bool) -> None:
    whole = getattr(owner, name)

    def dying(*arguments: Any, **named: Any) -> Any:
        if before:
            die()
        result = whole(*arguments, **named)
        if not before:
            die()
        return result

    setattr(owner, name, dying)


def _writing(area: str, stage: str) -> Setting:
    """While a file of this kind is written: its temporary file empty, half, whole but not yet on the disk, on
    the disk but not named, named."""

    def set_it(die: Death) -> None:
        _know_maps(die)

        def here(file: Path) -> bool:
            if area in ("picture", "maps") and die.saving_maps != (area == "maps"):
                return False
            return die.area(file) == ("picture" if area == "maps" else area)

        STAGES[stage](die, here)

    return set_it


def _know_maps(die: Death) -> None:
    save = files.save_maps

    def saving(*arguments: Any) -> None:
        die.saving_maps = True
        try:
            save(*arguments)
        finally:
            die.saving_maps = False

    files.save_maps = saving


Here = Callable[[Path], bool]


def _empty(die: Death, here: Here) -> None:
    make = tempfile.mkstemp

    def dying(*arguments: Any, **named: Any) -> tuple[int, str]:
        made = make(*arguments, **named)
        if here(Path(made[1])):
            die()
        return made

    tempfile.mkstemp = dying


def _half(die: Death, here: Here) -> None:
    write = Path.write_bytes

    def dying(self: Path, data: bytes) -> int:
        if here(self):
            write(self, data[: len(data) // 2])
            die()
        return write(self, data)

    Path.write_bytes = dying


def _unsynced(die: Death, here: Here) -> None:
    open_it = Path.open

    def dying(self: Path, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        if mode == "rb+" and here(self):
            die()
        return open_it(self, mode, *arguments, **named)

    Path.open = dying


def _unnamed(die: Death, here: Here) -> None:
    replace = Path.replace

    def dying(self: Path, target: Path) -> Path:
        if here(target):
            die()
        return replace(self, target)

    Path.replace = dying


def _named(die: Death, here: Here) -> None:
    replace = Path.replace

    def dying(self: Path, target: Path) -> Path:
        replaced = replace(self, target)
        if here(target):
            die()
        return replaced

    Path.replace = dying


STAGES: dict[str, Callable[[Death, Here], None]] = {
    "temporary file empty": _empty,
    "temporary file half written": _half,
    "temporary file whole, not on the disk": _unsynced,
    "temporary file whole, without its name": _unnamed,
    "named, nothing after": _named,
}


def _half_a_backup(die: Death) -> None:
    """In the middle of SQLite's own work: every hundred of its steps the point is met."""
    connect = backup.sqlite3.connect

    def watched(database: Any, *arguments: Any, **named: Any) -> Any:
        raw = connect(database, *arguments, **named)
        if Path(database) == die.home.database and "isolation_level" in named:
            raw.set_progress_handler(die, 100)
        return raw

    copy = backup._copy

    def copying(source: Path, target: Path) -> None:
        backup.sqlite3.connect = watched
        copy(source, target)
        backup.sqlite3.connect = connect

    backup._copy = copying


def _between_its_two_files(die: Death) -> None:
    """A picture is removed: its maps are gone, it is not."""
    from core import relevance_map

    def remove(path: Path) -> None:
        relevance_map.path_of(path).unlink(missing_ok=True)
        die()
        path.unlink(missing_ok=True)

    files.remove_picture = remove


def _a_temporary_file_removed(die: Death) -> None:
    unlink = Path.unlink

    def dying(self: Path, missing_ok: bool = False) -> None:
        unlink(self, missing_ok)
        if self.name.endswith(".part"):
            die()

    Path.unlink = dying


def _fault_then(setting: Setting) -> Setting:
    """The first picture cannot be saved: what runs is put back, and the worker dies meanwhile."""

    def set_it(die: Death) -> None:
        save = files.save_picture

        def failing(*arguments: Any) -> Any:
            files.save_picture = save
            setting(die)
            raise KnownError("The disk refuses.")

        files.save_picture = failing

    return set_it


def _stop_then(setting: Setting) -> Setting:
    """The user closes the program in the middle of a picture, and it is killed while it puts that back."""

    def set_it(die: Death) -> None:
        emit = runner.Runner._emit

        def stopping(self: runner.Runner, event: Any) -> None:
            if type(event).__name__ == "JobProgress" and not self._stopping.is_set():
                self._stopping.set()
                setting(die)
            emit(self, event)

        runner.Runner._emit = stopping

    return set_it


def _dead_in_the_middle(die: Death) -> None:
    """Engines die of their picture, one after the other, until the worker does as it notes that."""
    emit = runner.Runner._emit

    def deadly(self: runner.Runner, event: Any) -> None:
        pid = die.engine_pid()
        if type(event).__name__ == "JobProgress" and pid is not None:
            die.tell("kill engine at random")
            os.kill(pid, signal.SIGKILL)
        emit(self, event)

    runner.Runner._emit = deadly
    after(jobs, "fail")(die)


def _cancelled_meanwhile(die: Death) -> None:
    """The job is cancelled when its picture is rendered, and the worker dies as it takes the file away."""
    save = files.save_picture

    def cancelling(folder: Path, name: str, *arguments: Any) -> Any:
        saved = save(folder, name, *arguments)
        library = open_library(die.home)
        number = int(name.split("-")[2])
        die.tell(f"cancelling {number}")
        with library.write() as session:
            jobs.cancel(session, [number])
        die.tell(f"cancelled {number}")
        _between_its_two_files(die)
        return saved

    files.save_picture = cancelling


def _half_an_answer(die: Death) -> None:
    exactly = wire._exactly

    def dying(pipe: Any, count: int) -> bytes:
        if count > ANSWER_BYTES:
            die()
        return exactly(pipe, count)

    wire._exactly = dying


def _answered(die: Death) -> None:
    _around(process.ProcessEngine, "render", die, before=False)


RESTART: dict[str, Setting] = {
    "restart: nothing done yet": before(runner.Runner, "_begin"),
    "restart: leftovers still there": before(runner, "remove_leftovers"),
    "restart: maps removed, picture not yet": _between_its_two_files,
    "restart: a temporary file removed": _a_temporary_file_removed,
    "restart: leftovers removed, nothing requeued": before(jobs, "requeue_running"),
    "restart: requeued, not committed": after(jobs, "requeue_running"),
    "restart: committed": after(runner.Runner, "_begin"),
}
BACKUP: dict[str, Setting] = {
    "backup: half written": _half_a_backup,
    "backup: whole, not looked through": after(backup, "_copy"),
    "backup: named, the oldest not deleted": before(backup, "_prune"),
    "backup: the oldest deleted": after(backup, "_prune"),
}
JOB: dict[str, Setting] = {
    "between batches": before(jobs, "peek"),
    "before the claim": before(jobs, "claim"),
    "claimed, not committed": after(jobs, "claim"),
    "claim committed": event("JobStarted"),
    "mid-step": event("JobProgress"),
    "before the temporary file": before(files, "save_picture"),
    "picture whole, no maps": before(files, "save_maps"),
    "picture and maps whole, no row": after(files, "save_picture"),
    "row written, not committed": after(jobs, "finish"),
    "committed, not told": event("JobFinished"),
    "cancelled, its file half removed": _cancelled_meanwhile,
    "a fault: before what runs is put back": _fault_then(before(batches, "remove_leftovers")),
    "a fault: put back, not committed": _fault_then(after(jobs, "release")),
    "a fault: put back, not paused": _fault_then(before(jobs, "pause")),
    "a fault: paused, not committed": _fault_then(after(jobs, "pause")),
    "stopped: before what runs is put back": _stop_then(before(jobs, "release")),
    "stopped: put back, not committed": _stop_then(after(jobs, "release")),
    "stopped: closing the library": _stop_then(before(check, "remember")),
}
WRITING: dict[str, Setting] = {
    f"{area}: {stage}": _writing(area, stage)
    for area in ("picture", "maps", "reference", "note", "report", "settings", "backup")
    for stage in STAGES
    if (area, stage) != ("backup", "temporary file half written")  # SQLite writes that one
}
ENGINE: dict[str, Setting] = {
    "engine: starting": after(process._Child, "__init__"),
    "engine: idle between batches": before(jobs, "peek"),
    "engine: claim committed": event("JobStarted"),
    "engine: rendering": event("JobProgress"),
    "engine: in the middle of its answer": _half_an_answer,
    "engine: has answered": _answered,
    AFTER_ITS_DEATH: _dead_in_the_middle,
}
NAMED = RESTART | BACKUP | JOB | WRITING
EVERY = NAMED | ENGINE


@dataclass(frozen=True)
class Turn:
    """A point, after those that leave behind what it needs; and who is killed there."""

    points: tuple[str, ...]
    target: str = "worker"


LEAVING = {
    "restart: maps removed, picture not yet": "picture and maps whole, no row",
    "restart: a temporary file removed": "picture: temporary file half written",
}
TURNS = tuple(Turn((LEAVING[point], point) if point in LEAVING else (point,)) for point in NAMED)
ENGINE_TURNS = tuple(
    Turn((point,), target)
    for point in ENGINE
    for target in ("engine", "worker", "both")
    if point != AFTER_ITS_DEATH or target == "worker"
)
