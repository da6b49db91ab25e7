"""Words and references → what the UNet's cross-attention reads."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from core import references
from core.diffusion import plan as planning
from core.diffusion.load import Adapter, ImageEncoder, Loaded, TextEncoder
from core.errors import KnownError
from core.paths import Home
from core.spec import Method, Reference, SubjectSpec


@dataclass(frozen=True)
class TextStates:
    """`states` (L, D); `pooled` (E,) for SDXL, else None; `tokens`: character span of each of the L
    tokens, (0, 0) for special ones."""

    states: Tensor
    pooled: Tensor | None
    tokens: tuple[planning.Span, ...]


@dataclass(frozen=True)
class SubjectTokens:
    """`image` (T, D) tokens of all the subject's references together; `words` (S, D), the text it is known
    by."""

    image: Tensor
    words: Tensor


@torch.inference_mode()
def encode_text(loaded: Loaded, text: str) -> TextStates:
    """The text as the UNet reads it; what does not fit is cut (`cut_words` says what that is). SDXL's two
    encoders are joined along features, each before its last layer; the pooled vector is the second
    one's."""
    outputs = [_run(encoder, text, loaded) for encoder in loaded.text_encoders]
    tokens = _token_spans(loaded.text_encoders[0], text, loaded.info.tokens)
    if not loaded.is_xl:
        return TextStates(outputs[0].last_hidden_state[0], None, tokens)
    states = torch.cat([output.hidden_states[-2][0] for output in outputs], dim=-1)
    return TextStates(states, outputs[1].text_embeds[0], tokens)


def encode_negative(loaded: Loaded, text: str) -> TextStates:
    """The unconditional half's text. SDXL was trained with zeros for an empty one."""
    encoded = encode_text(loaded, text)
    if text or not (loaded.is_xl and loaded.zero_empty_prompt) or encoded.pooled is None:
        return encoded
    return TextStates(torch.zeros_like(encoded.states), torch.zeros_like(encoded.pooled), encoded.tokens)


def cut_words(loaded: Loaded, prompt: str, subjects: Sequence[SubjectSpec]) -> str:
    """What of the prompt the text encoders will not read. Raises KnownError when a subject's noun is in
    it."""
    lost = ""
    for encoder in loaded.text_encoders:
        encoded = encoder.tokenizer(
            prompt, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        spans = encoded.offset_mapping
        lost = max(lost, planning.fit_words(prompt, spans, loaded.info.tokens - 2, subjects), key=len)
    return lost


def class_words(loaded: Loaded, noun: str) -> Tensor:
    """The noun encoded alone, special tokens left out. (S, D)."""
    text = encode_text(loaded, noun)
    return _rows(text, [(0, len(noun))], noun)


def empty_words(loaded: Loaded, rows: int) -> Tensor:
    """An empty prompt where `rows` words would stand, behind the special token at its start. (S, D)."""
    return encode_text(loaded, "").states[1 : 1 + rows]


def prompt_words(text: TextStates, subject: SubjectSpec) -> Tensor:
    """The subject's own tokens inside the prompt, so that two men in one prompt differ. (S, D)."""
    return _rows(text, subject.spans, subject.noun)


def _rows(text: TextStates, spans: Sequence[planning.Span], noun: str) -> Tensor:
    rows = planning.token_rows(spans, text.tokens)
    if not rows:
        raise KnownError(f"The model's text encoder has no token for “{noun}”.")
    return text.states[rows]


def _run(encoder: TextEncoder, text: str, loaded: Loaded):  # type: ignore[no-untyped-def]
    ids = encoder.tokenizer(
        text, padding="max_length", max_length=loaded.info.tokens, truncation=True, return_tensors="pt"
    ).input_ids
    return encoder.model(ids.to(loaded.device), output_hidden_states=loaded.is_xl)


def _token_spans(encoder: TextEncoder, text: str, length: int) -> tuple[planning.Span, ...]:
    encoded = encoder.tokenizer(
        text,
        padding="max_length",
        max_length=length,
        truncation=True,
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
    )
    pairs = zip(encoded.offset_mapping, encoded.special_tokens_mask, strict=True)
    return tuple((0, 0) if special else (start, end) for (start, end), special in pairs)


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
            adapter.projection(self._read(adapter.info.method, reference)[None])[0]
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
        features = image_features(encoder, adapter.info.method, pixels)
        return adapter.projection(
            torch.zeros_like(features) if adapter.info.method == "ip-adapter" else features
        )[0]

    def _read(self, method: Method, reference: Reference) -> Tensor:
        name = self._name(method, reference)
        if name not in self._features:
            stored = _read_stored(self.home.encodings / name)
            self._features[name] = self._encode(method, reference, name) if stored is None else stored
        return self._features[name].to(self.loaded.device, self.loaded.dtype)

    def _encode(self, method: Method, reference: Reference, name: str) -> Tensor:
        encoder = self.loaded.image_encoder
        pixels = normalise(prepared(self.home, reference, encoder), encoder)
        features = image_features(encoder, method, pixels.to(self.loaded.device, self.loaded.dtype))[0].cpu()
        _store(self.home.encodings / name, features)
        return features

    def _name(self, method: Method, reference: Reference) -> str:
        encoder = self.loaded.image_encoder
        settings = f"{reference.mask}|{method}|{encoder.identity}|{encoder.size}|{encoder.mean}|{encoder.std}"
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


def image_features(encoder: ImageEncoder, method: Method, pixels: Tensor) -> Tensor:
    """(B, 3, S, S) → what the adapter's projection reads: pooled embeddings (B, E), or the patch states
    before the last layer (B, L, E)."""
    if method == "ip-adapter":
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
