"""FastComposer's published file: its UNet, text encoder and image encoder stand in for the folder's, its
autoencoder is left aside."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from msgspec import structs
from safetensors.torch import load_file, save_file
from tiny_models import PipelineOptions, no_faces, pixels, spec, unheard
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from core.diffusion import replace
from core.diffusion.engine import Pipeline
from core.errors import KnownError
from core.paths import Home

PROMPT = "a photo of a woman on the beach"
WIDTH = 32
"""Of the tiny SD 1.5's text states, and of the file's image embeddings, as in the published file."""


@pytest.fixture(scope="module")
def encoder() -> CLIPVisionModelWithProjection:
    """In CLIP's proportions: heads of 64."""
    torch.manual_seed(5)
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=128, intermediate_size=96, num_hidden_layers=2, num_attention_heads=2, image_size=28,
            patch_size=7, projection_dim=WIDTH, hidden_act="quick_gelu",
        )
    )  # fmt: skip


def fusion() -> dict[str, torch.Tensor]:
    torch.manual_seed(6)
    sizes = {"mlp1": (2 * WIDTH, WIDTH), "mlp2": (WIDTH, WIDTH)}
    state = {"layer_norm.weight": torch.ones(WIDTH), "layer_norm.bias": torch.zeros(WIDTH)}
    for name, (width, hidden) in sizes.items():
        state |= {
            f"{name}.layernorm.weight": torch.ones(width), f"{name}.layernorm.bias": torch.zeros(width),
            f"{name}.fc1.weight": torch.randn(hidden, width), f"{name}.fc1.bias": torch.zeros(hidden),
            f"{name}.fc2.weight": torch.randn(WIDTH, hidden), f"{name}.fc2.bias": torch.zeros(WIDTH),
        }  # fmt: skip
    return state


def tuned(folder: Path, part: str, file: str) -> dict[str, torch.Tensor]:
    """A part's weights, each moved a little, as fine-tuning does."""
    torch.manual_seed(7)
    state = load_file(folder / part / file)
    return {key: tensor + 0.05 * torch.randn_like(tensor) for key, tensor in state.items()}


@pytest.fixture(scope="module")
def folders(
    sd15_folder: Path, encoder: CLIPVisionModelWithProjection, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """`file`: the base model with the published layout's file; `folder`: the same parts as a model of their
    own, with the fusion alone as its adapter."""
    at = tmp_path_factory.mktemp("fastcomposer")
    found = {name: at / name for name in ("file", "folder")}
    for folder in found.values():
        shutil.copytree(sd15_folder, folder, ignore=shutil.ignore_patterns("adapters"))
        (folder / "adapters").mkdir()
    unet = tuned(sd15_folder, "unet", "diffusion_pytorch_model.safetensors")
    text = tuned(sd15_folder, "text_encoder", "model.safetensors")
    text = {key.removeprefix("text_model."): tensor for key, tensor in text.items()}
    parts = {"unet": unet, "text_encoder": text, "image_encoder": encoder.state_dict()}
    state = {f"{name}.{key}": tensor for name, part in parts.items() for key, tensor in part.items()}
    state |= {f"postfuse_module.{key}": tensor for key, tensor in fusion().items()}
    save_file(state, found["file"] / "adapters" / "fastcomposer.safetensors")
    save_file(unet, found["folder"] / "unet" / "diffusion_pytorch_model.safetensors")
    own = load_file(sd15_folder / "text_encoder" / "model.safetensors")
    prefix = "text_model." if any(key.startswith("text_model.") for key in own) else ""
    moved = {prefix + key: tensor for key, tensor in text.items()}
    save_file(moved, found["folder"] / "text_encoder" / "model.safetensors", metadata={"format": "pt"})
    encoder.save_pretrained(found["folder"] / "image_encoder")
    save_file(fusion(), found["folder"] / "adapters" / "fastcomposer.safetensors")
    return found


@pytest.fixture(scope="module")
def pipeline(folders: dict[str, Path], home: Home) -> Pipeline:
    return Pipeline(PipelineOptions(home.root, folders), no_faces)


def test_it_is_the_picture_of_a_model_made_of_the_files_parts(pipeline: Pipeline, subject) -> None:  # type: ignore[no-untyped-def]
    woman = (subject(PROMPT, "woman", size=28),)
    wanted = spec(PROMPT, model="file", method="fastcomposer", subjects=woman)
    from_file, from_folder = (
        pixels(pipeline.render([structs.replace(wanted, model=name)], unheard)[0])
        for name in ("file", "folder")
    )
    assert np.array_equal(from_file, from_folder)
    base = structs.replace(wanted, method="text", adapter="", subjects=())
    assert not np.array_equal(pixels(pipeline.render([base], unheard)[0]), from_file)


def test_the_base_model_comes_back_for_other_methods(pipeline: Pipeline, subject) -> None:  # type: ignore[no-untyped-def]
    plain = spec(PROMPT, model="file")
    before = pipeline.render([plain], unheard)[0].rgb
    woman = (subject(PROMPT, "woman", size=28),)
    pipeline.render([spec(PROMPT, model="file", method="fastcomposer", subjects=woman)], unheard)
    assert pipeline.render([plain], unheard)[0].rgb == before


def test_the_encoders_sizes_are_read_from_its_tensors(encoder: CLIPVisionModelWithProjection) -> None:
    found = replace.vision_config(encoder.state_dict())
    for name in ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "image_size",
                 "patch_size", "projection_dim", "hidden_act"):  # fmt: skip
        assert getattr(found, name) == getattr(encoder.config, name)


@pytest.mark.parametrize("damage", ["missing", "shape", "extra"])
def test_a_part_that_does_not_fit_is_refused(sd15_folder: Path, tmp_path: Path, damage: str) -> None:
    from diffusers import UNet2DConditionModel

    unet = UNet2DConditionModel.from_pretrained(sd15_folder / "unet")
    state = {f"unet.{key}": tensor for key, tensor in unet.state_dict().items()}
    match damage:
        case "missing":
            del state["unet.conv_in.weight"]
        case "shape":
            state["unet.conv_in.weight"] = torch.zeros(16, 9, 3, 3)
        case "extra":
            state["unet.conv_more.weight"] = torch.zeros(1)
    save_file(state, tmp_path / "tuned.safetensors")
    with pytest.raises(KnownError, match=r"The unet in tuned\.safetensors does not fit"):
        replace.fill(unet, tmp_path / "tuned.safetensors", "unet")
