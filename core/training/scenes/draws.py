"""Random numbers with names, from one generator on the CPU: the same on every device."""

from collections.abc import Sequence

import torch
from torch import Tensor

_PRIMES = (1_000_003, 7_368_787, 15_485_863)


def generator(*numbers: int) -> torch.Generator:
    """One that depends on each of the numbers and their order."""
    seed = 0x5EED
    for place, number in enumerate(numbers):
        seed = (seed * 6_364_136_223_846_793_005 + (number + 1) * _PRIMES[place % 3] + 1_442_695) % 2**63
    return torch.Generator().manual_seed(seed)


class Draws:
    """`generator` is the CPU's; what it gives lies on the CPU."""

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        return torch.rand(shape, generator=self.generator) * (high - low) + low

    def normal(self, spread: float, *shape: int) -> Tensor:
        """Never further out than 2.2 spreads: nothing grotesque by chance."""
        return (torch.randn(shape, generator=self.generator) * spread).clamp(-2.2 * spread, 2.2 * spread)

    def chance(self, odds: float, *shape: int) -> Tensor:
        return torch.rand(shape, generator=self.generator) < odds

    def among(self, odds: Sequence[float] | Tensor, *shape: int) -> Tensor:
        """Places of `odds`, each as often as they say."""
        weights = torch.as_tensor(odds, dtype=torch.float32)
        count = int(torch.Size(shape).numel())
        if not count:  # nobody is in these scenes
            return torch.zeros(shape, dtype=torch.long)
        return torch.multinomial(weights, count, replacement=True, generator=self.generator).view(shape)

    def rows(self, odds: Tensor) -> Tensor:
        """One place of each row of `odds` (N, K): (N,)."""
        return torch.multinomial(odds, 1, generator=self.generator)[:, 0]

    def even(self, below: int, *shape: int) -> Tensor:
        return torch.randint(below, shape, generator=self.generator)
