"""The engine in a child process, with the same calls. A crash there (a CUDA fault, no memory) ends only the
child: the call raises EngineDied, and the next call starts a fresh one.

The child is a new interpreter that runs `core.engine.child`, never a copy of this program: nothing of the
window is imported there. It is also replaced after an unforeseen exception, because a CUDA error sticks to
its process; when it says nothing for too long (EngineHung); and when its memory grew.
"""

import contextlib
import errno
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from core import ourselves
from core.discreet import trace
from core.economy import AS_ASKED, Economy
from core.engine import (
    EngineCannotStart,
    EngineDied,
    EngineFailed,
    EngineHung,
    EngineOptions,
    OnStep,
    Rendered,
    Scan,
    Step,
    wire,
)
from core.engine.growth import Growth, Limits
from core.engine.silence import Patience, Silences, Watchdog
from core.environment import ENVIRONMENT
from core.errors import Cancelled, KnownError, PartlyDone
from core.faces import Box
from core.log import log
from core.spec import Kind, Reference, RenderSpec

END_SECONDS = 5.0
KEPT_LINES = 60
FULL = (errno.ENOSPC, errno.EDQUOT)
T = TypeVar("T")


class ProcessEngine:
    """An engine in a process of its own, started at the first call. For one thread at a time."""

    def __init__(
        self,
        options: EngineOptions,
        engine: wire.EngineName = "local",
        patience: Patience | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._opening = wire.Open(engine, options)
        self._child: _Child | None = None
        self._silences = Silences(patience)
        self._limits = limits

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._child.process.pid if self._child else None

    def start(self) -> None:
        try:
            self._ask(wire.StartCall(), type(None))
        except (KnownError, EngineDied, EngineFailed, OSError) as error:
            self.close()
            raise EngineCannotStart(_why(error)) from error

    def scan(self, photo: Path) -> Scan:
        return self._ask(wire.ScanCall(photo), Scan)

    def group(self, embeddings: Sequence[bytes]) -> list[int]:
        return self._ask(wire.GroupCall(list(embeddings)), list[int])

    def prepare(self, photo: Path, box: Box | None, kind: Kind, size: int) -> Reference:
        return self._ask(wire.PrepareCall(photo, box, kind, size), Reference)

    def batch_size(self, spec: RenderSpec) -> int:
        self._start_first()
        return self._ask(wire.BatchSizeCall(spec), int)

    def render(
        self,
        specs: Sequence[RenderSpec],
        on_step: OnStep,
        batch_size: int | None = None,
        economy: Economy = AS_ASKED,
    ) -> list[Rendered]:
        self._start_first()
        call = wire.RenderCall(list(specs), batch_size, economy)
        pictures = self._ask(call, list[Rendered], on_step)
        if self._child and self._child.growth.made(len(pictures)):
            log("engine").info("the engine's process has grown and is replaced")
            self.close()
        return pictures

    def abort(self) -> None:
        child = self._child
        if child:
            child.process.kill()

    def close(self) -> None:
        child, self._child = self._child, None
        if child:
            child.end()

    def _start_first(self) -> None:
        if self._child is None or _kind(wire.StartCall()) not in self._child.answered:
            self.start()

    def _ask(self, call: wire.Call, kind: type[T], on_step: OnStep | None = None) -> T:
        child = self._child = self._child or _Child(self._opening, self._limits)
        watchdog = Watchdog(self._silences, child.comparable(call), child.process.kill)
        try:
            with watchdog:
                reply, stopped = _exchange(child, call, on_step, watchdog)
        except (EOFError, OSError) as error:
            raise self._buried(child, watchdog.silent_for) from error
        except BaseException:
            # An interrupt left the call half answered.
            self.close()
            raise
        child.answered.add(_kind(call))
        if isinstance(reply, wire.Failed):
            self.close()
        if stopped:
            raise stopped
        return _value(reply, kind)

    def _buried(self, child: "_Child", silent_for: float | None) -> EngineDied:
        self._child = None
        code = child.end()
        last = "\n".join(child.last_lines)
        where = "".join(f"\n{line}" for line in trace(list(child.last_lines)))
        log("engine").warning("the engine's process ended with code %d%s", code, where)
        return EngineDied(code, last) if silent_for is None else EngineHung(silent_for, last)


class _Child:
    """One child process and its three pipes."""

    def __init__(self, opening: wire.Open, limits: Limits | None) -> None:
        self.process = subprocess.Popen(
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | ENVIRONMENT,
            **_of_its_own(),
        )
        self.growth = Growth(self.process.pid, limits)
        self.answered: set[Hashable] = set()
        self.requests = cast(BinaryIO, self.process.stdin)
        self.answers = cast(BinaryIO, self.process.stdout)
        self.last_lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._listener = threading.Thread(target=self._hear_errors, name="engine-errors", daemon=True)
        self._listener.start()
        with contextlib.suppress(OSError):  # dead already: the first answer tells
            wire.send(self.requests, opening)

    def comparable(self, call: wire.Call) -> Hashable | None:
        """What the wait for a photo's faces is like; nothing, before the face models are loaded."""
        known = isinstance(call, wire.ScanCall) and _kind(call) in self.answered
        return _kind(call) if known else None

    def end(self) -> int:
        """Closes the pipe, which ends the child; kills it when it will not. Its exit code."""
        with contextlib.suppress(OSError):
            self.requests.close()
        try:
            code = self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._listener.join(END_SECONDS)
        self.answers.close()
        return code

    def _hear_errors(self) -> None:
        with cast(BinaryIO, self.process.stderr) as errors:
            for line in errors:
                self.last_lines.append(line.decode(errors="replace").rstrip())


def _exchange(
    child: _Child, call: wire.Call, on_step: OnStep | None, watchdog: Watchdog
) -> tuple[wire.FromEngine, BaseException | None]:
    """Sends a call and hands on its steps until it is answered. What `on_step` raises stops the call, and is
    returned once the child is ready for the next."""
    wire.send(child.requests, call)
    stopped: BaseException | None = None
    while True:
        reply = wire.receive(child.answers, wire.FromEngine)
        if not isinstance(reply, wire.Stepped):
            watchdog.heard(None)
            return reply, stopped
        last = reply.step.step == reply.step.steps
        watchdog.heard((_kind(call), "last" if last else "step"))
        if on_step and stopped is None:
            stopped = _stopped_by(on_step, reply.step)
            if stopped:
                wire.send(child.requests, wire.Stop())


def _kind(call: wire.Call) -> Hashable:
    """Equal for calls whose steps take about equally long."""
    if not isinstance(call, wire.RenderCall):
        return type(call).__name__
    one = call.specs[0]
    pictures = call.batch_size or len(call.specs)
    return one.model, one.method, one.width, one.height, one.precision, pictures, call.economy


def _why(error: Exception) -> str:
    """The last line a dead process wrote is most often the reason."""
    last = error.stderr.splitlines()[-1:] if isinstance(error, EngineDied) else []
    return " ".join([str(error).rstrip("."), *last])


def _stopped_by(on_step: OnStep, step: Step) -> BaseException | None:
    try:
        on_step(step)
    except BaseException as error:
        return error
    return None


def _value(reply: wire.FromEngine, kind: type[T]) -> T:
    match reply:
        case wire.Answer(value):
            return wire.unpack(value, kind)
        case wire.Known(text):
            raise KnownError(text)
        case wire.Partly(made, reasons):
            raise PartlyDone(made, reasons)
        case wire.Failed(text, _, number) if number in FULL:
            raise OSError(number, text)
        case wire.Failed(text, traceback, _):
            raise EngineFailed(text, traceback)
        case _:
            raise Cancelled


def _command() -> list[str]:
    return ourselves.command("core.engine.child")


def _of_its_own() -> dict[str, Any]:
    """A process group of its own: a Ctrl-C in the terminal goes to the parent alone."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"process_group": 0}
