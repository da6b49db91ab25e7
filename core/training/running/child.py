"""The training's own process: reads its order from a file, says what happens as JSON lines. Started alone, or
several times by accelerate's launcher.

It ends in order, with a checkpoint, when it is told to (Ctrl-C, SIGTERM) and when its parent is gone.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from core.environment import set_environment
from core.errors import KnownError
from core.training.running.order import Message, Order, Refused, encode, read_order

SPARE_SECONDS = 10.0
"""Of a part's minutes, for the last checkpoint and for ending."""


def main() -> None:
    """sys.argv[1]: the file with the order. Exits with 1 for a KnownError, which is told."""
    began = time.monotonic()
    set_environment()
    answers, told = _take_output(), _until_told()
    order = read_order(Path(sys.argv[1]))
    sys.exit(serve(order, lambda message: _send(answers, message), told, began))


def serve(order: Order, tell: Callable[[Message], None], told: Callable[[], bool], began: float) -> int:
    from core.training.running.loop import Limits
    from core.training.running.offline import stay_offline
    from core.training.running.run import train

    stay_offline()
    until = began + 60 * order.minutes - SPARE_SECONDS if order.minutes else float("inf")
    try:
        train(order, _accelerator(order), tell, Limits(until, told))
    except KnownError as error:
        tell(Refused(str(error)))
        return 1
    return 0


def _accelerator(order: Order) -> Any:
    import torch
    from accelerate import Accelerator, DistributedDataParallelKwargs

    torch.set_flush_denormal(True)
    asked = {config.precision for config in order.recipe.stages}
    if len(asked) > 1:
        raise KnownError("All stages of a recipe need the same precision.")
    wanted = asked.pop()
    cuda = torch.cuda.is_available() and order.device != "cpu"
    bf16 = wanted == "bf16" or (wanted == "auto" and cuda and torch.cuda.is_bf16_supported())
    return Accelerator(
        cpu=not cuda,
        mixed_precision="bf16" if bf16 else "no",
        # A branch that is left out of a step (PhotoVerse's) has no gradients in it.
        kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)],
    )


def _take_output() -> BinaryIO:
    """What libraries print goes to the error output, so that it cannot mix with the answers."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return answers


def _send(answers: BinaryIO, message: Message) -> None:
    with contextlib.suppress(BrokenPipeError):
        answers.write(encode(message) + b"\n")


def _until_told() -> Callable[[], bool]:
    told = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: told.set())
    threading.Thread(target=_watch_parent, args=(told,), name="parent", daemon=True).start()
    return told.is_set


def _watch_parent(told: threading.Event) -> None:
    """Nobody ever writes to the input: it ends when the parent does."""
    with contextlib.suppress(OSError):
        # Not sys.stdin: its lock, held by this thread, would end the process badly.
        while os.read(0, 1):
            pass
    told.set()


if __name__ == "__main__":
    main()
