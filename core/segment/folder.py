"""A local model folder as segmenter: SAM 2 in transformers layout, or BiRefNet exported to ONNX.

BiRefNet's own folders bring their network as Python code (`auto_map`). Code from a model folder is never run:
its ONNX export holds the same network as data.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.errors import KnownError
from core.segment import Segmenter
from core.segment.identity import LICENCE, short_hash
from core.segment.onnx_model import IMAGENET_MEAN, IMAGENET_STD, Map, OnnxMap, as_mask, normalised

ONNX_PLACES = ("onnx/model.onnx", "model.onnx", "onnx/model_fp16.onnx")
SAM2_TYPES = ("sam2", "sam2_video")


def open_folder(folder: Path) -> Segmenter:
    """Raises KnownError that says what was found when the folder is no such model."""
    config = _config(folder)
    exported = next((folder / place for place in ONNX_PLACES if (folder / place).is_file()), None)
    if config.get("model_type") in SAM2_TYPES:
        from core.segment.sam2 import Sam2Segmenter

        return Sam2Segmenter(folder, preprocessing(folder))
    if exported is not None:
        return OnnxSegmenter(folder, exported)
    raise KnownError(_refusal(folder, config))


LARGEST = 4096
"""Pixels of a side that a network may ask for."""


class OnnxSegmenter:
    """A network such as BiRefNet's ONNX export: picture in, one map of logits or probabilities out."""

    def __init__(self, folder: Path, path: Path, threads: int = 0) -> None:
        side, self._mean, self._std = preprocessing(folder)
        self._network = OnnxMap(path, side, threads)
        self.licence = LICENCE.format(folder=folder)
        self.identity = f"{folder.name}-{short_hash(path)}"

    def mask(self, image: Image.Image) -> Image.Image:
        """See `core.segment.Segmenter.mask`."""
        values = self._network.run(normalised(image, self._network.size, self._mean, self._std))
        return as_mask(_probability(values), image.size)


def _probability(values: Map) -> Map:
    """Values beyond [0, 1] are logits."""
    if values.min() >= 0 and values.max() <= 1:
        return values
    result: Map = 1 / (1 + np.exp(-values.clip(-30, 30)))
    return result


def preprocessing(folder: Path) -> tuple[int, Any, Any]:
    """Side, mean and deviation from preprocessor_config.json; 1024 and ImageNet's where it says nothing."""
    found = _json(folder / "preprocessor_config.json")
    size = found.get("size")
    side = size.get("height", 1024) if isinstance(size, dict) else 1024
    mean, std = found.get("image_mean", IMAGENET_MEAN), found.get("image_std", IMAGENET_STD)
    if (
        not isinstance(side, int)
        or not 1 <= side <= LARGEST
        or not _three(mean, -100)
        or not _three(std, 1e-6)
    ):
        raise KnownError(
            f"{folder / 'preprocessor_config.json'} cannot be used: its size must be 1 to {LARGEST} pixels, "
            "image_mean and image_std three numbers each."
        )
    return side, mean, std


def _three(values: Any, least: float) -> bool:
    """Whether these are three numbers, one for each colour."""
    numbers = isinstance(values, (list, tuple)) and all(type(each) in (int, float) for each in values)
    return numbers and len(values) == 3 and all(least <= each <= 1000 for each in values)


def _config(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise KnownError(f"There is no folder {folder}. Choose the folder of a SAM 2 or BiRefNet model.")
    return _json(folder / "config.json")


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise KnownError(f"{path} cannot be read: {error}.") from error
    return found if isinstance(found, dict) else {}


def _refusal(folder: Path, config: dict[str, Any]) -> str:
    kind = config.get("model_type") or ", ".join(map(str, config.get("architectures") or [])) or "no model"
    if "auto_map" in config:
        return (
            f"The model in {folder} ({kind}) brings its own Python code, and the program runs no code from "
            f"model folders. Use its ONNX export (a folder with onnx/model.onnx), or a SAM 2 folder."
        )
    names = sorted(path.name for path in folder.iterdir())[:12]
    listing = ", ".join(names) or "nothing"
    return f"{folder} is neither SAM 2 nor an ONNX segmenter: it is {kind}, and holds {listing}."
