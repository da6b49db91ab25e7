"""U²-Net-p (arXiv 2005.09007): what catches the eye in a picture, 320 pixels, 4.6 MB."""

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image

from core.segment.onnx_model import Map, OnnxMap, as_mask, normalised

FILE = "u2netp.onnx"
CERTAIN = 0.5
"""The map is stretched to its own maximum, as the authors do, but only where something stands out at all:
stretching a picture of nothing would make a subject of its noise."""


class EmbeddedSegmenter:
    licence = "U²-Net-p: Apache-2.0; free for any use."

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self._network = OnnxMap(folder / FILE, 320, threads)
        digest = hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
        self.identity = f"u2netp-{digest[:12]}"

    def mask(self, image: Image.Image) -> Image.Image:
        """An "L" picture of `image`'s size: 255 where the subject is, 0 elsewhere, soft edges between."""
        return as_mask(_stretched(self._network.run(_pixels(image, self._network.size))), image.size)


def _pixels(image: Image.Image, size: int) -> Map:
    """The authors divide by the brightest value, not by 255, before they normalise."""
    small = image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
    brightest = max(1, int(np.asarray(small).max()))
    return normalised(Image.fromarray((np.asarray(small) * (255 / brightest)).astype(np.uint8)), size)


def _stretched(probability: Map) -> Map:
    low, high = float(probability.min()), float(probability.max())
    if high < CERTAIN:
        return probability
    stretched: Map = (probability - low) / (high - low + 1e-6)
    return stretched
