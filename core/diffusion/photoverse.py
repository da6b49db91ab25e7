"""PhotoVerse's adapters, arXiv 2309.05793 §3.2: from the class token of several layers of the image encoder
to pseudo-words for the text encoder and image tokens for cross-attention. The file's layout is the project's
own (docs/formats/photoverse.md); no weights were published.

Shapes: N layers of the image encoder and its embedding before them, E its width, n adapters, D the width of
what they make.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from core.errors import KnownError

FORMAT = "likeness-photoverse/1"
ENCODERS = ("text_adapter", "text_adapter_2")
KEY = re.compile(
    r"(?:text_adapter(?:_2)?|image_adapter)\.\d+\.(?:fc1|norm1|fc2|norm2)\.(?:weight|bias)"
    r"|text_lora\.\d+\.to_[kv]\.(?:down|up)\.weight|visual\.\d+\.to_[kv]\.weight"
)
SLOPE = 0.01
"""Of LeakyReLU below zero: PyTorch's own, which the paper does not change."""


@dataclass(frozen=True)
class Header:
    """What a file says of itself. `encoder_layers`: which hidden state each adapter reads, 0 being the
    embedding before the first layer; `encoder`: the identity of the image encoder it was trained with."""

    encoder_layers: tuple[int, ...]
    encoder: str


class Adapter(nn.Module):
    """(…, E) → (…, D): a two-layer MLP, LayerNorm and LeakyReLU after each linear layer."""

    def __init__(self, features: int, hidden: int, width: int) -> None:
        super().__init__()
        self.fc1, self.norm1 = nn.Linear(features, hidden), nn.LayerNorm(hidden)
        self.fc2, self.norm2 = nn.Linear(hidden, width), nn.LayerNorm(width)

    def forward(self, features: Tensor) -> Tensor:
        hidden = F.leaky_relu(self.norm1(self.fc1(features)), SLOPE)
        return F.leaky_relu(self.norm2(self.fc2(hidden)), SLOPE)


class PhotoVerseAdapters(nn.Module):
    """The text adapters, a list for each text encoder of the model, and the image adapters. Called with the
    class tokens it gives the image tokens, as every projection does."""

    def __init__(self, header: Header, text: Sequence[Sequence[Adapter]], image: Sequence[Adapter]) -> None:
        super().__init__()
        self.header = header
        self.text = nn.ModuleList(nn.ModuleList(adapters) for adapters in text)
        self.image = nn.ModuleList(image)

    def forward(self, layers: Tensor) -> Tensor:
        """Class tokens (B, N + 1, E) → image tokens (B, n, D)."""
        return torch.stack(self._each(self.image, layers, 0), dim=1)

    def pseudo_words(self, layers: Tensor, words: int) -> list[Tensor]:
        """Class tokens of one reference (1, N + 1, E) → S*, (`words`, D) for each text encoder. Fewer words
        than adapters come from the deepest layers. Raises KnownError for more words than there are
        adapters."""
        most = len(self.header.encoder_layers)
        if words > most:
            raise KnownError(
                f"This PhotoVerse adapter makes at most {most} pseudo-words of a reference; {words} were "
                "asked for."
            )
        return [torch.cat(self._each(adapters.children(), layers, most - words)) for adapters in self.text]

    def check_encoder(self, identity: str) -> None:
        """Raises KnownError when the model's image encoder is not the one the adapters were trained with."""
        if identity != self.header.encoder:
            raise KnownError(
                "This PhotoVerse adapter was trained with another image encoder: expected one whose weights "
                f"have the SHA-256 {self.header.encoder}, the model's have {identity}."
            )

    def _each(self, adapters: Iterable[nn.Module], layers: Tensor, first: int) -> list[Tensor]:
        """What the adapters from `first` on make of their layers, (B, D) each."""
        deepest = max(self.header.encoder_layers)
        if deepest >= layers.shape[1]:
            raise KnownError(
                f"This PhotoVerse adapter reads layer {deepest} of its image encoder; the model's has "
                f"{layers.shape[1] - 1}."
            )
        chosen = zip(adapters, self.header.encoder_layers, strict=True)
        return [adapter(layers[:, layer]) for adapter, layer in list(chosen)[first:]]


