"""Who a face is, with gradients: SFace (arXiv 2205.12010) read from the program's own file and run in torch,
and the upright crop of 112 pixels that it expects, cut from a picture by a sampling that gradients pass.

The network is frozen: it has buffers only, no parameters. It works in fp32 whatever precision is around it.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from core.errors import KnownError
from core.faces import Face, FaceBackend, open_backend
from core.faces.align import TEMPLATE
from core.faces.boxes import iou
from core.faces.embedded import RECOGNISER
from core.paths import RESOURCES

SIDE = 112
LEVEL = 127.5
"""Grey levels between 0 and 1: the network reads 0 to 255."""
MARKS = ((0.262, 0.378), (0.738, 0.378), (0.5, 0.577), (0.286, 0.72), (0.714, 0.72))
"""Where the detector's own landmarks lie in its own boxes, in parts of their sides: the mean of the demo
album's faces, mirrored ones too."""
MODELS = RESOURCES / "models"


class FaceFeatures(nn.Module):
    """SFace, node by node as its file lists them. Raises KnownError for a file that is missing or that holds
    anything but such a network; nothing in a file is ever executed."""

    def __init__(self, file: Path = MODELS / "faces" / RECOGNISER) -> None:
        super().__init__()
        graph = _graph(file)
        constants = _constants(graph)
        for number, value in enumerate(constants.values()):
            self.register_buffer(f"constant_{number}", value, persistent=False)
        self._constants = {name: f"constant_{number}" for number, name in enumerate(constants)}
        self._nodes = [_Node(node, file) for node in graph.node]
        self._input, self._output = graph.input[0].name, graph.output[0].name
        self._stages = _stages(self._nodes)

    def forward(self, faces: Tensor) -> Tensor:
        """Aligned faces (N, 3, 112, 112) in [−1, 1] → (N, 128) of unit length."""
        return self.with_stages(faces)[0]

    def with_stages(self, faces: Tensor) -> tuple[Tensor, list[Tensor]]:
        """`forward`'s, and what the network sees on the way: the last features at each of its sizes, (N, C,
        s, s) with s = 112, 56, 28, 14 and 7."""
        with torch.autocast(faces.device.type, enabled=False):
            values = self._run(LEVEL * (faces.float() + 1))
        return F.normalize(values[self._output], dim=-1), [values[name] for name in self._stages]

    def _run(self, pixels: Tensor) -> dict[str, Tensor]:
        values, kept = {self._input: pixels}, {self._output, *self._stages}
        for node in self._nodes:
            given = [values[name] if name in values else self._constant(name) for name in node.inputs]
            if node.inputs[0] not in kept:  # a chain: nothing else will ask for it
                del values[node.inputs[0]]
            values[node.output] = OPERATIONS[node.kind](given, node.attributes)
        return values

    def _constant(self, name: str) -> Tensor:
        constant: Tensor = getattr(self, self._constants[name])
        return constant


class _Node:
    """One step of the graph, in plain values."""

    def __init__(self, node: Any, file: Path) -> None:
        from onnx import helper

        if node.op_type not in OPERATIONS:
            raise KnownError(f"{file.name} is not the face model of this program: it holds {node.op_type}.")
        self.kind, self.inputs, self.output = node.op_type, list(node.input), node.output[0]
        self.attributes = {each.name: helper.get_attribute_value(each) for each in node.attribute}


def aligned(pixels: Tensor, pictures: Tensor, marks: Tensor) -> Tensor:
    """N faces of B pictures, upright and as large as SFace expects: (N, 3, 112, 112) in [−1, 1].

    `pixels` (B, 3, H, W) in [−1, 1]; `pictures` (N,), which one each face is in; `marks` (N, 5, 2), its eyes,
    nose and mouth's corners in pixels, from the middle of the first one. What lies beyond the picture is
    black. Gradients reach `pixels`, not `marks`."""
    with torch.autocast(pixels.device.type, enabled=False):
        turn, shift = _similarity(marks.float())
        finer = _finer(turn)
        at = _places(turn, shift, finer)  # (N, S, S, 2)
        size = torch.tensor([pixels.shape[3], pixels.shape[2]], device=pixels.device)
        grid = (2 * at + 1) / size - 1
        sampled = F.grid_sample(pixels.float()[pictures] + 1, grid, align_corners=False) - 1
        return F.avg_pool2d(sampled, finer) if finer > 1 else sampled


def usual_marks(boxes: Tensor) -> Tensor:
    """Boxes (…, 4) of faces that look ahead → where their landmarks usually are, (…, 5, 2)."""
    corner, size = boxes[..., None, :2], boxes[..., None, 2:] - boxes[..., None, :2]
    return corner + torch.tensor(MARKS, device=boxes.device) * size


