"""References → what an adapter reads of them → image tokens."""

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from core import references
from core.diffusion.load import Adapter, ImageEncoder, Loaded
from core.disk import replacing
from core.errors import KnownError
from core.faces import Face, FaceBackend
from core.faces.align import aligned
from core.methods import FEATURES, Features
from core.paths import Home
from core.spec import FaceId, Joining, Reference

CHECKSUM = "checksum"
FACE_VALUES = 512
"""How long the face embeddings are that FaceID was trained with (InsightFace's ArcFace)."""


class ReferenceReader:
    """Reference crops → features → image tokens. What the encoders say of a crop is kept in the home's cache,
    in files that carry the crop's hash in their names: deleting a crop's files deletes all that was derived
    from it, face embeddings too."""

    def __init__(
        self, loaded: Loaded, home: Home, faces: Callable[[], FaceBackend], fusion: bool = False
    ) -> None:
        """`faces` gives the face backend when a FaceID adapter needs it. `fusion`: reads with
        the image encoder of FastComposer's fusion, which may be another than the model's."""
        self.loaded, self.home, self._open_faces, self._fusion = loaded, home, faces, fusion
        self._features: dict[str, dict[str, Tensor]] = {}
        self._unconditional: dict[Features, dict[str, Tensor]] = {}

    @torch.inference_mode()
    def features(self, kind: Features, reference: Reference) -> dict[str, Tensor]:
        """What an adapter reads of a reference, by name, on the model's device: `pooled` (1, E); `patches`
        (1, L, E), the states before the last layer; `layers` (1, N + 1, E), the class token of every hidden
        state; `face` (1, 512), of unit length; for "face+patches" the latter, and the patches of the aligned
        face. Raises KnownError when the crop is missing or shows no face, or when the face backend's
        embeddings are not FaceID's."""
        name = self._name(kind, reference)
        if name not in self._features:
            self._features[name] = self._stored(kind, name) or self._encode(kind, reference, name)
        return {key: self._placed(tensor) for key, tensor in self._features[name].items()}

    @torch.inference_mode()
    def unconditional(self, kind: Features) -> dict[str, Tensor]:
        """What stands for "no image", shaped like `features`: zeros for `pooled` and `face`; for the
        encoder's states those of an image of zeros after normalisation."""
        if kind not in self._unconditional:
            self._unconditional[kind] = {key: self._nothing(key) for key in kind.split("+")}
        return self._unconditional[kind]

    @torch.inference_mode()
    def tokens(
        self,
        adapter: Adapter,
        references: Sequence[Reference],
        joining: Joining = "mean",
        faceid: FaceId = FaceId(),
    ) -> Tensor:
        """(T', D): the mean of the references' projected tokens by weight, T' = T; or all of them one after
        another, where weights do not count."""
        kind = FEATURES[adapter.info.layout]
        projected = [_project(adapter, self.features(kind, each), faceid) for each in references]
        if joining == "concatenated":
            return torch.cat(projected)
        return weighted_mean(references, projected)

    @torch.inference_mode()
    def unconditional_tokens(
        self,
        adapter: Adapter,
        faceid: FaceId = FaceId(),
    ) -> Tensor:
        """(T, D): the projection of "no image", for one reference."""
        return _project(adapter, self.unconditional(FEATURES[adapter.info.layout]), faceid)

    @cached_property
    def for_fusion(self) -> "ReferenceReader":
        """The reader for FastComposer's fusion."""
        return ReferenceReader(self.loaded, self.home, self._open_faces, fusion=True)

    @property
    def _encoder(self) -> ImageEncoder:
        return self.loaded.fusion_encoder if self._fusion else self.loaded.image_encoder

    def _stored(self, kind: Features, name: str) -> dict[str, Tensor] | None:
        stored = _read_stored(self.home.encodings / name)
        return stored if stored and set(stored) == set(kind.split("+")) else None

    def _encode(self, kind: Features, reference: Reference, name: str) -> dict[str, Tensor]:
        read = self._of_face(kind, reference) if "face" in kind.split("+") else self._of_crop(kind, reference)
        kept = {key: tensor.cpu().contiguous() for key, tensor in read.items()}
        _store(self.home.encodings / name, kept)
        return kept

    def _of_crop(self, kind: Features, reference: Reference) -> dict[str, Tensor]:
        encoder = self._encoder
        return {kind: self._seen(kind, normalise(prepared(self.home, reference, encoder), encoder))}

    def _of_face(self, kind: Features, reference: Reference) -> dict[str, Tensor]:
        """Of the largest face: the crop was cut around it. Its mask is left aside, as FaceID's training had
        none."""
        crop = references.load(self.home.references, reference.crop).convert("RGB")
        face = self._largest_face(crop)
        read = {"face": torch.from_numpy(np.frombuffer(face.embedding, np.float32).copy())[None]}
        if kind == "face+patches":
            encoder = self._encoder
            upright = aligned(crop, face.landmarks, encoder.size)
            read["patches"] = self._seen("patches", normalise(upright, encoder))
        return read

    def _largest_face(self, crop: Image.Image) -> Face:
        found = self._faces.find(crop)
        if not found:
            raise KnownError(
                "One of the references shows no face that FaceID could read. Take that reference away, or "
                "choose another method, IP-Adapter plus for example."
            )
        return found[0]

    def _nothing(self, key: str) -> Tensor:
        if key == "face":
            return self._placed(torch.zeros(1, FACE_VALUES))
        encoder = self._encoder
        if key == "pooled":
            return self._placed(torch.zeros(1, encoder.model.config.projection_dim))
        return self._seen(key, torch.zeros(1, 3, encoder.size, encoder.size))

    def _seen(self, key: str, pixels: Tensor) -> Tensor:
        return image_features(self._encoder, key, self._placed(pixels))

    def _placed(self, tensor: Tensor) -> Tensor:
        return tensor.to(self.loaded.device, self.loaded.dtype)

    @property
    def _faces(self) -> FaceBackend:
        # Asked for each time: whoever opens it keeps it, and may have given it up meanwhile.
        backend = self._open_faces()
        if backend.dimension != FACE_VALUES:
            raise KnownError(
                f"FaceID needs InsightFace's face embeddings of {FACE_VALUES} values; now in use: "
                f"{backend.identity}, {backend.dimension} values. Choose an InsightFace pack: likeness "
                "models faces DIR."
            )
        return backend

    def _name(self, kind: Features, reference: Reference) -> str:
        """The crop, and all that its features depend on."""
        keys = kind.split("+")
        parts: list[object] = [kind, self.loaded.dtype, self.loaded.device.type]
        parts.append(self._faces.identity if "face" in keys else reference.mask)
        if keys != ["face"]:
            encoder = self._encoder
            parts += [encoder.identity, encoder.size, encoder.mean, encoder.std]
        settings = "|".join(map(str, parts))
        return f"{reference.crop}-{hashlib.sha256(settings.encode()).hexdigest()[:16]}.safetensors"


