"""Frames go on, and always come off."""

from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel

from core.diffusion.attention.attach import attached, cross_layers
from core.diffusion.attention.frame import Frame, text_only


@pytest.fixture
def unet(sd15_folder: Path) -> UNet2DConditionModel:
    return UNet2DConditionModel.from_pretrained(sd15_folder / "unet").eval().requires_grad_(False)


def predict(unet: UNet2DConditionModel) -> torch.Tensor:
    torch.manual_seed(0)
    return unet(torch.randn(2, 4, 8, 8), 500, torch.randn(2, 77, 32)).sample


def test_text_frames_change_nothing_bit_for_bit(unet: UNet2DConditionModel) -> None:
    bare = predict(unet)
    with attached(unet, {layer.name: Frame(text_only) for layer in cross_layers(unet)}):
        assert any(isinstance(processor, Frame) for processor in unet.attn_processors.values())
        assert torch.equal(predict(unet), bare)


def test_the_old_processors_come_back_also_after_an_error(unet: UNet2DConditionModel) -> None:
    before, bare = dict(unet.attn_processors), predict(unet)
    with (
        pytest.raises(ZeroDivisionError),
        attached(unet, {layer.name: Frame(lambda q, k, v: q * (1 / 0)) for layer in cross_layers(unet)}),
    ):
        predict(unet)
    assert all(unet.attn_processors[name] is processor for name, processor in before.items())
    assert torch.equal(predict(unet), bare)


def test_layers_are_numbered_as_adapter_files_number_them(unet: UNet2DConditionModel) -> None:
    names = list(unet.attn_processors)
    layers = cross_layers(unet)
    assert [names[layer.index] for layer in layers] == [layer.name for layer in layers]
    assert all(layer.index % 2 == 1 for layer in layers)
    assert len(layers) == len(names) // 2


def test_layers_know_their_part_of_the_unet(unet: UNet2DConditionModel) -> None:
    assert {layer.group for layer in cross_layers(unet)} == {"down", "mid", "up"}
