"""Several processes of one training, each with its own share of a batch."""

import torch
import torch.distributed as dist
from torch import Tensor


def gathered(own: Tensor) -> Tensor:
    """(N, …) of each process, equally many, → (W N, …) in the processes' order; gradients reach this
    process's own part as if the others' losses were counted too."""
    if not (dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1):
        return own
    parts = [torch.empty_like(own) for _ in range(dist.get_world_size())]
    dist.all_gather(parts, own.detach().contiguous())
    return joined(parts, own, dist.get_rank())


def joined(parts: list[Tensor], own: Tensor, rank: int) -> Tensor:
    """`parts` with `own`, which carries gradients, at its place. Every process computes the same loss of all
    parts; the mean of their gradients would count each part once in W, so `own`'s gradient is W times its
    own."""
    times = len(parts)
    if own.is_floating_point():
        own = own.detach() + (own - own.detach()) * times
    return torch.cat([*parts[:rank], own, *parts[rank + 1 :]])