def weighted_mean(references: Sequence[Reference], each: Sequence[Tensor]) -> Tensor:
    """The mean of what was read of each reference, by weight; shape and precision stay."""
    if len(each) == 1:
        return each[0]
    weights = torch.tensor([reference.weight for reference in references], device=each[0].device)
    share = (weights / weights.sum()).reshape(-1, *[1] * each[0].ndim)
    return (torch.stack(list(each)).float() * share).sum(dim=0).to(each[0].dtype)


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


def image_features(encoder: ImageEncoder, key: str, pixels: Tensor) -> Tensor:
    """(B, 3, S, S) → `pooled` (B, E), `patches` (B, L, E) or `layers` (B, N + 1, E)."""
    if key == "pooled":
        return encoder.model(pixels).image_embeds
    states = encoder.model(pixels, output_hidden_states=True).hidden_states
    return states[-2] if key == "patches" else torch.stack([state[:, 0] for state in states], dim=1)


def _project(adapter: Adapter, features: dict[str, Tensor], faceid: FaceId) -> Tensor:
    settings = {"s_scale": faceid.s_scale} if adapter.info.layout == "ip-adapter-faceid-plusv2" else {}
    return adapter.projection(**features, **settings)[0]


def _read_stored(file: Path) -> dict[str, Tensor] | None:
    """None for what is not there, and for what a disk has changed: numbers look like numbers."""
    try:
        with safe_open(file, framework="pt") as tensors:
            features = {key: tensors.get_tensor(key) for key in tensors.keys()}  # noqa: SIM118
            stated = (tensors.metadata() or {}).get(CHECKSUM)
        return features if stated == _checksum(features) else None
    except (OSError, SafetensorError, RuntimeError, TypeError, ValueError):
        return None


def _checksum(features: dict[str, Tensor]) -> str:
    """Of names, shapes, types and values."""
    digest = hashlib.sha256()
    for key in sorted(features):
        values = features[key].contiguous()
        digest.update(f"{key}|{values.dtype}|{tuple(values.shape)}|".encode())
        digest.update(values.flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _store(file: Path, features: dict[str, Tensor]) -> None:
    """Written whole, for its owner's eyes. A full disk costs only the time to encode again."""
    with contextlib.suppress(OSError, SafetensorError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replacing(file) as temporary:
            save_file(features, temporary, metadata={CHECKSUM: _checksum(features)})
            temporary.chmod(0o600)
