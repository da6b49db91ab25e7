"""The models a user has: what each folder holds, read from its files without loading a weight.

A model is a folder in diffusers layout. Nothing is assumed of it: size, tokens, channels, prediction type
and encoder size are read from its configuration files, adapters from their safetensors headers, and how it
is best used from an optional `likeness.json` beside them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, structs

from core import settings as settings_file
from core.adapters import AdapterInfo, Base, cross_layers, recognise
from core.discreet import plain
from core.errors import UNREADABLE, KnownError
from core.log import log
from core.methods import METHODS, Layout
from core.paths import RESOURCES, Home
from core.settings import Settings
from core.spec import Fraction, Merging, Method, SchedulerName

EMBEDDED = {"mini": RESOURCES / "models" / "mini"}
PIPELINES = {"StableDiffusionPipeline": "SD 1.5", "StableDiffusionXLPipeline": "SDXL"}
INPAINTING = {
    "StableDiffusionInpaintPipeline": "StableDiffusionPipeline",
    "StableDiffusionXLInpaintPipeline": "StableDiffusionXLPipeline",
}
"""How folders of models that paint inside a mask are called, and the kind of model each one is besides."""
AUTOENCODERS = ("AutoencoderKL", "AutoencoderTiny")
# Formats of adapter files that are Python pickles inside.
PICKLES = (".bin", ".pt", ".pth", ".ckpt")


class Advice(Struct, frozen=True, forbid_unknown_fields=True):
    """How a model is best used, as measured: the optional `likeness.json` of its folder. `scale`, `begin`,
    `end` and `merging` are for references; `text_scale` and `alpha` for FastComposer's fused words."""

    steps: Annotated[int, Meta(ge=1, le=1000)] = 30
    guidance: Annotated[float, Meta(ge=0, le=50)] = 7.5
    scheduler: SchedulerName = "dpm++"
    method: Method = "ip-adapter-plus"
    scale: Annotated[float, Meta(ge=0, le=3)] = 0.65
    begin: Fraction = 0.0
    end: Fraction = 1.0
    text_scale: Annotated[float, Meta(ge=0, le=2)] = 1.0
    alpha: Fraction = 0.7
    merging: Merging = "relevance-mean"
    licence: str = ""
    description: str = ""


@dataclass(frozen=True)
class ModelInfo:
    """One model folder. `size`: the native side in pixels; `tokens`: the text encoder's length, special
    tokens included; `encoder_size`: the image encoder's input side, 0 without one; `width`: of its
    cross-attention. `inpainting`: its UNet takes a mask and the masked photo beside the latents. `refused`
    says of each adapter file that cannot be used why not. The `default_…` are how it is best used."""

    name: str
    path: Path
    pipeline: str
    size: int
    scale_factor: int
    tokens: int
    latent_channels: int
    prediction: str
    encoder_size: int
    adapters: tuple[AdapterInfo, ...]
    bytes: int
    width: int = 0
    inpainting: bool = False
    refused: tuple[str, ...] = ()
    advice: Advice = field(default_factory=Advice)

    @property
    def licence(self) -> str:
        return self.advice.licence or "See the folder the model came from."

    @property
    def description(self) -> str:
        return self.advice.description or f"{PIPELINES[self.pipeline]} model, {self.size} px."

    def adapter(self, layout: Layout, name: str = "") -> AdapterInfo:
        """The named adapter, or the first of `layout`. Raises KnownError."""
        for adapter in self.adapters:
            if adapter.layout == layout and name in ("", adapter.name):
                return adapter
        why = "".join(f" {reason}" for reason in self.refused)
        advice = f"Add one: likeness models add-adapter FILE --model {self.name}.{why}"
        raise KnownError(f"Model {self.name} has no {name or layout} adapter. {advice}")

    def methods(self) -> tuple[Method, ...]:
        """What its files make possible: "text", then every method all of whose adapters are there."""
        has = {adapter.layout for adapter in self.adapters} | {None}
        return tuple(name for name, method in METHODS.items() if {method.adapter, method.fusion} <= has)


def available(settings: Settings) -> list[ModelInfo]:
    """Every model that can be used: the embedded one, then the user's. A folder that no longer holds a
    model is left out; `find` says why."""
    models = []
    for name, folder in folders(settings).items():
        try:
            models.append(inspect(name, folder))
        except KnownError as error:
            log("models").warning("a model is left out: %s", plain(str(error)))
    return models


