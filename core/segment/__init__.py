"""Telling a subject from its surroundings behind one Protocol. Values only: no model is imported here."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL import Image


class Segmenter(Protocol):
    """Masks the subject of a picture. `identity` names the model and its hash (it is part of every cache
    key)."""

    identity: str
    licence: str

    def mask(self, image: "Image.Image") -> "Image.Image":
        """An "L" picture of `image`'s size: 255 where the subject is, 0 elsewhere, soft edges between."""
        ...


def open_segmenter(name: str, models: Path) -> Segmenter:
    """`"embedded"` (U²-Net-p in `models`/segmentation) or `"folder:DIR"` (a local SAM 2 or BiRefNet folder in
    transformers layout). Raises KnownError."""
    from core.segment.backends import open_by_name

    return open_by_name(name, models)
