"""What was trained is written whole, in half precision, and nothing of the old weights is read any more."""

import json

import pytest
import torch
from tiny_training_model import write_tiny_model

from core import models
from core.errors import KnownError
from core.training import reading
from core.training.parts.writing import write_parts


@pytest.fixture
def model(tmp_path):
    return write_tiny_model(tmp_path / "tiny")


def unet_of(folder):
    return reading.open_model(folder, torch.device("cpu")).unet


def test_what_is_written_is_read_again_as_it_was(model):
    unet = unet_of(model)
    with torch.no_grad():
        unet.conv_in.weight += 0.5
    files = write_parts(model, {"unet": unet})
    again = unet_of(model)
    assert {str(file.relative_to(model)) for file in files} == {
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
    }
    for name, weight in unet.state_dict().items():
        assert torch.equal(again.state_dict()[name], weight.half().float()), name


def test_the_module_that_learns_stays_as_it_is(model):
    unet = unet_of(model)
    before = {name: weight.clone() for name, weight in unet.state_dict().items()}
    write_parts(model, {"unet": unet})
    assert all(torch.equal(weight, before[name]) for name, weight in unet.state_dict().items())


def test_weights_under_other_names_are_gone(model):
    unet = unet_of(model)
    first = model / "unet" / "diffusion_pytorch_model.safetensors"
    first.rename(model / "unet" / "diffusion_pytorch_model.fp16.safetensors")
    (model / "unet" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps({}))
    write_parts(model, {"unet": unet})
    assert sorted(file.name for file in (model / "unet").iterdir()) == ["config.json", first.name]
    assert models.inspect("tiny", model).size == 32


def test_weights_that_are_no_numbers_are_not_written(model):
    unet = unet_of(model)
    before = (model / "unet" / "diffusion_pytorch_model.safetensors").read_bytes()
    for value in (float("nan"), float("inf"), 1e6):
        with torch.no_grad():
            unet.conv_out.bias[0] = value
        with pytest.raises(KnownError, match=r"conv_out\.bias of unet"):
            write_parts(model, {"unet": unet})
    assert (model / "unet" / "diffusion_pytorch_model.safetensors").read_bytes() == before


def test_a_full_disk_leaves_all_parts_as_they_were(model, monkeypatch):
    import shutil

    files = models.weight_files(model)
    before = [file.read_bytes() for file in files]
    loaded = reading.open_model(model, torch.device("cpu"))
    with torch.no_grad():
        loaded.unet.conv_in.weight += 0.5
    copy, copied = shutil.copy, []

    def full_at_third(source, target):
        copied.append(target)
        if len(copied) == 3:
            raise OSError(28, "No space left on device")
        return copy(source, target)

    monkeypatch.setattr(shutil, "copy", full_at_third)
    with pytest.raises(KnownError, match="No space left"):
        write_parts(model, {"text_encoder": loaded.text_encoders[0].model, "unet": loaded.unet})
    assert [file.read_bytes() for file in files] == before
    assert not list(model.rglob("*.part")) + list(model.glob(".writing-*"))
