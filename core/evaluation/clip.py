"""CLIP-T and CLIP-I with a CLIP model from a local folder (arXiv 2104.08718: w = 2.5)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.evaluation import encoder
from core.evaluation.identity import Vectors

WEIGHT = 2.5
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


def text_score(image: Vectors, text: Vectors) -> float:
    """CLIP-T of one picture: 2.5 · max(cos, 0). Both (E,) of length 1."""
    return WEIGHT * max(0.0, float(image @ text))


def image_score(images: Vectors, references: Vectors) -> float:
    """CLIP-I (or DINO): mean cosine over every pair. (N, E) and (R, E), rows of length 1."""
    return float((images @ references.T).mean())


class Clip:
    """The Concept101 protocol uses ViT-B/32, FastComposer's ViT-L/14. Raises KnownError when the folder holds
    no CLIP model."""

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        from transformers import AutoTokenizer, CLIPModel

        self._model: Any = encoder.open_model(CLIPModel, folder, "CLIP model", device)
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._device, self._size = device, int(self._model.config.vision_config.image_size)

    def images(self, images: Sequence[Image.Image]) -> Vectors:
        """(N, E), rows of length 1."""
        import torch

        values = encoder.pixels(images, self._size, self._size, MEAN, STD).to(self._device)
        with torch.inference_mode():
            pooled = self._model.vision_model(pixel_values=values).pooler_output
            return np.asarray(encoder.unit(self._model.visual_projection(pooled)))

    def texts(self, texts: Sequence[str]) -> Vectors:
        """(N, E), rows of length 1; words beyond the encoder's length are not read."""
        import torch

        tokens = self._tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=self._model.config.text_config.max_position_embeddings,
            return_tensors="pt",
        ).to(self._device)
        with torch.inference_mode():
            pooled = self._model.text_model(**tokens).pooler_output
            return np.asarray(encoder.unit(self._model.text_projection(pooled)))
