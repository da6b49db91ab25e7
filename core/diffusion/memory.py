"""What to do when memory runs out: the same work again, each time with one more saving."""

import gc
import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch

from core.economy import Economy, Saving
from core.errors import KnownError

log = logging.getLogger(__name__)
T = TypeVar("T")

SENTENCES = (
    "t allocate memory",
    "not enough memory",  # on Windows
    "out of memory",
    "bad_alloc",
    "t start new thread",  # there was none for its stack
    "could not create a primitive",  # oneDNN's convolutions say no more than that
    "could not execute a primitive",
)
"""Of a CPU's libraries, which have no exception of their own."""


class NotEnoughMemory(KnownError):
    """Nothing more can be saved."""


def climb(
    work: Callable[[Economy], T], economy: Economy, rungs: Sequence[Saving], reason: str
) -> tuple[T, Economy]:
    """`work` at `economy`, and while memory does not suffice again with one more of `rungs`. What it gave,
    and what it was done with. Raises NotEnoughMemory with `reason` when the last one failed too."""
    while True:
        try:
            return work(economy), economy
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
        # Only here, outside the except block, are the failed attempt's tensors gone.
        free()
        cheaper = economy.further(rungs)
        if cheaper is None:
            raise NotEnoughMemory(reason)
        log.warning("Not enough memory; once more: %s.", cheaper.text)
        economy = cheaper


def free() -> None:
    """Gives memory back that nothing refers to any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def out_of_memory(error: BaseException) -> bool:
    """CUDA has an exception of its own; a CPU's allocator has only a sentence."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(each in str(error).lower() for each in SENTENCES)