class MarkFinder:
    """Where the landmarks of known faces are, found in the picture by YuNet."""

    def __init__(self, models: Path = MODELS) -> None:
        self._backend: FaceBackend = open_backend("embedded", models)

    @torch.no_grad()
    def __call__(self, pixels: Tensor, pictures: Tensor, boxes: Tensor) -> Tensor:
        """(N, 5, 2) for the boxes (N, 4), each in its one of the `pixels` (B, 3, H, W) in [−1, 1]; NaN for a
        face that is not found there."""
        found = {number: self._backend.find(_image(pixels[number])) for number in set(pictures.tolist())}
        pairs = zip(pictures.tolist(), boxes.tolist(), strict=True)
        marks = [_marks(found[number], box) for number, box in pairs]
        return torch.tensor(marks, dtype=torch.float32, device=pixels.device).reshape(-1, 5, 2)


def _marks(found: list[Face], box: list[float]) -> list[tuple[float, float]]:
    left, top, right, bottom = box
    best = max(found, key=lambda face: iou(face.box, (left, top, right, bottom)), default=None)
    if best is None or iou(best.box, (left, top, right, bottom)) < 0.2:
        return [(np.nan, np.nan)] * 5
    return list(best.landmarks)


def _image(pixels: Tensor) -> Image.Image:
    levels = (LEVEL * (pixels.float().clamp(-1, 1) + 1)).round().byte()
    return Image.fromarray(levels.permute(1, 2, 0).contiguous().cpu().numpy())


def _similarity(marks: Tensor) -> tuple[Tensor, Tensor]:
    """The turn, scale and shift w = a z + b that bring marks nearest to SFace's, points as complex numbers
    (`core.faces.align.similarity`, for N faces at once): (N,) each."""
    z = torch.complex(marks[..., 0], marks[..., 1])
    x, y = torch.tensor(TEMPLATE, device=marks.device).unbind(-1)
    w = torch.complex(x, y)
    z_middle, w_middle = z.mean(-1), w.mean()
    z, w = z - z_middle[:, None], w - w_middle
    spread = z.abs().square().sum(-1).clamp_min(1e-6)
    turn = (z.conj() * w).sum(-1) / spread
    return turn, w_middle - turn * z_middle


def _finer(turn: Tensor) -> int:
    """How many samples a pixel of the crop is the mean of, on a side: a large face is not to be skipped
    over."""
    shrunk = float((1 / turn.abs().clamp_min(1e-6)).max()) if len(turn) else 1.0
    return min(8, max(1, round(shrunk)))


def _places(turn: Tensor, shift: Tensor, finer: int) -> Tensor:
    """Where in the picture each sample of the crop lies, (N, S, S, 2) in pixels from the first one's
    middle."""
    line = (torch.arange(SIDE * finer, device=turn.device) + 0.5) / finer - 0.5
    y, x = torch.meshgrid(line, line, indexing="ij")
    at = (torch.complex(x, y) - shift[:, None, None]) / turn[:, None, None]
    return torch.view_as_real(at)


def _graph(file: Path) -> Any:
    import onnx

    try:
        return onnx.load_model_from_string(file.read_bytes()).graph
    except OSError as error:
        raise KnownError(f"The face model {file.name} cannot be read: {error.strerror}.") from error
    except Exception as error:  # protobuf has its own, and they are not exported
        raise KnownError(f"The face model {file.name} is damaged. Install the program again.") from error


def _constants(graph: Any) -> dict[str, Tensor]:
    from onnx import numpy_helper

    return {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()) for each in graph.initializer}


def _stages(nodes: list[_Node]) -> list[str]:
    """What is halved next, and what is flattened at last."""
    halved = [node.inputs[0] for node in nodes if node.attributes.get("strides", [1])[0] > 1]
    last = next(number for number, node in enumerate(nodes) if node.kind == "Flatten")
    features = [node.output for node in nodes[:last] if node.kind == "PRelu"]
    return [*halved, features[-1]]


def _convolution(given: list[Tensor], attributes: Mapping[str, Any]) -> Tensor:
    top, left, bottom, right = attributes["pads"]
    if (top, left) != (bottom, right):
        raise ValueError("uneven padding")
    x, weight = given
    return F.conv2d(
        x, weight, None, attributes["strides"], (top, left), attributes["dilations"], attributes["group"]
    )


def _normalisation(given: list[Tensor], attributes: Mapping[str, Any]) -> Tensor:
    x, weight, bias, mean, variance = given
    return F.batch_norm(x, mean, variance, weight, bias, eps=attributes["epsilon"])


def _linear(given: list[Tensor], attributes: Mapping[str, Any]) -> Tensor:
    x, weight, bias = given
    return F.linear(x, weight if attributes["transB"] else weight.T, bias)


OPERATIONS: Mapping[str, Callable[[list[Tensor], Mapping[str, Any]], Tensor]] = {
    "Sub": lambda given, _: given[0] - given[1],
    "Mul": lambda given, _: given[0] * given[1],
    "Conv": _convolution,
    "BatchNormalization": _normalisation,
    "PRelu": lambda given, _: F.prelu(given[0], given[1].flatten()),
    "Dropout": lambda given, _: given[0],  # not in training
    "Flatten": lambda given, _: given[0].flatten(1),
    "Gemm": _linear,
}
"""Every kind of node that the file has."""
