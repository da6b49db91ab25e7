"""SAM 2 (arXiv 2408.00714) from a local folder in transformers layout.

It segments what a prompt points at. A subject fills its crop, so the prompt is the crop itself: the box of
the whole picture and a point at its centre. transformers' own processor needs torchvision, which the program
does without; what it does here is a resize and a normalisation.
"""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.errors import KnownError
from core.segment.identity import LICENCE, short_hash
from core.segment.onnx_model import Map, as_mask, normalised


class Sam2Segmenter:
    """`preprocessing`: side in pixels, mean, deviation."""

    def __init__(self, folder: Path, preprocessing: tuple[int, Any, Any]) -> None:
        self._side, self._mean, self._std = preprocessing
        self._model = _load(folder)
        self.licence = LICENCE.format(folder=folder)
        self.identity = f"{folder.name}-{_weights_hash(folder)}"

    def mask(self, image: Image.Image) -> Image.Image:
        """See `core.segment.Segmenter.mask`."""
        logits = self._logits(normalised(image, self._side, self._mean, self._std))
        probability: Map = 1 / (1 + np.exp(-logits.clip(-30, 30)))
        return as_mask(probability, image.size)

    def _logits(self, pixels: Map) -> Map:
        """(3, side, side) → the map of the prompted subject, at the decoder's own size."""
        import torch

        side = float(self._side)
        with torch.inference_mode():
            output = self._model(
                pixel_values=torch.from_numpy(pixels)[None],
                input_points=torch.tensor([[[[side / 2, side / 2]]]]),
                input_labels=torch.ones(1, 1, 1, dtype=torch.int32),
                input_boxes=torch.tensor([[[0.0, 0.0, side, side]]]),
                multimask_output=False,
            )
        return np.asarray(output.pred_masks[0, 0, 0].float().numpy(), np.float32)


def _load(folder: Path) -> Any:
    from transformers import Sam2Model

    try:
        model = Sam2Model.from_pretrained(
            str(folder), local_files_only=True, use_safetensors=True, trust_remote_code=False
        )
    except Exception as error:
        names = ", ".join(sorted(path.name for path in folder.iterdir())[:12])
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise KnownError(
            f"The SAM 2 model in {folder} cannot be loaded ({reason}). It holds {names}."
        ) from error
    return model.eval()


def _weights_hash(folder: Path) -> str:
    return "-".join(short_hash(path) for path in sorted(folder.glob("*.safetensors")))
