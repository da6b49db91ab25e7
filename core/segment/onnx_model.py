"""A segmentation network in one ONNX file: a normalised square in, one map of the subject out."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.errors import KnownError

Map = np.ndarray[Any, np.dtype[np.float32]]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


class OnnxMap:
    """Runs the network on the CPU. `size`: the side of its input in pixels, read from the file;
    `fallback_size` for a file that takes any. `threads` 0 leaves the number to onnxruntime."""

    def __init__(self, path: Path, fallback_size: int, threads: int = 0) -> None:
        self._path = path
        self._session = _session(path, threads)
        self._input, self.size = _square_input(self._session, path, fallback_size)
        self._output = self._session.get_outputs()[0].name

    def run(self, pixels: Map) -> Map:
        """(3, size, size) → (size, size). Raises KnownError for a network that gives anything else."""
        try:
            values = self._session.run([self._output], {self._input: pixels[None]})[0]
            return np.asarray(values, np.float32).reshape(values.shape[-2:])
        except Exception as error:  # onnxruntime's exceptions share no base class of its own
            told = f"The segmenter {self._path} gives no map of the picture ({type(error).__name__})."
            raise KnownError(told) from error


def _session(path: Path, threads: int) -> Any:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read while onnxruntime is imported
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # Waiting threads would otherwise burn a core each, and rendering needs the cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    except OSError as error:
        raise KnownError(f"{path.name} cannot be read from {path.parent}: {error.strerror}.") from error
    except Exception as error:  # onnxruntime's exceptions share no base class of its own
        raise KnownError(f"{path} is no ONNX model, or a damaged one ({type(error).__name__}).") from error


def _square_input(session: Any, path: Path, fallback_size: int) -> tuple[str, int]:
    inputs, outputs = session.get_inputs(), session.get_outputs()
    shape = inputs[0].shape
    sides = [side if isinstance(side, int) else fallback_size for side in shape[2:]]
    wide = len(shape) == 4 and shape[1] in (3, "3") and inputs[0].type == "tensor(float)"
    if len(inputs) != 1 or not wide or sides[0] != sides[1] or len(outputs[0].shape) not in (3, 4):
        result = outputs[0].shape
        raise KnownError(f"{path} does not segment pictures: its input is {shape}, its output {result}.")
    return inputs[0].name, sides[0]


def normalised(image: Image.Image, size: int, mean: Any = IMAGENET_MEAN, std: Any = IMAGENET_STD) -> Map:
    """(3, size, size): (pixel / 255 − mean) / std."""
    small = image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
    values = np.asarray(small, np.float32) / 255
    values = (values - np.asarray(mean, np.float32)) / np.asarray(std, np.float32)
    return np.ascontiguousarray(values.transpose(2, 0, 1), np.float32)


def as_mask(probability: Map, size: tuple[int, int]) -> Image.Image:
    """[0, 1] → an "L" picture of `size` (width, height)."""
    grey = (probability.clip(0, 1) * 255).round().astype(np.uint8)
    return Image.fromarray(grey).resize(size, Image.Resampling.BILINEAR)