def read_header(file: Path) -> Header:
    """The file's metadata. Raises KnownError when it is not such a file."""
    try:
        with safe_open(file, "pt") as opened:
            metadata = opened.metadata() or {}
        if metadata.get("format") != FORMAT:
            raise ValueError(f"expected the format {FORMAT}, found {metadata.get('format', 'none')}")
        layers = tuple(int(layer) for layer in metadata["encoder_layers"].split(","))
        if min(layers) < 0:
            raise ValueError(f"layer {min(layers)}")
        return Header(layers, metadata["encoder_sha256"])
    except KeyError as error:
        raise _unusable(file, f"its header does not state {error.args[0]}") from error
    except (OSError, SafetensorError, ValueError) as error:
        raise _unusable(file, str(error)) from error


def build(file: Path, state: Mapping[str, Tensor]) -> PhotoVerseAdapters:
    """The adapters of a file's tensors, which they share. Raises KnownError for tensors that are
    missing, unknown, or of sizes that do not belong together."""
    header = read_header(file)
    try:
        _check_layers(state)
        encoders = [name for name in ENCODERS if any(key.startswith(f"{name}.") for key in state)]
        text = [_adapters(state, name, header) for name in encoders]
        adapters = PhotoVerseAdapters(header, text, _adapters(state, "image_adapter", header))
        _check_complete(state, header, encoders)
    except KeyError as error:
        raise _unusable(file, f"{error.args[0]} is missing") from error
    except ValueError as error:
        raise _unusable(file, str(error)) from error
    return adapters.eval().requires_grad_(False)


def _unusable(file: Path, why: str) -> KnownError:
    return KnownError(f"{file.name} is not a usable PhotoVerse adapter: {why}.")


def _adapters(state: Mapping[str, Tensor], name: str, header: Header) -> list[Adapter]:
    return [_adapter(state, f"{name}.{index}.") for index in range(len(header.encoder_layers))]


def _adapter(state: Mapping[str, Tensor], prefix: str) -> Adapter:
    own = {key.removeprefix(prefix): tensor for key, tensor in state.items() if key.startswith(prefix)}
    hidden, features = state[f"{prefix}fc1.weight"].shape
    # On no device at all: whatever sizes a damaged file states, they take no memory.
    with torch.device("meta"):
        adapter = Adapter(features, hidden, state[f"{prefix}fc2.weight"].shape[0])
    for key, expected in adapter.state_dict().items():
        if state[f"{prefix}{key}"].shape != expected.shape:
            sizes = f"{tuple(state[f'{prefix}{key}'].shape)}, expected {tuple(expected.shape)}"
            raise ValueError(f"{prefix}{key} has the size {sizes}")
    adapter.load_state_dict(own, assign=True)
    return adapter


def _check_complete(state: Mapping[str, Tensor], header: Header, encoders: Sequence[str]) -> None:
    """Every adapter reads the same encoder and writes as wide as its neighbours; there are no others."""
    count = len(header.encoder_layers)
    if not encoders:
        raise ValueError("it has no text adapters")
    for name in (*encoders, "image_adapter"):
        beyond = f"{name}.{count}."
        if any(key.startswith(beyond) for key in state):
            raise ValueError(f"it has adapters beyond the {count} its encoder_layers name: {beyond}")
        sizes = {
            (state[f"{name}.{index}.fc1.weight"].shape[1], state[f"{name}.{index}.fc2.weight"].shape[0])
            for index in range(count)
        }
        if len(sizes) != 1:
            raise ValueError(f"the adapters {name}.* differ in size: {sorted(sizes)}")


def _check_layers(state: Mapping[str, Tensor]) -> None:
    """Every cross-attention layer has its LoRA and its W^S, as wide as the image tokens."""
    unknown = [key for key in state if not KEY.fullmatch(key)]
    if unknown:
        raise ValueError(f"unknown tensors: {', '.join(sorted(unknown)[:3])}")
    numbers = {key.split(".")[1] for key in state if key.startswith(("visual.", "text_lora."))}
    if not numbers:
        raise ValueError("it has no weights for any layer")
    width = state["image_adapter.0.fc2.weight"].shape[0]
    for number in numbers:
        for part in ("to_k", "to_v"):
            _check_layer(state, number, part, width)


def _check_layer(state: Mapping[str, Tensor], number: str, part: str, width: int) -> None:
    down = state[f"text_lora.{number}.{part}.down.weight"]
    up = state[f"text_lora.{number}.{part}.up.weight"]
    visual = state[f"visual.{number}.{part}.weight"]
    if down.shape[0] != up.shape[1] or visual.shape != (up.shape[0], width):
        raise ValueError(
            f"the sizes of layer {number} {part} do not belong together: down {tuple(down.shape)}, "
            f"up {tuple(up.shape)}, visual {tuple(visual.shape)}, image tokens {width} wide"
        )
