"""Where batches come from."""

from typing import Protocol

from core.training.batch import Batch


class Source(Protocol):
    """Batches without end. `describe` says in a few lines what they are made of, for the model card: data,
    licence, how many people, which are held out."""

    def batch(self, count: int, step: int, rank: int = 0) -> Batch:
        """`count` pictures for this step of this process. The same step and rank give the same batch, so that
        a run that was stopped goes on as if it had not been, as far as the source can promise it."""
        ...

    def describe(self) -> dict[str, str]: ...
