"""Tiny adapter files with random weights, in the true key layout of every public file.

`write(layout, models.base(folder))` puts a file that fits into a model folder. The names are written out from
the public files' own, not taken from `core.adapters`.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from core.adapters import Base, cross_layers
from core.methods import Layout

Tensors = dict[str, np.ndarray]  # type: ignore[type-arg]

SD15_UNET = {
    "block_out_channels": [8, 16, 32, 32],
    "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
    "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
    "layers_per_block": 2,
    "attention_head_dim": 8,
    "cross_attention_dim": 24,
}
"""SD 1.5's blocks, narrower: 16 cross-attention layers."""
SDXL_UNET = {
    "block_out_channels": [8, 16, 32],
    "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
    "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
    "layers_per_block": 2,
    "transformer_layers_per_block": [1, 2, 10],
    "attention_head_dim": [2, 4, 8],
    "cross_attention_dim": 40,
}
"""SDXL's blocks, narrower: 70 cross-attention layers."""
ENCODER = {"image_size": 32, "patch_size": 8, "projection_dim": 12, "hidden_size": 20, "num_hidden_layers": 6}
SD15 = Base(Path("sd15"), "SD 1.5", 24, cross_layers(SD15_UNET), (24,), ENCODER)
SDXL = Base(Path("sdxl"), "SDXL", 40, cross_layers(SDXL_UNET), (16, 24), ENCODER)

INNER = 64
RANK = 4
PHOTOVERSE_LAYERS = "0,2"


def write(
    layout: Layout, base: Base, name: str = "", metadata: Mapping[str, str] | None = None, seed: int = 0
) -> Path:
    """Writes `<model>/adapters/<name>.safetensors`; the name is otherwise the layout's (only
    its name tells FaceID's PlusV2 from Plus)."""
    file = base.folder / "adapters" / f"{name or layout}.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    stated = {**stated_by(layout), **(metadata or {})}
    save_file(tensors(layout, base, seed), file, metadata=stated or None)
    return file


def stated_by(layout: Layout) -> dict[str, str]:
    """The metadata that a layout needs."""
    if layout != "photoverse":
        return {}
    return {
        "format": "likeness-photoverse/1",
        "encoder_layers": PHOTOVERSE_LAYERS,
        "encoder_sha256": "0" * 64,
    }


def tensors(layout: Layout, base: Base, seed: int = 0) -> Tensors:
    """The file's tensors, by name."""
    return filled(shapes(layout, base), seed)


def filled(sizes: Mapping[str, tuple[int, ...]], seed: int = 0) -> Tensors:
    """Random weights that keep activations near 1; norms that change nothing."""
    random = np.random.default_rng(seed)
    state = {}
    for key, size in sizes.items():
        if len(size) > 1:
            state[key] = random.standard_normal(size) / size[-1] ** 0.5
        else:
            state[key] = (np.ones if key.endswith("weight") else np.zeros)(size)
    return {key: value.astype(np.float32) for key, value in state.items()}


def shapes(layout: Layout, base: Base) -> dict[str, tuple[int, ...]]:
    """Name and shape of each of the file's tensors."""
    if layout == "photoverse":
        return photoverse(base)
    if layout == "fastcomposer":
        return fastcomposer(base)
    found = {f"image_proj.{key}": size for key, size in projection(layout, base).items()}
    found |= {f"ip_adapter.{key}": size for key, size in keys_and_values(base).items()}
    if layout.startswith("mip"):
        found |= {f"ip_adapter.{n}.text_to_weight.weight": (1, rows) for n, rows in base.layers.items()}
    if "faceid" in layout:
        found |= {f"ip_adapter.{key}": size for key, size in lora(base).items()}
    return found


