"""FastComposer's text fusion, arXiv 2305.10431 §4.1: c'[i_j] = MLP(c[i_j] ‖ φ(s_j)) at the last token i_j of
subject j's noun, after the text encoder. D: width of the text states, E: of the image embedding φ."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.errors import KnownError

PREFIX = "postfuse_module."


class MLP(nn.Module):
    """LayerNorm → Linear → GELU → Linear."""

    def __init__(self, width_in: int, hidden: int, width_out: int) -> None:
        super().__init__()
        self.layernorm = nn.LayerNorm(width_in)
        self.fc1, self.fc2 = nn.Linear(width_in, hidden), nn.Linear(hidden, width_out)
        self.act = nn.GELU()

    def forward(self, states: Tensor) -> Tensor:
        return self.fc2(self.act(self.fc1(self.layernorm(states))))


class PostFuse(nn.Module):
    """The reference form of the MLP: two, the first around the text token, the second around its own input,
    then LayerNorm."""

    def __init__(self, text: int, image: int, hidden: tuple[int, int]) -> None:
        super().__init__()
        self.mlp1, self.mlp2 = MLP(text + image, hidden[0], text), MLP(text, hidden[1], text)
        self.layer_norm = nn.LayerNorm(text)

    def forward(self, token: Tensor, embedding: Tensor) -> Tensor:
        """`token` (…, D), `embedding` (…, E) → (…, D)."""
        fused = self.mlp1(torch.cat([token, embedding], dim=-1)) + token
        return self.layer_norm(self.mlp2(fused) + fused)


def build(state: Mapping[str, Tensor], name: str) -> PostFuse:
    """The fusion in a file's tensors, under `postfuse_module.` or bare. Raises KnownError when they do not
    make one."""
    own = {
        key.removeprefix(PREFIX): tensor
        for key, tensor in state.items()
        if key.removeprefix(PREFIX).startswith(("mlp1.", "mlp2.", "layer_norm."))
    }
    try:
        first, second, text = own["mlp1.fc1.weight"], own["mlp2.fc1.weight"], len(own["layer_norm.weight"])
        fusion = PostFuse(text, first.shape[1] - text, (first.shape[0], second.shape[0]))
        fusion.load_state_dict(own)
    except (KeyError, RuntimeError, IndexError) as error:
        raise KnownError(f"{name} is not a FastComposer file: {error}.") from error
    return fusion.to(dtype=first.dtype).eval().requires_grad_(False)
