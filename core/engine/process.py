"""The engine in a child process, with the same calls. A crash there (a CUDA fault, no memory) ends only the
child: the call raises EngineDied, and the next call starts a fresh one.

The child is a new interpreter that runs `core.engine.child`, never a copy of this program: nothing of the
window is imported there. It is also replaced after an unforeseen exception, because a CUDA error sticks to
its process.
"""

import contextlib
import errno
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from core.engine import EngineDied, EngineFailed, EngineOptions, OnStep, Rendered, Scan, Step, wire
from core.environment import ENVIRONMENT
from core.errors import Cancelled, KnownError
from core.faces import Box
from core.spec import Kind, Reference, RenderSpec

END_SECONDS = 5.0
KEPT_LINES = 60
FULL = (errno.ENOSPC, errno.EDQUOT)
T = TypeVar("T")


class ProcessEngine:
    """An engine in a process of its own, started at the first call. For one thread at a time."""

    def __init__(self, options: EngineOptions, engine: wire.EngineName = "local") -> None:
        self._opening = wire.Open(engine, options)
        self._child: _Child | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._child.process.pid if self._child else None

    def scan(self, photo: Path) -> Scan:
        return self._ask(wire.ScanCall(photo), Scan)

    def group(self, embeddings: Sequence[bytes]) -> list[int]:
        return self._ask(wire.GroupCall(list(embeddings)), list[int])

    def prepare(self, photo: Path, box: Box | None, kind: Kind, size: int) -> Reference:
        return self._ask(wire.PrepareCall(photo, box, kind, size), Reference)

    def batch_size(self, spec: RenderSpec) -> int:
        return self._ask(wire.BatchSizeCall(spec), int)

    def render(
        self, specs: Sequence[RenderSpec], on_step: OnStep, batch_size: int | None = None
    ) -> list[Rendered]:
        return self._ask(wire.RenderCall(list(specs), batch_size), list[Rendered], on_step)

    def abort(self) -> None:
        child = self._child
        if child:
            child.process.kill()

    def close(self) -> None:
        child, self._child = self._child, None
        if child:
            child.end()

    def _ask(self, call: wire.Call, kind: type[T], on_step: OnStep | None = None) -> T:
        child = self._child = self._child or _Child(self._opening)
        try:
            reply, stopped = _exchange(child, call, on_step)
        except (EOFError, OSError) as error:
            raise self._buried(child) from error
        except BaseException:
            # An interrupt left the call half answered.
            self.close()
            raise
        if isinstance(reply, wire.Failed):
            self.close()
        if stopped:
            raise stopped
        return _value(reply, kind)

    def _buried(self, child: "_Child") -> EngineDied:
        self._child = None
        code = child.end()
        return EngineDied(code, "\n".join(child.last_lines))


class _Child:
    """One child process and its three pipes."""

    def __init__(self, opening: wire.Open) -> None:
        self.process = subprocess.Popen(
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | ENVIRONMENT,
            **_of_its_own(),
        )
        self.requests = cast(BinaryIO, self.process.stdin)
        self.answers = cast(BinaryIO, self.process.stdout)
        self.last_lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._listener = threading.Thread(target=self._hear_errors, name="engine-errors", daemon=True)
        self._listener.start()
        with contextlib.suppress(OSError):  # dead already: the first answer tells
            wire.send(self.requests, opening)

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
    child: _Child, call: wire.Call, on_step: OnStep | None
) -> tuple[wire.FromEngine, BaseException | None]:
    """Sends a call and hands on its steps until it is answered. What `on_step` raises stops the call, and is
    returned once the child is ready for the next."""
    wire.send(child.requests, call)
    stopped: BaseException | None = None
    while True:
        reply = wire.receive(child.answers, wire.FromEngine)
        if not isinstance(reply, wire.Stepped):
            return reply, stopped
        if on_step and stopped is None:
            stopped = _stopped_by(on_step, reply.step)
            if stopped:
                wire.send(child.requests, wire.Stop())


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
        case wire.Failed(text, _, number) if number in FULL:
            raise OSError(number, text)
        case wire.Failed(text, traceback, _):
            raise EngineFailed(text, traceback)
        case _:
            raise Cancelled


def _command() -> list[str]:
    root = str(Path(__file__).resolve().parent.parent.parent)
    # -P: a file in the current folder must not stand in for a library.
    found = f"import sys; {root!r} in sys.path or sys.path.insert(0, {root!r})"
    return [sys.executable, "-P", "-c", f"{found}; from core.engine.child import main; main()"]


def _of_its_own() -> dict[str, Any]:
    """A process group of its own: a Ctrl-C in the terminal goes to the parent alone."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"process_group": 0}
