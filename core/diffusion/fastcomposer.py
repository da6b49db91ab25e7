"""FastComposer's text fusion, arXiv 2305.10431 §4.1: c'[i_j] = MLP(c[i_j] ‖ φ(s_j)) at the last token i_j of
subject j's noun, after the text encoder. D: width of the text states, E: of the image embedding φ."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from core.diffusion.plan import Span, token_rows
from core.errors import KnownError

if TYPE_CHECKING:
    from core.diffusion.encode import TextStates

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


def fuse(
    fusion: nn.Module, text: "TextStates", spans: Sequence[Span], embedding: Tensor, scale: float
) -> "TextStates":
    """`text` with one subject's mentions fused: (1 − s) c + s c' at the last token of each. `embedding` (E,)
    is φ of the subject's references. Raises KnownError when the noun has no token."""
    states = text.states.clone()
    for span in spans:
        rows = token_rows([span], text.tokens)
        if not rows:
            raise KnownError("The model's text encoder has no token for one of the subjects' nouns.")
        token = text.states[rows[-1]]
        states[rows[-1]] = torch.lerp(token, fusion(token, embedding), scale)
    return replace(text, states=states)
