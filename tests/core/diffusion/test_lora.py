"""FaceID's LoRA on every attention layer: the formula, and what is left behind: nothing."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from diffusers import UNet2DConditionModel
from tiny_faceid import literal_lora, lora
from tiny_models import unet_sizes
from torch import Tensor

from core.diffusion.attention.lora import LowRank, faceid_lora, lora_applied
from core.errors import KnownError


@pytest.fixture
def unet() -> Any:
    torch.manual_seed(0)
    return UNet2DConditionModel(**unet_sizes(32)).eval().requires_grad_(False)


def run(unet: Any) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    noise = torch.randn(2, 4, 8, 8, generator=generator)
    with torch.no_grad():
        return unet(noise, 500, torch.randn(2, 7, 32, generator=generator)).sample


def weights(unet: Any) -> dict[str, tuple[int, int, Tensor]]:
    return {name: (id(p), p.data_ptr(), p.clone()) for name, p in unet.named_parameters()}


def untouched(unet: Any, before: dict[str, tuple[int, int, Tensor]]) -> bool:
    after = weights(unet)
    return list(after) == list(before) and all(
        after[name][:2] == before[name][:2] and torch.equal(after[name][2], before[name][2])
        for name in before
    )


@pytest.mark.parametrize("scale", [0.3, 1.0, 2.0])
def test_equals_the_formula_in_every_layer(unet: Any, scale: float) -> None:
    state, bare = lora(unet), run(unet)
    with literal_lora(unet, state, scale):
        expected = run(unet)
    with lora_applied(unet, faceid_lora(state, unet), scale):
        seen = run(unet)
    torch.testing.assert_close(seen, expected, atol=1e-5, rtol=1e-4)
    assert (seen - bare).abs().max() > 1e-2


def test_every_attention_layer_is_named(unet: Any) -> None:
    deltas = faceid_lora(lora(unet, rank=3), unet)
    assert len(deltas) == 4 * len(unet.attn_processors)
    assert all(
        unet.get_submodule(name).weight.shape == (len(d.up), d.down.shape[1]) for name, d in deltas.items()
    )
    assert any("attn1.to_out.0" in name for name in deltas)


def test_scale_0_is_the_bare_model(unet: Any) -> None:
    before, bare = weights(unet), run(unet)
    with lora_applied(unet, faceid_lora(lora(unet), unet), 0.0):
        assert untouched(unet, before)
        assert torch.equal(run(unet), bare)


def test_the_very_same_tensors_come_back(unet: Any) -> None:
    before, bare = weights(unet), run(unet)
    with lora_applied(unet, faceid_lora(lora(unet), unet), 1.0):
        assert not untouched(unet, before)
    assert untouched(unet, before)
    assert torch.equal(run(unet), bare)


def test_also_when_something_fails_inside(unet: Any) -> None:
    before = weights(unet)
    with pytest.raises(ZeroDivisionError), lora_applied(unet, faceid_lora(lora(unet), unet), 1.0):
        _ = 1 / 0
    assert untouched(unet, before)


def test_also_when_it_fails_halfway_on(unet: Any) -> None:
    """As when memory runs out over the last layer."""
    deltas, before = faceid_lora(lora(unet), unet), weights(unet)
    last = list(deltas)[-1]
    deltas[last] = LowRank(deltas[last].down, torch.zeros(1, 99))
    with pytest.raises(RuntimeError), lora_applied(unet, deltas, 1.0):
        pass
    assert untouched(unet, before)


def test_half_precision_adds_in_fp32(unet: Any) -> None:
    """W + s·P rounded once, not twice."""
    unet.bfloat16()
    deltas = faceid_lora({key: tensor.bfloat16() for key, tensor in lora(unet).items()}, unet)
    exact = {
        name: unet.get_submodule(name).weight.float() + delta.up.float() @ delta.down.float()
        for name, delta in deltas.items()
    }
    with lora_applied(unet, deltas, 1.0):
        for name, expected in exact.items():
            assert torch.equal(unet.get_submodule(name).weight, expected.bfloat16())


def test_a_file_without_a_lora_changes_nothing(unet: Any) -> None:
    before = weights(unet)
    assert faceid_lora({"image_proj.norm.weight": torch.ones(3)}, unet) == {}
    with lora_applied(unet, {}, 1.0):
        assert untouched(unet, before)


DOWN = "ip_adapter.0.to_q_lora.down.weight"
DAMAGES: dict[str, Callable[[dict[str, Tensor]], object]] = {
    f"{DOWN} is missing": lambda state: state.pop(DOWN),
    "ip_adapter.99.to_q_lora.up.weight has no layer": lambda state: state.update(
        {"ip_adapter.99.to_q_lora.up.weight": torch.zeros(1)}
    ),
    "ip_adapter.0.to_q_lora is 16 × 5, expected 16 × 16": lambda state: state.update(
        {DOWN: torch.zeros(4, 5)}
    ),
    "ip_adapter.0.to_q_lora is 16, expected 16 × 16": lambda state: state.update({DOWN: torch.zeros(4)}),
    "its two parts have ranks 3 and 4": lambda state: state.update({DOWN: torch.zeros(3, 16)}),
}


@pytest.mark.parametrize("said", DAMAGES)
def test_another_models_lora_is_refused_in_words(unet: Any, said: str) -> None:
    state = lora(unet)
    DAMAGES[said](state)
    with pytest.raises(KnownError, match=said):
        faceid_lora(state, unet)