def projection(layout: Layout, base: Base) -> dict[str, tuple[int, ...]]:
    width, encoder = base.width, base.encoder
    if layout in ("ip-adapter", "mip-adapter"):
        return {
            "proj.weight": (4 * width, encoder["projection_dim"]),
            "proj.bias": (4 * width,),
            "norm.weight": (width,),
            "norm.bias": (width,),
        }
    if layout in ("ip-adapter-plus", "mip-adapter-plus"):
        return {"latents": (1, 16, 32), **resampler(32, width, encoder["hidden_size"])}
    if layout == "ip-adapter-full-face":
        hidden = encoder["hidden_size"]
        return {
            "proj.0.weight": (hidden, hidden),
            "proj.0.bias": (hidden,),
            "proj.2.weight": (width, hidden),
            "proj.2.bias": (width,),
            "proj.3.weight": (width,),
            "proj.3.bias": (width,),
        }
    face = {
        "proj.0.weight": (1024, 512),
        "proj.0.bias": (1024,),
        "proj.2.weight": (4 * width, 1024),
        "proj.2.bias": (4 * width,),
        "norm.weight": (width,),
        "norm.bias": (width,),
    }
    if layout != "ip-adapter-faceid":
        inside = resampler(width, width, encoder["hidden_size"])
        face |= {f"perceiver_resampler.{key}": size for key, size in inside.items()}
    return face


def resampler(width: int, out: int, features: int, depth: int = 4) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {
        "proj_in.weight": (width, features),
        "proj_in.bias": (width,),
        "proj_out.weight": (out, width),
        "proj_out.bias": (out,),
        "norm_out.weight": (out,),
        "norm_out.bias": (out,),
    }
    for layer in range(depth):
        for normed in ("0.norm1", "0.norm2", "1.0"):
            found |= {f"layers.{layer}.{normed}.{kind}": (width,) for kind in ("weight", "bias")}
        found[f"layers.{layer}.0.to_q.weight"] = (INNER, width)
        found[f"layers.{layer}.0.to_kv.weight"] = (2 * INNER, width)
        found[f"layers.{layer}.0.to_out.weight"] = (width, INNER)
        found[f"layers.{layer}.1.1.weight"] = (4 * width, width)
        found[f"layers.{layer}.1.3.weight"] = (width, 4 * width)
    return found


def keys_and_values(base: Base) -> dict[str, tuple[int, ...]]:
    return {f"{n}.to_{kv}_ip.weight": (rows, base.width) for n, rows in base.layers.items() for kv in "kv"}


def lora(base: Base) -> dict[str, tuple[int, ...]]:
    """On self-attention (even numbers) and cross-attention (odd numbers) alike."""
    found: dict[str, tuple[int, ...]] = {}
    for cross, rows in base.layers.items():
        for number, read in ((cross - 1, rows), (cross, base.width)):
            for part in ("q", "k", "v", "out"):
                columns = read if part in "kv" else rows
                found[f"{number}.to_{part}_lora.down.weight"] = (RANK, columns)
                found[f"{number}.to_{part}_lora.up.weight"] = (rows, RANK)
    return found


def photoverse(base: Base, hidden: int = 28, seen: int = 18) -> dict[str, tuple[int, ...]]:
    features, found = base.encoder["hidden_size"], {}
    widths = {f"text_adapter{number}": width for number, width in zip(("", "_2"), base.text, strict=False)}
    for name, width in {**widths, "image_adapter": seen}.items():
        for each in range(len(PHOTOVERSE_LAYERS.split(","))):
            sizes = {"fc1": (hidden, features), "norm1": (hidden,), "fc2": (width, hidden), "norm2": (width,)}
            for part, size in sizes.items():
                found[f"{name}.{each}.{part}.weight"] = size
                found[f"{name}.{each}.{part}.bias"] = size[:1]
    for number, rows in base.layers.items():
        for kv in "kv":
            found[f"text_lora.{number}.to_{kv}.down.weight"] = (RANK, base.width)
            found[f"text_lora.{number}.to_{kv}.up.weight"] = (rows, RANK)
            found[f"visual.{number}.to_{kv}.weight"] = (rows, seen)
    return found


def fastcomposer(base: Base, prefix: str = "", features: int = 0) -> dict[str, tuple[int, ...]]:
    """The fusion alone. `features`: of the image embedding, otherwise the model's image encoder's."""
    text, image = base.width, features or base.encoder["projection_dim"]
    found: dict[str, tuple[int, ...]] = {"layer_norm.weight": (text,), "layer_norm.bias": (text,)}
    for name, columns in (("mlp1", text + image), ("mlp2", text)):
        found |= {f"{name}.layernorm.{kind}": (columns,) for kind in ("weight", "bias")}
        found |= {f"{name}.fc1.weight": (text, columns), f"{name}.fc1.bias": (text,)}
        found |= {f"{name}.fc2.weight": (text, text), f"{name}.fc2.bias": (text,)}
    return {prefix + key: size for key, size in found.items()}


