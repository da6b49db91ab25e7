"""Finding and recognising faces behind one Protocol. Values only: no model is imported here."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL import Image

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the upright picture; may reach beyond its edges."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Face:
    """One face of one picture.

    `landmarks`: right eye, left eye, nose tip, right and left mouth corner (the person's own right), in
    pixels. `score`: detector confidence in [0, 1]. `quality`: [0, 1], from size, sharpness and pose; for
    choosing covers and references. `embedding`: unit-length float32 vector as bytes; its dimension is the
    backend's.
    """

    box: Box
    landmarks: tuple[Point, Point, Point, Point, Point]
    score: float
    quality: float
    embedding: bytes


class FaceBackend(Protocol):
    """Detects and embeds faces. `identity` names the models and their hashes: embeddings of different
    identities are never compared. `threshold` is the cosine similarity above which two faces are the same
    person, as measured for this backend. `licence` is shown to the user."""

    identity: str
    dimension: int
    threshold: float
    licence: str

    def find(self, image: "Image.Image") -> list[Face]:
        """Every face of an upright RGB picture, with its embedding, largest first."""
        ...


def open_backend(name: str, models: Path) -> FaceBackend:
    """`"embedded"` (YuNet + SFace in `models`/faces) or `"insightface:FOLDER"`, a local pack. Raises
    KnownError."""
    from core.faces.backends import open_by_name

    return open_by_name(name, models)
