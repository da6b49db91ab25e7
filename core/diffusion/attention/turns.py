"""Guidance's two halves one after the other: each layer keeps a frame for either, and whose turn it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from core.diffusion.attention.frame import Frame


@dataclass
class Turn:
    """Which of the passes through the UNet is running; shared by all layers."""

    now: int = 0


class InTurn:
    """One layer's frames, one for each pass."""

    def __init__(self, frames: Sequence[Frame], turn: Turn) -> None:
        self.frames, self.turn = frames, turn

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor,
        attention_mask: None = None,
        **_: Any,
    ) -> Tensor:
        """As `Frame`, for the rows of the pass that is running."""
        return self.frames[self.turn.now](attn, hidden_states, encoder_hidden_states)


def in_turn(passes: Sequence[Mapping[str, Frame]], turn: Turn) -> dict[str, Frame | InTurn]:
    """By layer; a single pass's frames are put on as they are."""
    if len(passes) == 1:
        return dict(passes[0])
    return {name: InTurn([frames[name] for frames in passes], turn) for name in passes[0]}
