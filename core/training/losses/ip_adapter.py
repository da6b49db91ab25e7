"""What IP-Adapter minimises, arXiv 2308.06721 eq. 6: L_simple = E ‖ε − ε_θ(x_t, c_t, c_i, t)‖², which is
`denoising`, with the conditions c_t (text) and c_i (image) left out of some pictures so that guidance, eq. 7,
ε̂ = w ε_θ(x_t, c_t, c_i, t) + (1 − w) ε_θ(x_t, t), has an ε_θ(x_t, t) to go by."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Dropped:
    """Which of B pictures go without their image and without their text, (B,) of bool each."""

    image: Tensor
    text: Tensor

    @classmethod
    def drawn(cls, u: Tensor, image: float, text: float, both: float) -> "Dropped":
        """From u (B,), uniform in [0, 1): the image alone below `image`, the text alone in the next `text`,
        both in the next `both` (5 % each in the paper, §4.1.2)."""
        above_image, above_text = u >= image, u >= image + text
        end = u >= image + text + both
        return cls(~above_image | (above_text & ~end), above_image & ~end)

    @classmethod
    def halves(cls, count: int, device: torch.device) -> "Dropped":
        """Guidance's rows: `count` without either, then `count` with both."""
        first = torch.arange(2 * count, device=device) < count
        return cls(first, first)