def find(settings: Settings, name: str) -> ModelInfo:
    """The model called `name`. Raises KnownError when there is none, or its folder is no model any more."""
    known = folders(settings)
    if name not in known:
        raise KnownError(f"There is no model called {name}. Known: {', '.join(sorted(known))}.")
    return inspect(name, known[name])


def folders(settings: Settings) -> dict[str, Path]:
    """Where each model lies, by name."""
    return EMBEDDED | {name: Path(folder) for name, folder in settings.models.items()}


def add(home: Home, folder: Path, name: str | None = None) -> ModelInfo:
    """Records a model folder in the home's settings. Raises KnownError when it is not an SD 1.5 or SDXL
    folder in diffusers layout, or the name is taken."""
    folder = folder.expanduser().resolve()
    name = name or re.sub(r"[^\w.-]+", "-", folder.name).strip("-.").lower() or "model"
    settings = settings_file.load(home)
    if folders(settings).get(name, folder) != folder:
        raise KnownError(
            f"A model called {name} is there already, in {folders(settings)[name]}. Choose another name."
        )
    model = inspect(name, folder)
    settings_file.save(home.create(), structs.replace(settings, models=settings.models | {name: str(folder)}))
    return model


def inspect(name: str, folder: Path) -> ModelInfo:
    """Reads a folder's configuration. Raises KnownError saying what was expected and what was found."""
    try:
        return _inspected(name, folder)
    except OSError as error:
        raise KnownError(f"The model folder {folder} cannot be read: {error.strerror or error}.") from error


def _inspected(name: str, folder: Path) -> ModelInfo:
    pipeline = _pipeline(folder)
    unet, vae = _json(folder / "unet" / "config.json"), _json(folder / "vae" / "config.json")
    text, scheduler = _json(folder / "text_encoder" / "config.json"), _scheduler(folder)
    _check_parts(folder, pipeline, unet, vae)
    scale_factor = 2 ** (len(_list(vae, "block_out_channels", folder / "vae")) - 1)
    fits = base(folder)
    adapters, refused = _adapters(name, fits)
    return ModelInfo(
        name=name,
        path=folder,
        pipeline=pipeline,
        size=_whole(unet, "sample_size", folder / "unet") * scale_factor,
        scale_factor=scale_factor,
        tokens=_whole(text, "max_position_embeddings", folder / "text_encoder", 77),
        latent_channels=_whole(vae, "latent_channels", folder / "vae", 4),
        prediction=str(scheduler.get("prediction_type", "epsilon")),
        encoder_size=fits.encoder.get("image_size", 0),
        adapters=adapters,
        bytes=sum(file.stat().st_size for file in weight_files(folder)),
        width=fits.width,
        inpainting=_takes_masks(unet, vae),
        refused=refused,
        advice=_advice(folder),
    )


def base(folder: Path) -> Base:
    """What the adapters of the model in `folder` must fit. Raises KnownError for what is no model."""
    pipeline, unet = _pipeline(folder), _json(folder / "unet" / "config.json")
    texts = [folder / part / "config.json" for part in _text_encoders(pipeline)]
    return Base(
        folder=folder,
        kind=PIPELINES[pipeline],
        width=_whole(unet, "cross_attention_dim", folder / "unet"),
        layers=cross_layers(unet),
        text=tuple(_whole(_json(file), "hidden_size", file.parent) for file in texts),
        encoder=_encoder(folder),
    )


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a model's parts (adapters left out), in a fixed order."""
    return sorted(file for file in folder.glob("*/*.safetensors") if file.parent.name != "adapters")


def _adapters(model: str, base: Base) -> tuple[tuple[AdapterInfo, ...], tuple[str, ...]]:
    """Every adapter this program can use, and why the other files cannot be."""
    folder = base.folder / "adapters"
    adapters, refused = [], []
    for file in sorted(folder.glob("*.safetensors")):
        try:
            adapters.append(recognise(file, base))
        except KnownError as error:
            refused.append(str(error))
    converted = {adapter.source for adapter in adapters}
    refused += [
        f"{file.name} can hold programs and is not read as it is. Convert it: "
        f'likeness models add-adapter "{file}" --model {model}'
        for file in sorted(folder.glob("*"))
        if file.suffix in PICKLES
        and file.name not in converted
        and not file.with_suffix(".safetensors").exists()
    ]
    return tuple(adapters), tuple(refused)


