"""How fast the weights learn at each update."""

import math

from core.training.config import StageConfig


def factor(config: StageConfig, update: int) -> float:
    """Of the stage's rate at update `update`, from 0: a straight rise over `warmup` updates, then constant or
    half a cosine down to `floor` at the last one."""
    if update < config.warmup:
        return (update + 1) / config.warmup
    if config.schedule == "constant":
        return 1.0
    done = (update - config.warmup) / max(1, config.steps - 1 - config.warmup)
    return config.floor + (1 - config.floor) * (1 + math.cos(math.pi * min(1.0, done))) / 2
