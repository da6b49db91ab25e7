"""Adapter files: which layout each has and whether it fits a model, read from safetensors headers alone."""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import KnownError
from core.methods import Layout
from core.sums import file_hash

# The safetensors library's own limit for a header.
HEADER_LIMIT = 100_000_000
MARKS: dict[Layout, str] = {
    "ip-adapter": "image_proj.proj.weight",
    "ip-adapter-plus": "image_proj.latents",
}


@dataclass(frozen=True)
class AdapterInfo:
    """One adapter file: `tokens` image tokens a reference, for cross-attention of width `width`. `features`:
    how wide what its projection reads is. `trained`: it carries f of the trained weights (arXiv 2409.17920).
    `words`: how many pseudo-words it makes of a reference. `replaces`: the parts of the model that come from
    this file. `licence`: what it states, "" when it states nothing."""

    name: str
    path: Path
    layout: Layout
    tokens: int
    width: int
    features: int = 0
    trained: bool = False
    words: int = 0
    replaces: frozenset[str] = frozenset()
    non_commercial: bool = False
    licence: str = ""


@dataclass(frozen=True)
class Base:
    """What an adapter must fit: the width of the model's cross-attention, and the sizes of its image encoder
    by their names in its configuration, none without one."""

    width: int
    encoder: Mapping[str, int]


def check_licence(adapter: AdapterInfo, accepted: tuple[str, ...]) -> None:
    """Raises KnownError for a non-commercial adapter whose licence nobody accepted yet. `accepted` is
    `Settings.accepted`; called before a picture is queued."""
    if adapter.non_commercial and file_hash(adapter.path) not in accepted:
        raise KnownError(
            f"{adapter.name} is for non-commercial use only: {adapter.licence} Accept that first: "
            f"likeness models accept {adapter.name}."
        )


def recognise(file: Path, base: Base) -> AdapterInfo | None:
    """The adapter in a file, None for a file of another kind. Raises KnownError when it does not fit."""
    shapes = read_header(file)
    layout = next((layout for layout, key in MARKS.items() if key in shapes), None)
    if layout is None:
        return None
    try:
        built_for = shapes[min(key for key in shapes if key.endswith(".to_k_ip.weight"))][1]
        if layout == "ip-adapter":
            rows, features = shapes["image_proj.proj.weight"]
            tokens, reads = rows // shapes["image_proj.norm.weight"][0], "projection_dim"
        else:
            tokens, features = shapes["image_proj.latents"][1], shapes["image_proj.proj_in.weight"][1]
            reads = "hidden_size"
    except (ValueError, KeyError, IndexError) as error:
        raise KnownError(f"{file.name} is damaged: its tensors do not make an {layout} adapter.") from error
    _check_fits(file, built_for, base.width, features, base.encoder.get(reads, 0))
    return AdapterInfo(file.stem, file, layout, tokens, base.width, features)


def _check_fits(file: Path, built_for: int, width: int, features: int, encoder_features: int) -> None:
    if built_for != width:
        raise KnownError(
            f"{file.name} was made for another kind of model: its cross-attention is {built_for} wide, "
            f"this model's {width} (768: SD 1.5, 2048: SDXL)."
        )
    if not encoder_features:
        raise KnownError(
            f"{file.name} needs an image encoder: put one into the model's image_encoder folder."
        )
    if features != encoder_features:
        raise KnownError(
            f"{file.name} reads {features} features of an image encoder; the one in image_encoder gives "
            f"{encoder_features}. Use the image encoder the adapter was trained with."
        )


def read_header(file: Path) -> dict[str, tuple[int, ...]]:
    """The shapes of a safetensors file by tensor name, without reading a tensor: 8 bytes of length, then
    JSON. Raises KnownError for anything else."""
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            if length > min(HEADER_LIMIT, file.stat().st_size - 8):
                raise ValueError("its header is longer than the file")
            entries = json.loads(stream.read(length))
        return {key: _shape(entry) for key, entry in entries.items() if key != "__metadata__"}
    except (OSError, ValueError, struct.error, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise KnownError(f"{file.name} is not a safetensors file: {error}.") from error


def _shape(entry: Mapping[str, Any]) -> tuple[int, ...]:
    shape = tuple(entry["shape"])
    if not all(isinstance(side, int) and 0 <= side < 2**32 for side in shape):
        raise ValueError("its header holds an impossible shape")
    return shape
