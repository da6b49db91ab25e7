"""A model from nothing: a description of sizes → a complete folder in diffusers layout with random weights,
for the stages to train.

A description is a TOML or JSON file: a table for each part with what its own class is told (`Sizes`), the
words of its tokenizer, and how the model is best used. What follows from something else is not asked for: the
numbers of the special tokens from the words, the feature extractor from the image encoder.
"""

import json
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import torch
from msgspec import Meta, Struct

from core import models
from core.diffusion.load import CLIP_MEAN, CLIP_STD, quiet
from core.errors import KnownError
from core.models import Advice, ModelInfo
from core.paths import RESOURCES
from core.training.new import vocabulary
from core.training.parts.writing import half

EMBEDDED = RESOURCES / "training" / "sizes" / "mini.toml"
"""The sizes of the embedded model."""
WORDS = EMBEDDED.with_name("words.txt")
"""What captions of scenes are told in, and more."""
PARTS = ("unet", "vae", "text_encoder", "image_encoder")


class Sizes(Struct, frozen=True, forbid_unknown_fields=True):
    """`unet`, `vae`, `text_encoder`, `image_encoder`, `scheduler`: what their configurations say where it is
    not their classes' default; `vae` names its class as `kind`. `tokens`: of a caption, both special ones
    included. `words`: texts whose words become tokens, those of `WORDS` where none are given."""

    unet: dict[str, Any]
    vae: dict[str, Any]
    text_encoder: dict[str, Any]
    image_encoder: dict[str, Any]
    scheduler: dict[str, Any] = {}
    tokens: Annotated[int, Meta(ge=8, le=1024)] = 48
    words: str | None = None
    advice: Advice = Advice()


def read(file: Path) -> Sizes:
    """Raises KnownError for a file that describes no model, naming the line or the setting."""
    try:
        decode = json.loads if file.suffix == ".json" else tomllib.loads
        return msgspec.convert(decode(file.read_text("utf-8")), Sizes)
    except OSError as error:
        raise KnownError(f"The description {file} cannot be read: {error.strerror}.") from error
    except (ValueError, msgspec.ValidationError) as error:  # also what JSON, TOML and UTF-8 complain with
        raise KnownError(f"{file.name} does not describe a model: {error}.") from error


def make(folder: Path, sizes: Sizes, captions: Iterable[str] = (), seed: int = 0) -> ModelInfo:
    """Writes the model into `folder`, whole or not at all; the same description, captions and seed give the
    same files. The words of `captions` become tokens too. Raises KnownError for sizes that do not fit
    together and when something lies in `folder` already."""
    if folder.exists() and any(folder.iterdir()):
        raise KnownError(f"{folder} is not empty: choose a folder that is new, or empty this one first.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-model-") as above:
            made = Path(above) / folder.name
            _write(made, sizes, [_words(sizes), *captions], seed)
            models.inspect(folder.name, made)
            if folder.exists():
                folder.rmdir()
            made.rename(folder)
    except OSError as error:
        raise KnownError(f"{folder} could not be written: {error.strerror or error}.") from error
    return models.inspect(folder.name, folder)


def _words(sizes: Sizes) -> str:
    return WORDS.read_text("utf-8") if sizes.words is None else sizes.words


def _write(folder: Path, sizes: Sizes, texts: Iterable[str], seed: int) -> None:
    quiet()
    tokenizer = vocabulary.tokenizer(texts, sizes.tokens)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        made = {name: _built(name, sizes, tokenizer) for name in PARTS}
    for name, module in made.items():
        half(module).save_pretrained(folder / name)
    tokenizer.save_pretrained(folder / "tokenizer")
    _scheduler(sizes.scheduler).save_pretrained(folder / "scheduler")
    _write_json(folder / "feature_extractor" / "preprocessor_config.json", _preprocessor(sizes))
    _write_json(folder / "model_index.json", _index(sizes))
    (folder / "likeness.json").write_bytes(msgspec.json.format(msgspec.json.encode(sizes.advice), indent=2))


def _built(name: str, sizes: Sizes, tokenizer: Any) -> Any:
    """One part with random weights. Raises KnownError for sizes that its class does not know or that cannot
    be."""
    build: Mapping[str, Callable[[], Any]] = {
        "unet": lambda: _unet(sizes.unet),
        "vae": lambda: _vae(sizes.vae),
        "text_encoder": lambda: _text_encoder(sizes.text_encoder, tokenizer),
        "image_encoder": lambda: _image_encoder(sizes.image_encoder),
    }
    try:
        return build[name]()
    except KnownError:
        raise
    except Exception as error:  # each class has its own for sizes that do not fit together
        raise KnownError(f"The sizes of {name} do not fit: {error}.") from error


def _unet(config: Mapping[str, Any]) -> Any:
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(**config)


def _vae(config: Mapping[str, Any]) -> Any:
    from diffusers import AutoencoderKL, AutoencoderTiny

    kinds = {"AutoencoderTiny": AutoencoderTiny, "AutoencoderKL": AutoencoderKL}
    told = dict(config)
    kind = told.pop("kind", None)
    if kind not in kinds:
        raise KnownError(f"The sizes of vae name the kind “{kind}”; known: {', '.join(kinds)}.")
    return kinds[kind](**told)


def _text_encoder(config: Mapping[str, Any], tokenizer: Any) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel

    derived = {
        "vocab_size": len(tokenizer),
        "max_position_embeddings": tokenizer.model_max_length,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    return CLIPTextModel(CLIPTextConfig(**_known(CLIPTextConfig, config), **derived))


def _image_encoder(config: Mapping[str, Any]) -> Any:
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    return CLIPVisionModelWithProjection(CLIPVisionConfig(**_known(CLIPVisionConfig, config)))


def _known(kind: Any, config: Mapping[str, Any]) -> Mapping[str, Any]:
    """transformers takes any setting and keeps it; a misspelt one would be found out after the training."""
    unknown = set(config) - set(kind().to_dict())
    if unknown:
        raise ValueError(f"there is no {', '.join(sorted(unknown))}")
    return config


def _scheduler(config: Mapping[str, Any]) -> Any:
    from diffusers import DDIMScheduler

    try:
        return DDIMScheduler(**config)
    except (TypeError, ValueError, NotImplementedError) as error:
        raise KnownError(f"The settings of scheduler do not fit: {error}.") from error


def _preprocessor(sizes: Sizes) -> dict[str, Any]:
    side = sizes.image_encoder.get("image_size", 224)
    return {
        "image_processor_type": "CLIPImageProcessor",
        "do_convert_rgb": True,
        "do_resize": True,
        "size": {"shortest_edge": side},
        "resample": 3,
        "do_center_crop": True,
        "crop_size": {"height": side, "width": side},
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": CLIP_MEAN,
        "image_std": CLIP_STD,
    }


def _index(sizes: Sizes) -> dict[str, Any]:
    import diffusers

    return {
        "_class_name": "StableDiffusionPipeline",
        "_diffusers_version": diffusers.__version__,
        "feature_extractor": ["transformers", "CLIPImageProcessor"],
        "image_encoder": ["transformers", "CLIPVisionModelWithProjection"],
        "requires_safety_checker": False,
        "safety_checker": [None, None],
        "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", sizes.vae["kind"]],
    }


def _write_json(file: Path, value: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, indent=2) + "\n", "utf-8")
