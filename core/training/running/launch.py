"""Starts training in a process of its own, or in several by accelerate's launcher, and hears what they tell.
Imports nothing heavy: the command line and tests wait here."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from core import ourselves
from core.environment import ENVIRONMENT
from core.errors import KnownError
from core.training.running.order import Ended, Message, Order, Refused, decode, write_order

ORDER = "order.json"
ROOT = Path(__file__).resolve().parents[3]


def run(order: Order, processes: int = 1) -> Iterator[Message]:
    """What the training tells, until it ended in order. Ctrl-C and SIGTERM end it in order too, with a
    checkpoint. Raises KnownError for what it refused, and when it ended otherwise."""
    command = _command(_written(order), order, processes)
    environment = os.environ | ENVIRONMENT | {"PYTHONPATH": str(ROOT)}
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process,
        _passed_on(process),
    ):
        assert process.stdout is not None
        ended = False
        for line in process.stdout:
            with contextlib.suppress(msgspec.DecodeError):
                message = decode(line)
                if isinstance(message, Refused):
                    raise KnownError(message.reason)
                ended = isinstance(message, Ended)
                yield message
        if process.wait() != 0 or not ended:
            raise KnownError(
                f"The training's process ended unexpectedly ({_how(process.returncode)}). Its last "
                "checkpoint is kept: the same command goes on from there."
            )


def _written(order: Order) -> Path:
    try:
        order.out.mkdir(parents=True, exist_ok=True)
        file = order.out / ORDER
        write_order(file, order)
    except OSError as error:
        raise KnownError(f"{order.out} cannot be written to: {error.strerror}.") from error
    return file


def _command(file: Path, order: Order, processes: int) -> list[str]:
    if processes == 1:
        return ourselves.command("core.training.running.child", str(file))
    if getattr(sys, "frozen", False):
        raise KnownError("Several processes need Likeness installed as a Python package.")
    return [
        sys.executable, "-m", "accelerate.commands.launch",
        "--cpu" if order.device == "cpu" else "--multi_gpu",
        "--num_processes", str(processes), "--num_machines", "1", "--mixed_precision", "no",
        "--dynamo_backend", "no", "--main_process_port", "0",
        "--module", "core.training.running.child", str(file),
    ]  # fmt: skip


@contextlib.contextmanager
def _passed_on(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Who is told to end tells the training, and waits for its checkpoint. A terminal's Ctrl-C reaches it by
    itself; twice is once."""
    before = {
        each: signal.signal(each, lambda *_: process.send_signal(signal.SIGTERM))
        for each in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _how(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"
