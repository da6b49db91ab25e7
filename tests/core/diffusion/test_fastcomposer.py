"""FastComposer's fusion against its formula, and its place in the text."""

import math

import pytest
import torch
from torch import Tensor

from core.diffusion import fastcomposer
from core.diffusion.encode import TextStates
from core.diffusion.wording import fuse
from core.errors import KnownError

TEXT, IMAGE = 6, 4


def tensors(prefix: str = "") -> dict[str, Tensor]:
    torch.manual_seed(0)
    shapes = {
        "mlp1.layernorm.weight": (TEXT + IMAGE,), "mlp1.layernorm.bias": (TEXT + IMAGE,),
        "mlp1.fc1.weight": (TEXT, TEXT + IMAGE), "mlp1.fc1.bias": (TEXT,),
        "mlp1.fc2.weight": (TEXT, TEXT), "mlp1.fc2.bias": (TEXT,),
        "mlp2.layernorm.weight": (TEXT,), "mlp2.layernorm.bias": (TEXT,),
        "mlp2.fc1.weight": (5, TEXT), "mlp2.fc1.bias": (5,),
        "mlp2.fc2.weight": (TEXT, 5), "mlp2.fc2.bias": (TEXT,),
        "layer_norm.weight": (TEXT,), "layer_norm.bias": (TEXT,),
    }  # fmt: skip
    return {prefix + key: torch.randn(shape) for key, shape in shapes.items()}


def norm(x: list[float], state: dict[str, Tensor], key: str) -> list[float]:
    mean = sum(x) / len(x)
    deviation = math.sqrt(sum((v - mean) ** 2 for v in x) / len(x) + 1e-5)
    weight, bias = state[f"{key}.weight"].tolist(), state[f"{key}.bias"].tolist()
    return [(v - mean) / deviation * w + b for v, w, b in zip(x, weight, bias, strict=True)]


def linear(x: list[float], state: dict[str, Tensor], key: str) -> list[float]:
    rows = zip(state[f"{key}.weight"].tolist(), state[f"{key}.bias"].tolist(), strict=True)
    return [sum(a * b for a, b in zip(row, x, strict=True)) + bias for row, bias in rows]


def mlp(x: list[float], state: dict[str, Tensor], key: str) -> list[float]:
    hidden = linear(norm(x, state, f"{key}.layernorm"), state, f"{key}.fc1")
    return linear([v * 0.5 * (1 + math.erf(v / math.sqrt(2))) for v in hidden], state, f"{key}.fc2")


def literal(state: dict[str, Tensor], token: Tensor, embedding: Tensor) -> Tensor:
    """arXiv 2305.10431 §4.1, one number at a time."""
    c = token.tolist()
    first = [a + b for a, b in zip(mlp([*c, *embedding.tolist()], state, "mlp1"), c, strict=True)]
    second = [a + b for a, b in zip(mlp(first, state, "mlp2"), first, strict=True)]
    return torch.tensor(norm(second, state, "layer_norm"))


@pytest.fixture
def text() -> TextStates:
    """<start> a old woman and a man <end>; "old woman" is one subject's noun."""
    torch.manual_seed(1)
    spans = ((0, 0), (0, 1), (2, 5), (6, 11), (12, 15), (16, 17), (18, 21), (0, 0))
    return TextStates(torch.randn(8, TEXT), torch.randn(3), spans)


@pytest.mark.parametrize("prefix", ["", "postfuse_module."])
def test_the_last_token_of_the_noun_is_fused_as_the_paper_says(text: TextStates, prefix: str) -> None:
    embedding = torch.randn(IMAGE)
    fusion = fastcomposer.build(tensors(prefix), "tiny")
    fused = fuse(fusion, text, [(2, 11)], embedding, 1.0)
    torch.testing.assert_close(fused.states[3], literal(tensors(), text.states[3], embedding))
    others = [row for row in range(8) if row != 3]
    assert torch.equal(fused.states[others], text.states[others])
    assert fused.pooled is text.pooled


def test_every_mention_is_fused_and_subjects_do_not_touch_each_other(text: TextStates) -> None:
    fusion = fastcomposer.build(tensors(), "tiny")
    one, other = torch.randn(IMAGE), torch.randn(IMAGE)
    both = fuse(fusion, text, [(2, 11)], one, 1.0)
    both = fuse(fusion, both, [(16, 17), (18, 21)], other, 1.0)
    for row, embedding in ((3, one), (5, other), (6, other)):
        torch.testing.assert_close(both.states[row], literal(tensors(), text.states[row], embedding))


def test_strength_zero_is_the_plain_text_bit_for_bit(text: TextStates) -> None:
    fusion = fastcomposer.build(tensors(), "tiny")
    assert torch.equal(fuse(fusion, text, [(2, 11)], torch.randn(IMAGE), 0).states, text.states)


def test_a_noun_without_a_token_is_named(text: TextStates) -> None:
    with pytest.raises(KnownError, match="no token"):
        fuse(fastcomposer.build(tensors(), "tiny"), text, [(30, 34)], torch.randn(IMAGE), 1)


@pytest.mark.parametrize("damage", ["missing", "shape", "extra"])
def test_a_file_that_does_not_fit_is_refused(damage: str) -> None:
    state = tensors()
    match damage:
        case "missing":
            del state["mlp2.fc2.bias"]
        case "shape":
            state["mlp1.fc2.weight"] = torch.randn(TEXT + 1, TEXT)
        case "extra":
            state["mlp2.fc3.weight"] = torch.randn(2, 2)
    with pytest.raises(KnownError, match="tiny is not a FastComposer file"):
        fastcomposer.build(state, "tiny")
