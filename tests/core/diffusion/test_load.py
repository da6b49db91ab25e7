"""Choosing device and precision; damaged folders."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import PipelineOptions, no_faces, spec, unheard

from core import models
from core.diffusion import load
from core.diffusion.engine import Pipeline
from core.errors import KnownError
from core.paths import Home
from core.sums import files_hash

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
XL, SD = "StableDiffusionXLPipeline", "StableDiffusionPipeline"


def test_a_cpu_takes_fp32_by_itself() -> None:
    assert load.choose_dtype("auto", CPU) == torch.float32


def test_bf16_only_on_a_cpu_that_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "cpu_has_bf16", lambda: True)
    assert load.choose_dtype("bf16", CPU) == torch.bfloat16
    monkeypatch.setattr(load, "cpu_has_bf16", lambda: False)
    with pytest.raises(KnownError, match="no instructions for bf16"):
        load.choose_dtype("bf16", CPU)


def test_fp16_never_on_a_cpu() -> None:
    with pytest.raises(KnownError, match="no instructions for fp16"):
        load.choose_dtype("fp16", CPU)


def test_sdxls_autoencoder_never_runs_in_fp16() -> None:
    kl = {"_class_name": "AutoencoderKL", "force_upcast": False}
    assert load.vae_precision(torch.float16, kl, XL) == torch.float32
    assert load.vae_precision(torch.bfloat16, kl, XL) == torch.bfloat16
    assert load.vae_precision(torch.float16, kl, SD) == torch.float16
    assert load.vae_precision(torch.float16, kl | {"force_upcast": True}, SD) == torch.float32
    assert load.vae_precision(torch.float16, {"_class_name": "AutoencoderTiny"}, XL) == torch.float16


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(KnownError, match="no device warp"):
        load.choose_device("warp")


def test_half_precision_files_alone_are_found(sd15_folder: Path, home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "half"
    shutil.copytree(sd15_folder, folder)
    for part in ("unet", "vae", "text_encoder"):
        (file,) = (folder / part).glob("*.safetensors")
        file.rename(file.with_name(file.name.replace(".safetensors", ".fp16.safetensors")))
    one = spec("a photo of a dog", model="half", width=64, height=64, steps=1)
    plain = Pipeline(PipelineOptions(home.root, {"half": sd15_folder}), no_faces).render([one], unheard)
    half = Pipeline(PipelineOptions(home.root, {"half": folder}), no_faces).render([one], unheard)
    assert half[0].rgb == plain[0].rgb


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder"])
def test_damaged_weights_are_named(sd15_folder: Path, home: Home, tmp_path: Path, part: str) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(sd15_folder, folder)
    (file,) = (folder / part).glob("*.safetensors")
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(KnownError, match=part):
        Pipeline(PipelineOptions(home.root, {"b": folder}), no_faces).render(
            [spec("a photo of a dog", model="b", width=64, height=64)], unheard
        )


def test_an_adapter_with_other_layers_is_refused(
    sd15_folder: Path, home: Home, tmp_path: Path, subject
) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "other"
    shutil.copytree(sd15_folder, folder)
    file = folder / "adapters" / "global.safetensors"
    state = load_file(file)
    save_file({key: t for key, t in state.items() if ".1.to_v_ip" not in key}, file)
    prompt = "a photo of a dog"
    one = spec(
        prompt, model="o", width=64, height=64, method="ip-adapter", adapter="global",
        subjects=(subject(prompt, "dog", size=32),),
    )  # fmt: skip
    with pytest.raises(KnownError, match=r"missing: ip_adapter\.1\.to_v_ip\.weight"):
        Pipeline(PipelineOptions(home.root, {"o": folder}), no_faces).render([one], unheard)


@pytest.mark.skipif(not load.cpu_has_bf16(), reason="this processor has no bf16 instructions")
def test_bf16_pictures_stay_close(mini: Pipeline, home: Home) -> None:
    import numpy as np
    from tiny_models import pixels

    from core.models import EMBEDDED

    half = Pipeline(PipelineOptions(home.root, dict(EMBEDDED)), no_faces)
    exact, rough = spec("a photo of a dog", steps=6), spec("a photo of a dog", steps=6, precision="bf16")
    difference = pixels(mini.render([exact], unheard)[0]) - pixels(half.render([rough], unheard)[0])
    assert np.abs(difference).mean() < 4


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("unet/config.json", '{"_class_name": "UNet2DConditionModel", "attention_head_dim": "x"}'),
        ("image_encoder/config.json", '{"hidden_size": 33, "num_attention_heads": 2}'),
        ("image_encoder/config.json", '{"num_channels": 1e-300}'),
        ("feature_extractor/preprocessor_config.json", '{"image_mean": [0.5, 0.5]}'),
        ("feature_extractor/preprocessor_config.json", '{"image_std": [0, 0, 0]}'),
        ("feature_extractor/preprocessor_config.json", "[1"),
    ],
)
def test_a_configuration_that_cannot_be_is_known(
    sd15_folder: Path, tmp_path: Path, file: str, damage: str
) -> None:
    """Whatever a library raises for it, the user reads which file it was."""
    folder = tmp_path / "own"
    shutil.copytree(sd15_folder, folder)
    info = models.inspect("own", folder)
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(damage)
    with pytest.raises(KnownError, match=str(folder / Path(file).parent)):
        read_all(load.load(info, CPU, torch.float32, files_hash))


def read_all(loaded: load.Loaded) -> None:
    """Every part, whenever it is loaded."""
    assert loaded.unet
    assert loaded.image_encoder
