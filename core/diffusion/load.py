"""A model folder → its parts in memory. Safetensors only, from this disk only."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from core.adapters import AdapterInfo
from core.diffusion import fastcomposer, photoverse, project, replace
from core.diffusion.memory import free, out_of_memory
from core.errors import KnownError
from core.models import ModelInfo
from core.spec import Precision

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
XL = "StableDiffusionXLPipeline"
Part = Literal["unet", "vae", "text_encoders", "image_encoder", "fusion_encoder", "adapters"]
PARTS: tuple[Part, ...] = get_args(Part)
ALWAYS: tuple[Part, ...] = ("unet", "text_encoders", "vae")
CLIP_MEAN, CLIP_STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


@dataclass(frozen=True)
class TextEncoder:
    tokenizer: Any
    model: Any


@dataclass(frozen=True)
class ImageEncoder:
    """`mean`, `std`: of the pixels in [0, 1], by channel; `identity` is the hash of its weights."""

    model: Any
    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    identity: str


@dataclass(frozen=True)
class Adapter:
    """An adapter file: its projection, and every tensor by key (layers read their `to_k_ip`, `to_v_ip`)."""

    info: AdapterInfo
    projection: nn.Module
    state: dict[str, Tensor]


@dataclass
class Loaded:
    """One model, ready. Each part is read when it is first needed (KnownError when a file is missing or
    damaged) and stays until `drop`. `hash_files` gives the identity of weight files. `replaced`: the file
    whose own UNet and encoders stand in for the folder's."""

    info: ModelInfo
    device: torch.device
    dtype: torch.dtype
    vae_dtype: torch.dtype
    scheduler_config: dict[str, Any]
    zero_empty_prompt: bool
    hash_files: Callable[[list[Path]], str]
    replaced: AdapterInfo | None = None
    adapters: dict[Path, Adapter] = field(default_factory=dict)

    @property
    def is_xl(self) -> bool:
        return self.info.pipeline == XL

    @cached_property
    def unet(self) -> Any:
        from diffusers import UNet2DConditionModel

        unet = _read(UNet2DConditionModel, self.info.path / "unet", self.dtype)
        return _place(self._filled(unet, "unet"), self.device)

    @cached_property
    def vae(self) -> Any:
        from diffusers import AutoencoderKL, AutoencoderTiny

        folder = self.info.path / "vae"
        tiny = _config(folder / "config.json").get("_class_name") == "AutoencoderTiny"
        return _place(_read(AutoencoderTiny if tiny else AutoencoderKL, folder, self.vae_dtype), self.device)

    @cached_property
    def text_encoders(self) -> list[TextEncoder]:
        encoders = _text_encoders(self.info, self.dtype)
        self._filled(encoders[0].model, "text_encoder")
        for encoder in encoders:
            encoder.model.to(self.device)
        return encoders

    @cached_property
    def image_encoder(self) -> ImageEncoder:
        """Loaded when the first reference is read."""
        from transformers import CLIPVisionModelWithProjection

        folder = self.info.path / "image_encoder"
        model = _read(CLIPVisionModelWithProjection, folder, self.dtype).to(self.device)
        mean, std = _pixel_statistics(self.info.path)
        return ImageEncoder(
            model, self.info.encoder_size, mean, std, self.hash_files(sorted(folder.glob("*.safetensors")))
        )

    @cached_property
    def fusion_encoder(self) -> ImageEncoder:
        """What FastComposer's fusion reads: its file's own image encoder, else the model's."""
        file = self.replaced
        if file is None or "image_encoder" not in file.replaces:
            return self.image_encoder
        model = replace.image_encoder(file.path, self.dtype).to(self.device)
        size = model.config.image_size
        return ImageEncoder(model, size, CLIP_MEAN, CLIP_STD, self.hash_files([file.path]))

    def complete(self) -> None:
        """Reads every part that all pictures need."""
        for part in ALWAYS:
            getattr(self, part)

    def drop(self, *parts: Part) -> None:
        """Gives the memory of these parts back; they are read again when they are next needed."""
        for part in parts:
            if part == "adapters":
                self.adapters.clear()
            else:
                self.__dict__.pop(part, None)
        free()

    def adapter(self, info: AdapterInfo) -> Adapter:
        """The adapter's tensors on this device, kept for the next picture. Raises KnownError."""
        if info.path not in self.adapters:
            self.adapters[info.path] = self._read_adapter(info)
        return self.adapters[info.path]

    def _filled(self, model: Any, name: str) -> Any:
        if self.replaced and name in self.replaced.replaces:
            replace.fill(model, self.replaced.path, name)
        return model

    def _read_adapter(self, info: AdapterInfo) -> Adapter:
        try:
            state = _adapter_state(info, self.device, self.dtype)
            return Adapter(info, _projection(info, state).to(self.device), state)
        except (OSError, SafetensorError, RuntimeError, KeyError) as error:
            if out_of_memory(error):
                raise
            raise KnownError(f"The adapter {info.path.name} cannot be used: {error}.") from error


