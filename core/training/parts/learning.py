"""What of a model learns, and how its weights are given to the optimiser."""

from typing import Any

import torch
from torch import nn

from core.training.stage import Group


def trained(part: Any) -> Any:
    """A part that learns, in plain memory order: on a CPU the backward of a bf16 GroupNorm ends the process
    on channels-last input."""
    return part.to(memory_format=torch.contiguous_format).requires_grad_(True)


def groups_of(module: nn.Module, factor: float = 1.0) -> list[Group]:
    """All of a module that learns: matrices and kernels decay; biases, norms and temperatures are not drawn
    towards 0, which means nothing to them."""
    learning = [weight for weight in module.parameters() if weight.requires_grad]
    pairs = (([w for w in learning if w.ndim > 1], True), ([w for w in learning if w.ndim <= 1], False))
    return [Group(weights, factor, decay) for weights, decay in pairs if weights]
