"""What every stage learns from: pictures, their captions, and who is where in them.

Shapes: B pictures of H × W pixels, at most M subjects in one, R views of each subject, S the side of a view
(the image encoder's input).
"""

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from core.diffusion.plan import Span


@dataclass(frozen=True)
class Words:
    """One picture's caption, and of each of its subjects, in their order, the noun and where it stands in the
    caption, in characters: tokens differ between text encoders, characters do not."""

    caption: str
    nouns: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        for noun, (start, end) in zip(self.nouns, self.spans, strict=True):
            if self.caption[start:end] != noun:
                raise ValueError(f"“{noun}” is not what stands at {start}:{end} of “{self.caption}”")


@dataclass(frozen=True)
class Batch:
    """`pixels` (B, 3, H, W) in [−1, 1]. Of each subject: `present` (B, M), whether there is one; `masks` (B,
    M, H, W) in [0, 1], where it is; `faces` (B, M, 4), its face's left, top, right and bottom in pixels, NaN
    where there is none; `views` (B, M, R, 3, S, S) in [0, 1], square crops of other pictures of it (1.3 times
    the box, as PhotoVerse cuts them), with their surroundings; `view_masks` (B, M, R, 1, S, S) in [0, 1];
    `identities` (B, M), equal for the same person or object and for nobody else, −1 where none is present."""

    pixels: Tensor
    words: tuple[Words, ...]
    present: Tensor
    masks: Tensor
    faces: Tensor
    views: Tensor
    view_masks: Tensor
    identities: Tensor

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def subjects(self) -> int:
        """M."""
        return self.present.shape[1]

    def to(self, device: torch.device | str) -> "Batch":
        moved: dict[str, Any] = {
            name: value.to(device) for name, value in vars(self).items() if isinstance(value, Tensor)
        }
        return replace(self, **moved)
