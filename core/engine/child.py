"""The engine's own process: reads calls from the pipe it was given, answers on the other.

It ends when its parent does, however that ended: the parent's end of the pipe closes with it. Ctrl-C is the
parent's to decide about. What libraries print goes to the error output, so it cannot mix with the answers.
"""

import contextlib
import faulthandler
import os
import queue
import signal
import sys
import threading
import traceback
from typing import BinaryIO

from msgspec import Raw

from core.engine import Engine, Step, wire
from core.errors import Cancelled, KnownError, PartlyDone


def main() -> None:
    """Serves until the parent is gone."""
    for ignored in {signal.SIGINT, getattr(signal, "SIGBREAK", signal.SIGINT)}:
        signal.signal(ignored, signal.SIG_IGN)
    requests, answers = _take_pipes()
    faulthandler.enable(sys.stderr)
    with contextlib.suppress(OSError, EOFError):
        _Server(requests, answers).serve()
    os._exit(0)


class _Server:
    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self._requests = requests
        self._answers = answers
        self._calls: queue.SimpleQueue[wire.Call] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._opened: wire.Open = wire.receive(requests, wire.Open)
        self._engine: Engine | None = None

    def serve(self) -> None:
        threading.Thread(target=self._listen, name="listen", daemon=True).start()
        while True:
            reply = self._reply(self._calls.get())
            wire.send(self._answers, reply)

    def _listen(self) -> None:
        """Hears a stop while the engine computes, and the parent's end."""
        try:
            while True:
                message = wire.receive(self._requests, wire.ToEngine)
                if isinstance(message, wire.Stop):
                    self._stop.set()
                else:
                    self._stop.clear()
                    self._calls.put(message)
        finally:
            os._exit(0)

    def _reply(self, call: wire.Call) -> wire.FromEngine:
        try:
            return wire.Answer(Raw(wire.pack(self._do(call))))
        except Cancelled:
            return wire.Stopped()
        except PartlyDone as error:
            return wire.Partly(error.made, error.reasons)
        except KnownError as error:
            return wire.Known(str(error))
        except Exception as error:
            errno = (error.errno or 0) if isinstance(error, OSError) else 0
            return wire.Failed(f"{type(error).__name__}: {error}", traceback.format_exc(), errno)

    def _do(self, call: wire.Call) -> object:
        engine = self._open()
        match call:
            case wire.StartCall():
                engine.start()
                return None
            case wire.ScanCall(photo):
                return engine.scan(photo)
            case wire.GroupCall(embeddings):
                return engine.group(embeddings)
            case wire.PrepareCall(photo, box, kind, size):
                return engine.prepare(photo, box, kind, size)
            case wire.BatchSizeCall(spec):
                return engine.batch_size(spec)
            case wire.RenderCall(specs, batch_size, economy):
                return engine.render(specs, self._on_step, batch_size, economy)

    def _on_step(self, step: Step) -> None:
        wire.send(self._answers, wire.Stepped(step))
        if self._stop.is_set():
            raise Cancelled

    def _open(self) -> Engine:
        if self._engine is None:
            self._engine = _make(self._opened)
        return self._engine


def _make(opened: wire.Open) -> Engine:
    if opened.engine == "fake":
        from core.engine.fake import FakeEngine

        return FakeEngine.made_for(opened.options)
    from core.engine.local import LocalEngine

    return LocalEngine(opened.options)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keeps the two pipes for itself: whatever reads or prints from now on gets nothing, or the error
    output."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


if __name__ == "__main__":
    main()
