"""The models a user has: what each folder holds, read from its files without loading a weight.

A model is a folder in diffusers layout. Nothing is assumed of it: size, tokens, channels, prediction type and
encoder size are read from its configuration files, adapters from their safetensors headers.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from core.errors import KnownError
from core.spec import Method


@dataclass(frozen=True)
class AdapterInfo:
    """One adapter file: `tokens` image tokens a reference, for cross-attention of width `width`."""

    name: str
    path: Path
    method: Method
    tokens: int
    width: int


@dataclass(frozen=True)
class ModelInfo:
    """One model folder. `size`: the native side in pixels; `tokens`: the text encoder's length, special tokens
    included; `encoder_size`: the image encoder's input side, 0 without one."""

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

    def adapter(self, method: Method, name: str = "") -> AdapterInfo:
        """The named adapter, or the first for `method`. Raises KnownError."""
        for adapter in self.adapters:
            if adapter.method == method and name in ("", adapter.name):
                return adapter
        raise KnownError(f"Model {self.name} has no {name or method} adapter. Put its file into {self.path}/adapters.")
