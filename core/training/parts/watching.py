"""The text's cross-attention as it renders, with its maps kept for a loss."""

import torch
from torch import Tensor

from core.diffusion.attention.frame import text_only


class Watched:
    """A mix that is `text_only`. `maps` afterwards: A (B, M, P) in fp32, with gradients, how much of each
    position's attention goes to each subject's token, mean over heads. `rows` (B, M): which token that is."""

    def __init__(self, rows: Tensor) -> None:
        self.rows = rows
        self.maps: Tensor | None = None

    def __call__(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        with torch.autocast(query.device.type, enabled=False):
            scores = query.float() @ key.float().transpose(-1, -2) / query.shape[-1] ** 0.5
        attention = scores.softmax(-1).mean(1).transpose(1, 2)  # (B, L, P)
        rows = self.rows[..., None].expand(-1, -1, attention.shape[-1])
        self.maps = attention.gather(1, rows)
        return text_only(query, key, value)