def load(
    info: ModelInfo,
    device: torch.device,
    dtype: torch.dtype,
    hash_files: Callable[[list[Path]], str],
    replaced: AdapterInfo | None = None,
) -> Loaded:
    """A model of which nothing is in memory yet but its configuration."""
    quiet()
    return Loaded(
        info=info,
        device=device,
        dtype=dtype,
        vae_dtype=vae_precision(dtype, _config(info.path / "vae" / "config.json"), info.pipeline),
        scheduler_config=_config(info.path / "scheduler" / "scheduler_config.json"),
        zero_empty_prompt=bool(
            _config(info.path / "model_index.json").get("force_zeros_for_empty_prompt", True)
        ),
        hash_files=hash_files,
        replaced=replaced,
    )


def choose_device(wanted: str) -> torch.device:
    """`auto`: CUDA where there is one. Raises KnownError for a device this machine has not."""
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(wanted)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise KnownError(f"There is no device {wanted} here: {str(error).splitlines()[0]}.") from error
    return device


def choose_dtype(wanted: Precision, device: torch.device) -> torch.dtype:
    """`auto` is fp16 on CUDA, fp32 on a CPU. Raises KnownError for bf16 on a CPU without
    instructions for it and for fp16 on any CPU: both would be slower than fp32 and no better."""
    if wanted == "auto":
        return torch.float32 if device.type == "cpu" else torch.float16
    if device.type == "cpu" and (wanted == "fp16" or (wanted == "bf16" and not cpu_has_bf16())):
        raise KnownError(f"This processor has no instructions for {wanted}: choose auto or fp32.")
    return DTYPES[wanted]


def cpu_has_bf16() -> bool:
    """Whether the processor multiplies bf16 itself (avx512_bf16 or amx)."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def vae_precision(dtype: torch.dtype, config: dict[str, Any], pipeline: str) -> torch.dtype:
    """SDXL's autoencoder overflows in fp16 (its configuration says `force_upcast`): there it stays in
    fp32."""
    delicate = config.get("force_upcast", True) and config.get("_class_name") == "AutoencoderKL"
    delicate = delicate or (pipeline == XL and config.get("_class_name") == "AutoencoderKL")
    return torch.float32 if dtype == torch.float16 and delicate else dtype


def _config(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_bytes())
    return found


def quiet() -> None:
    """Their progress bars and remarks on configurations are not for our users."""
    import diffusers.utils.logging
    import transformers.utils.logging

    for library in (diffusers.utils.logging, transformers.utils.logging):
        library.disable_progress_bar()
        library.set_verbosity_error()


def _place(model: Any, device: torch.device) -> Any:
    """Convolutions are faster on channels-last memory, on CPUs and GPUs alike."""
    return model.to(device).to(memory_format=torch.channels_last)


def _projection(info: AdapterInfo, state: dict[str, Tensor]) -> nn.Module:
    if info.layout == "fastcomposer":
        return fastcomposer.build(state, info.path.name)
    if info.layout == "photoverse":
        return photoverse.build(info.path, state)
    return project.build(info, state)


def _adapter_state(info: AdapterInfo, device: torch.device, dtype: torch.dtype) -> dict[str, Tensor]:
    """Every tensor of an adapter but the parts of a model it brings along."""
    parts = tuple(f"{name}." for name in info.replaces)
    with safe_open(info.path, framework="pt") as tensors:
        keys = [key for key in tensors.keys() if not (parts and key.startswith(parts))]  # noqa: SIM118
        return {key: tensors.get_tensor(key).to(device, dtype) for key in keys}


def _text_encoders(info: ModelInfo, dtype: torch.dtype) -> list[TextEncoder]:
    from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

    kinds = {"text_encoder": CLIPTextModel, "text_encoder_2": CLIPTextModelWithProjection}
    names = ["text_encoder"] + ["text_encoder_2"] * (info.pipeline == XL)
    return [
        TextEncoder(
            _tokenizer(CLIPTokenizer, info.path / name.replace("text_encoder", "tokenizer")),
            _read(kinds[name], info.path / name, dtype),
        )
        for name in names
    ]


def _tokenizer(kind: Any, folder: Path) -> Any:
    try:
        return kind.from_pretrained(folder, local_files_only=True)
    except Exception as error:
        raise KnownError(f"The tokenizer in {folder} cannot be read: {error}.") from error


def _read(kind: Any, folder: Path, dtype: torch.dtype) -> Any:
    """One part. Some folders hold only the half-precision variant of the weights."""
    plain = [file for file in folder.glob("*.safetensors") if ".fp16." not in file.name]
    variant = {} if plain else {"variant": "fp16"}
    try:
        model = kind.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=dtype, **variant
        )
    except Exception as error:  # each library has its own for a configuration that cannot be
        if out_of_memory(error):
            raise
        raise KnownError(f"The model part in {folder} cannot be read: {error}.") from error
    if any(tensor.is_meta for tensor in model.state_dict().values()):
        raise KnownError(f"The model part in {folder} is not complete: some of its weights are missing.")
    return model.eval().requires_grad_(False)


def _pixel_statistics(folder: Path) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    file = folder / "feature_extractor" / "preprocessor_config.json"
    try:
        config = json.loads(file.read_bytes()) if file.exists() else {}
        mean = tuple(map(float, config.get("image_mean", CLIP_MEAN)))
        std = tuple(map(float, config.get("image_std", CLIP_STD)))
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise KnownError(f"{file} cannot be read: {error}.") from error
    if len(mean) != 3 or len(std) != 3 or not all(0 < each <= 1000 for each in std):
        raise KnownError(f"{file} must give three numbers each for image_mean and image_std.")
    return (mean[0], mean[1], mean[2]), (std[0], std[1], std[2])
