"""Tiny models with random weights, saved in the layout of real SD 1.5 and SDXL folders."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from core.faces import FaceBackend
from core.spec import RenderSpec

# The order is that of the merges: a short word after the longer ones that end like it.
WORDS = [
    "a",
    "photo",
    "of",
    "man",
    "woman",
    "dog",
    "and",
    "on",
    "the",
    "beach",
    "in",
    "red",
    "big",
    "old",
    "an",
]


@dataclass(frozen=True)
class PipelineOptions:
    home: Path
    models: dict[str, Path]
    device: str = "cpu"


def spec(prompt: str = "a photo of a woman and a man on the beach", **changes: object) -> RenderSpec:
    given: dict[str, object] = {
        "prompt": prompt,
        "model": "mini",
        "width": 64,
        "height": 64,
        "seed": 3,
        "steps": 3,
        "guidance": 5.0,
    }
    given |= changes
    if given.get("subjects") and "method" not in given:
        given["method"] = "ip-adapter-plus"
    return RenderSpec(**({"adapter": given.get("method", "")} | given))  # type: ignore[arg-type]


def no_faces() -> FaceBackend:
    raise AssertionError("no face backend is needed here")


def unheard(*_: object) -> None:
    """An `on_step` that does nothing."""


def pixels(image) -> np.ndarray:  # type: ignore[no-untyped-def, type-arg]
    return np.frombuffer(image.rgb, np.uint8).reshape(image.height, image.width, 3).astype(int)


def write_sd15(folder: Path) -> None:
    from diffusers import AutoencoderKL, PNDMScheduler, UNet2DConditionModel

    torch.manual_seed(0)
    unet = UNet2DConditionModel(**unet_sizes(cross_attention_dim=32))
    unet.save_pretrained(folder / "unet")
    AutoencoderKL(**vae_sizes()).save_pretrained(folder / "vae")
    PNDMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", skip_prk_steps=True, steps_offset=1
    ).save_pretrained(folder / "scheduler")
    write_text_encoder(folder, "text_encoder", "tokenizer")
    write_image_encoder(folder)
    write_adapters(folder, unet, width=32)
    write_index(folder, "StableDiffusionPipeline")


def write_sdxl(folder: Path) -> None:
    from diffusers import AutoencoderKL, EulerDiscreteScheduler, UNet2DConditionModel

    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        **unet_sizes(cross_attention_dim=64),
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=32 + 6 * 8,
        use_linear_projection=True,
    )
    unet.save_pretrained(folder / "unet")
    AutoencoderKL(**vae_sizes(), force_upcast=True).save_pretrained(folder / "vae")
    EulerDiscreteScheduler(beta_schedule="scaled_linear").save_pretrained(folder / "scheduler")
    write_text_encoder(folder, "text_encoder", "tokenizer")
    write_text_encoder(folder, "text_encoder_2", "tokenizer_2", projected=True)
    write_image_encoder(folder)
    write_adapters(folder, unet, width=64)
    write_index(folder, "StableDiffusionXLPipeline")


def unet_sizes(cross_attention_dim: int) -> dict[str, object]:
    return {
        "sample_size": 8,
        "in_channels": 4,
        "out_channels": 4,
        "block_out_channels": (16, 32),
        "layers_per_block": 1,
        "norm_num_groups": 8,
        "attention_head_dim": 2,
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        "cross_attention_dim": cross_attention_dim,
    }


def vae_sizes() -> dict[str, object]:
    blocks = 4
    return {
        "block_out_channels": (8,) * blocks,
        "down_block_types": ("DownEncoderBlock2D",) * blocks,
        "up_block_types": ("UpDecoderBlock2D",) * blocks,
        "norm_num_groups": 4,
        "latent_channels": 4,
        "layers_per_block": 1,
    }


def write_text_encoder(folder: Path, name: str, tokenizer: str, projected: bool = False) -> None:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    vocabulary = write_tokenizer(folder / tokenizer)
    config = CLIPTextConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=77,
        projection_dim=32,
        bos_token_id=vocabulary["<|startoftext|>"],
        eos_token_id=vocabulary["<|endoftext|>"],
        pad_token_id=vocabulary["<|endoftext|>"],
    )
    kind = CLIPTextModelWithProjection if projected else CLIPTextModel
    kind(config).save_pretrained(folder / name)


def write_tokenizer(folder: Path) -> dict[str, int]:
    """Every word is one token: letters, then the merges that build the words."""
    folder.mkdir(parents=True)
    letters = sorted({letter for word in WORDS for letter in word} | set("bcdefghijklmnopqrstuvwxyz,."))
    entries = letters + [f"{letter}</w>" for letter in letters]
    merges = []
    for word in WORDS:
        parts = [*word[:-1], f"{word[-1]}</w>"]
        while len(parts) > 1:
            pair = f"{parts[0]} {parts[1]}"
            if pair not in merges:
                merges.append(pair)
                entries.append(parts[0] + parts[1])
            parts = [parts[0] + parts[1], *parts[2:]]
    vocabulary = {entry: index for index, entry in enumerate(dict.fromkeys(entries))}
    for special in ("<|startoftext|>", "<|endoftext|>"):
        vocabulary[special] = len(vocabulary)
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    (folder / "tokenizer_config.json").write_text(
        json.dumps(
            {
                "tokenizer_class": "CLIPTokenizer",
                "model_max_length": 77,
                "bos_token": "<|startoftext|>",
                "eos_token": "<|endoftext|>",
                "unk_token": "<|endoftext|>",
                "pad_token": "<|endoftext|>",
            }
        )
    )
    return vocabulary


def write_image_encoder(folder: Path) -> None:
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    config = CLIPVisionConfig(
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=32,
        patch_size=8,
        projection_dim=24,
    )
    CLIPVisionModelWithProjection(config).save_pretrained(folder / "image_encoder")


def write_adapters(folder: Path, unet, width: int) -> None:  # type: ignore[no-untyped-def]
    (folder / "adapters").mkdir()
    projection = {
        "image_proj.proj.weight": torch.randn(4 * width, 24),
        "image_proj.proj.bias": torch.randn(4 * width),
        "image_proj.norm.weight": torch.ones(width),
        "image_proj.norm.bias": torch.zeros(width),
    }
    save_file(projection | layer_weights(unet, width), folder / "adapters" / "global.safetensors")
    save_file(resampler(width) | layer_weights(unet, width), folder / "adapters" / "plus.safetensors")


def resampler(width: int) -> dict[str, torch.Tensor]:
    inner = 64
    state = {
        "latents": torch.randn(1, 16, inner),
        "proj_in.weight": torch.randn(inner, 32) / 6,
        "proj_in.bias": torch.zeros(inner),
        "proj_out.weight": torch.randn(width, inner) / 8,
        "proj_out.bias": torch.zeros(width),
        "norm_out.weight": torch.ones(width),
        "norm_out.bias": torch.zeros(width),
    }
    for depth in range(4):
        for norm in ("0.norm1", "0.norm2", "1.0"):
            state[f"layers.{depth}.{norm}.weight"] = torch.ones(inner)
            state[f"layers.{depth}.{norm}.bias"] = torch.zeros(inner)
        sizes = {
            "0.to_q": (64, inner),
            "0.to_kv": (128, inner),
            "0.to_out": (inner, 64),
            "1.1": (4 * inner, inner),
        }
        for name, size in (sizes | {"1.3": (inner, 4 * inner)}).items():
            state[f"layers.{depth}.{name}.weight"] = torch.randn(size) / size[1] ** 0.5
    return {f"image_proj.{key}": tensor for key, tensor in state.items()}


def layer_weights(unet, width: int) -> dict[str, torch.Tensor]:  # type: ignore[no-untyped-def]
    state = {}
    for index, name in enumerate(unet.attn_processors):
        if name.endswith("attn2.processor"):
            hidden = unet.get_submodule(name.removesuffix(".processor")).to_k.out_features
            for kind in ("k", "v"):
                state[f"ip_adapter.{index}.to_{kind}_ip.weight"] = torch.randn(hidden, width) / width**0.5
    return state


def write_index(folder: Path, pipeline: str) -> None:
    parts = {
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "image_encoder": ["transformers", "CLIPVisionModelWithProjection"],
        "feature_extractor": [None, None],
    }
    if pipeline.startswith("StableDiffusionXL"):
        parts["text_encoder_2"] = ["transformers", "CLIPTextModelWithProjection"]
        parts["tokenizer_2"] = ["transformers", "CLIPTokenizer"]
        parts["scheduler"] = ["diffusers", "EulerDiscreteScheduler"]
    else:
        parts["scheduler"] = ["diffusers", "PNDMScheduler"]
        parts["safety_checker"] = [None, None]
    index = {"_class_name": pipeline, "_diffusers_version": "0.42.1", "force_zeros_for_empty_prompt": True}
    (folder / "model_index.json").write_text(json.dumps(index | parts))
