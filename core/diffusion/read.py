"""References → image tokens."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from core import references
from core.diffusion.load import Adapter, ImageEncoder, Loaded
from core.methods import Layout
from core.paths import Home
from core.spec import Reference


class ReferenceReader:
    """Reference crops → image tokens. What the image encoder says of a crop is kept in the home's cache,
    in files that carry the crop's hash in their names: deleting a crop's files deletes all that was
    derived from it."""

    def __init__(self, loaded: Loaded, home: Home) -> None:
        self.loaded, self.home = loaded, home
        self._features: dict[str, Tensor] = {}

    @torch.inference_mode()
    def tokens(self, adapter: Adapter, references: Sequence[Reference]) -> Tensor:
        """(T, D): the mean of the references' projected tokens, by weight."""
        weights = torch.tensor([reference.weight for reference in references], device=self.loaded.device)
        projected = [
            adapter.projection(self._read(adapter.info.layout, reference)[None])[0]
            for reference in references
        ]
        if len(projected) == 1:
            return projected[0]
        share = (weights / weights.sum())[:, None, None]
        return (torch.stack(projected).float() * share).sum(dim=0).to(self.loaded.dtype)

    @torch.inference_mode()
    def unconditional(self, adapter: Adapter) -> Tensor:
        """(T, D): what stands for "no image": the projection of a zero embedding (global), or of an image
        of zeros after normalisation (plus)."""
        encoder = self.loaded.image_encoder
        pixels = torch.zeros(
            1, 3, encoder.size, encoder.size, device=self.loaded.device, dtype=self.loaded.dtype
        )
        features = image_features(encoder, adapter.info.layout, pixels)
        return adapter.projection(
            torch.zeros_like(features) if adapter.info.layout == "ip-adapter" else features
        )[0]

    def _read(self, layout: Layout, reference: Reference) -> Tensor:
        name = self._name(layout, reference)
        if name not in self._features:
            stored = _read_stored(self.home.encodings / name)
            self._features[name] = self._encode(layout, reference, name) if stored is None else stored
        return self._features[name].to(self.loaded.device, self.loaded.dtype)

    def _encode(self, layout: Layout, reference: Reference, name: str) -> Tensor:
        encoder = self.loaded.image_encoder
        pixels = normalise(prepared(self.home, reference, encoder), encoder)
        features = image_features(encoder, layout, pixels.to(self.loaded.device, self.loaded.dtype))[0].cpu()
        _store(self.home.encodings / name, features)
        return features

    def _name(self, layout: Layout, reference: Reference) -> str:
        encoder = self.loaded.image_encoder
        settings = f"{reference.mask}|{layout}|{encoder.identity}|{encoder.size}|{encoder.mean}|{encoder.std}"
        settings += f"|{self.loaded.dtype}|{self.loaded.device.type}"
        return f"{reference.crop}-{hashlib.sha256(settings.encode()).hexdigest()[:16]}.safetensors"


def prepared(home: Home, reference: Reference, encoder: ImageEncoder) -> Image.Image:
    """The reference as the encoder sees it: square, at its size, surroundings in its mean colour
    (arXiv 2309.05793 §3)."""
    crop = references.load(home.references, reference.crop)
    mask = references.load(home.references, reference.mask) if reference.mask else None
    return references.compose(crop, mask, encoder.size, encoder.mean)


def normalise(image: Image.Image, encoder: ImageEncoder) -> Tensor:
    """RGB picture → (1, 3, S, S) as the encoder was trained: (x / 255 − mean) / std."""
    pixels = torch.from_numpy(np.asarray(image, dtype=np.float32) / 255).permute(2, 0, 1)
    mean, std = torch.tensor(encoder.mean)[:, None, None], torch.tensor(encoder.std)[:, None, None]
    return ((pixels - mean) / std)[None]


def image_features(encoder: ImageEncoder, layout: Layout, pixels: Tensor) -> Tensor:
    """(B, 3, S, S) → what the adapter's projection reads: pooled embeddings (B, E), or the patch states
    before the last layer (B, L, E)."""
    if layout == "ip-adapter":
        return encoder.model(pixels).image_embeds
    return encoder.model(pixels, output_hidden_states=True).hidden_states[-2]


def _read_stored(file: Path) -> Tensor | None:
    try:
        return load_file(file)["features"]
    except (OSError, SafetensorError, KeyError):
        return None


def _store(file: Path, features: Tensor) -> None:
    """Written whole, for its owner's eyes. A full disk costs only the time to encode again."""
    temporary = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary.touch(mode=0o600)
        save_file({"features": features.contiguous()}, temporary)
        temporary.chmod(0o600)
        temporary.replace(file)
    except (OSError, SafetensorError):
        temporary.unlink(missing_ok=True)
