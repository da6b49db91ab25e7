"""The exponential moving average of what learns: steadier than the weights of any one step, and what is
written into files."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class Average:
    """avg ← d avg + (1 − d) w after every update. d grows from 0.1 to `decay` over the first updates, so that
    random beginnings do not stay; decay 0 keeps no average: the weights themselves are used."""

    def __init__(self, weights: Mapping[str, nn.Parameter], decay: float) -> None:
        self._weights, self._decay = dict(weights), decay
        self.values = {name: weight.detach().clone() for name, weight in weights.items()} if decay else {}

    @torch.no_grad()
    def update(self, updates: int) -> None:
        """`updates`: how many there were before this one."""
        if not self._decay:
            return
        decay = min(self._decay, (1 + updates) / (10 + updates))
        weights: list[Tensor] = [self._weights[name].data for name in self.values]
        torch._foreach_lerp_(list(self.values.values()), weights, 1 - decay)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within the block the weights are the average's; afterwards, whatever happened, their own again."""
        own = {name: self._weights[name].data for name in self.values}
        try:
            for name, value in self.values.items():
                self._weights[name].data = value
            yield
        finally:
            for name, value in own.items():
                self._weights[name].data = value

    def load(self, values: Mapping[str, Tensor]) -> None:
        for name, value in self.values.items():
            value.copy_(values[name])