def _encoder(folder: Path) -> dict[str, int]:
    """The image encoder's sizes, or nothing without one."""
    file = folder / "image_encoder" / "config.json"
    if not file.exists():
        return {}
    config = _json(file)
    defaults = {
        "image_size": 224,
        "patch_size": 32,
        "projection_dim": 512,
        "hidden_size": 768,
        "num_hidden_layers": 12,
    }
    return {key: _whole(config, key, file, default) for key, default in defaults.items()}


def _pipeline(folder: Path) -> str:
    if not folder.is_dir():
        raise KnownError(f"There is no folder {folder}.")
    if not (folder / "model_index.json").is_file():
        found = ", ".join(sorted(file.name for file in folder.iterdir())[:8]) or "nothing"
        raise KnownError(
            f"{folder} is not a model in diffusers layout: expected model_index.json beside unet, vae and "
            f"text_encoder, found {found}. A single .safetensors checkpoint must be converted first."
        )
    named = str(_json(folder / "model_index.json").get("_class_name"))
    pipeline = INPAINTING.get(named, named)
    if pipeline not in PIPELINES:
        raise KnownError(f"{folder} holds a {pipeline}; expected {' or '.join(PIPELINES)} (SD 1.5 or SDXL).")
    return pipeline


def _check_parts(folder: Path, pipeline: str, unet: Mapping[str, Any], vae: Mapping[str, Any]) -> None:
    for part in ("unet", "vae", *_text_encoders(pipeline)):
        if not any((folder / part).glob("*.safetensors")):
            found = ", ".join(sorted(file.name for file in (folder / part).glob("*")))
            raise KnownError(
                f"{folder / part} has no .safetensors weights (found {found or 'nothing'}); .bin files "
                "can hold programs and are not loaded: convert them first."
            )
    if vae.get("_class_name") not in AUTOENCODERS:
        raise KnownError(
            f"{folder / 'vae'} holds a {vae.get('_class_name')}; expected {' or '.join(AUTOENCODERS)}."
        )
    channels, latents = unet.get("in_channels", 4), vae.get("latent_channels", 4)
    if channels != latents and not _takes_masks(unet, vae):
        raise KnownError(
            f"{folder / 'unet'} takes {channels} channels, its autoencoder gives {latents}: it is neither a "
            "model for whole pictures nor one that paints inside a mask (twice as many and one). Models for "
            "editing by words are not supported."
        )


def _takes_masks(unet: Mapping[str, Any], vae: Mapping[str, Any]) -> bool:
    """Whether the UNet takes the noisy latents, the mask, and the latents of the photo without what the mask
    covers."""
    latents = vae.get("latent_channels", 4)
    return isinstance(latents, int) and bool(unet.get("in_channels", 4) == 2 * latents + 1)


def _text_encoders(pipeline: str) -> list[str]:
    return ["text_encoder"] + ["text_encoder_2"] * (pipeline == "StableDiffusionXLPipeline")


def _scheduler(folder: Path) -> dict[str, Any]:
    return _json(folder / "scheduler" / "scheduler_config.json")


def _advice(folder: Path) -> Advice:
    file = folder / "likeness.json"
    if not file.exists():
        return Advice()
    try:
        return msgspec.json.decode(file.read_bytes(), type=Advice)
    except (OSError, *UNREADABLE) as error:
        raise KnownError(f"{file} cannot be read: {error}. Mend or delete it.") from error


def _json(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_bytes())
    except FileNotFoundError:
        raise KnownError(f"{file.parent} has no {file.name}: the model folder is not complete.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise KnownError(f"{file} cannot be read: {error}.") from error
    if not isinstance(value, dict):
        raise KnownError(f"{file} is not a configuration.")
    return value


def _whole(config: Mapping[str, Any], key: str, where: Path, default: int | None = None) -> int:
    value = config.get(key, default)
    if not isinstance(value, int) or not 0 < value < 2**24:
        raise KnownError(f"{where} says {key} = {value}; expected a whole number above 0.")
    return value


def _list(config: Mapping[str, Any], key: str, where: Path) -> list[Any]:
    value = config.get(key)
    if not isinstance(value, list) or not 0 < len(value) < 16:
        raise KnownError(f"{where} says {key} = {value}; expected a list.")
    return value