def fastcomposer_checkpoint(base: Base, features: int = 10) -> dict[str, tuple[int, ...]]:
    """FastComposer's own `pytorch_model.bin`, with the parts of the model in `base.folder`, and an
    autoencoder and buffers that nobody needs."""
    found = fastcomposer(base, "postfuse_module.", features)
    found |= {f"unet.{key}": size for key, size in base.part("unet").items()}
    text = base.part("text_encoder")
    found |= {f"text_encoder.{key.removeprefix('text_model.')}": size for key, size in text.items()}
    found |= {f"image_encoder.{key}": size for key, size in clip_vision(features).items()}
    found |= {"vae.encoder.conv_in.weight": (8, 3, 3, 3), "vae.encoder.conv_in.bias": (8,)}
    found["text_encoder.embeddings.position_ids"] = (1, 77)
    found["image_encoder.vision_model.embeddings.position_ids"] = (1, 17)
    return found


def clip_vision(features: int, width: int = 64, size: int = 32, depth: int = 2) -> dict[str, tuple[int, ...]]:
    patch = 8
    found: dict[str, tuple[int, ...]] = {
        "visual_projection.weight": (features, width),
        "vision_model.embeddings.class_embedding": (width,),
        "vision_model.embeddings.patch_embedding.weight": (width, 3, patch, patch),
        "vision_model.embeddings.position_embedding.weight": ((size // patch) ** 2 + 1, width),
    }
    normed = ["pre_layrnorm", "post_layernorm"]
    for layer in range(depth):
        at = f"encoder.layers.{layer}"
        normed += [f"{at}.layer_norm1", f"{at}.layer_norm2"]
        sizes = {f"self_attn.{part}_proj": (width, width) for part in ("q", "k", "v", "out")}
        for part, shape in (sizes | {"mlp.fc1": (2 * width, width), "mlp.fc2": (width, 2 * width)}).items():
            found[f"vision_model.{at}.{part}.weight"] = shape
            found[f"vision_model.{at}.{part}.bias"] = shape[:1]
    return found | {f"vision_model.{name}.{kind}": (width,) for name in normed for kind in ("weight", "bias")}


def write_pickle(state: Tensors, file: Path) -> Path:
    """As training scripts save it. IP-Adapter's: {"image_proj": {}, "ip_adapter": {}}; others flat."""
    import torch

    nested: dict[str, object] = {}
    for key, value in state.items():
        start, _, rest = key.partition(".")
        if start in ("image_proj", "ip_adapter"):
            nested.setdefault(start, {})[rest] = torch.from_numpy(value)  # type: ignore[index]
        else:
            nested[key] = torch.from_numpy(value)
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.save(nested, file)
    return file


def write_model(folder: Path, base: Base, unet: Mapping[str, object]) -> Path:
    """A model folder with true configurations and no weights: enough for everything but making pictures."""
    xl = len(base.text) > 1
    vae = {"_class_name": "AutoencoderKL", "block_out_channels": [8] * 4, "latent_channels": 4}
    configs: dict[str, Mapping[str, object]] = {
        "unet": {"sample_size": 64, "in_channels": 4, **unet},
        "vae": vae,
        "image_encoder": base.encoder,
        **{f"text_encoder{'_2' * n}": {"hidden_size": width} for n, width in enumerate(base.text)},
    }
    for part, config in configs.items():
        (folder / part).mkdir(parents=True)
        (folder / part / "config.json").write_text(json.dumps(config))
        save_file({}, folder / part / "model.safetensors")
    (folder / "scheduler").mkdir()
    (folder / "scheduler" / "scheduler_config.json").write_text("{}")
    pipeline = "StableDiffusionXLPipeline" if xl else "StableDiffusionPipeline"
    (folder / "model_index.json").write_text(json.dumps({"_class_name": pipeline}))
    return folder


def at(base: Base, folder: Path) -> Base:
    """The same model in another folder."""
    return replace(base, folder=folder)
