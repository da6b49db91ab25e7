"""DINO similarity (arXiv 2104.14294) with a ViT from a local folder: the class token of the last layer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.evaluation import encoder
from core.evaluation.identity import Vectors

RESIZE, CROP = 256, 224
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
"""ImageNet's statistics."""


class Dino:
    """The protocols use ViT-S/16. Raises KnownError when the folder holds no ViT."""

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        from transformers import ViTModel

        self._model: Any = encoder.open_model(ViTModel, folder, "DINO model (a ViT)", device)
        self._device, self._size = device, int(self._model.config.image_size)

    def images(self, images: Sequence[Image.Image]) -> Vectors:
        """(N, E), rows of length 1. Shorter side to 256, the middle 224 of it; in proportion for an encoder
        of another input."""
        import torch

        resize = round(self._size * RESIZE / CROP)
        values = encoder.pixels(images, resize, self._size, MEAN, STD).to(self._device)
        with torch.inference_mode():
            return np.asarray(encoder.unit(self._model(pixel_values=values).last_hidden_state[:, 0]))
