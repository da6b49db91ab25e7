"""Tiny ONNX models in the layout of an InsightFace pack."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def detector_model(outputs: int = 9, side: int | str = 640) -> onnx.ModelProto:
    """Sees one face of 96 pixels about the corner of every 32-pixel cell that is red: score = mean of red −
    mean of green in the cell. At the other strides it sees nothing. Outputs as SCRFD has them: three scores,
    three boxes, three sets of landmarks, each (cells × 2 anchors, values), distances in strides. `side` may
    be a name: the detector then takes any size."""
    nodes, values = [], []
    red = np.zeros((1, 3, 1, 1), np.float32)
    red[0, 0], red[0, 1] = 1, -1
    weights = [numpy_helper.from_array(red, "red")]
    for stride in (8, 16, 32):
        weights += _distances(stride)
        nodes += _head(stride)
    for kind, width in (("score", 1), ("box", 4), ("kps", 10))[: outputs // 3]:
        for stride in (8, 16, 32):
            values.append(
                helper.make_tensor_value_info(f"{kind}{stride}", TensorProto.FLOAT, [f"n{stride}", width])
            )
    source = helper.make_tensor_value_info("input.1", TensorProto.FLOAT, [1, 3, side, side])
    return _model(nodes, [source], values, weights)


def _distances(stride: int) -> list[onnx.TensorProto]:
    box = np.array([[1.5, 1.5, 1.5, 1.5]], np.float32)
    kps = np.array([[-0.6, -0.5, 0.6, -0.5, 0.0, 0.2, -0.5, 0.8, 0.5, 0.8]], np.float32)
    shrink = np.array(1.0 if stride == 32 else 0.0, np.float32)
    return [
        numpy_helper.from_array(box, f"box_value{stride}"),
        numpy_helper.from_array(kps, f"kps_value{stride}"),
        numpy_helper.from_array(shrink, f"gain{stride}"),
        numpy_helper.from_array(np.array([-1, 1], np.int64), f"column{stride}"),
        numpy_helper.from_array(np.array([1, 2, 1, 1], np.int64), f"anchors{stride}"),
        numpy_helper.from_array(np.zeros((1, 4), np.float32), f"zeros4{stride}"),
        numpy_helper.from_array(np.zeros((1, 10), np.float32), f"zeros10{stride}"),
    ]


def _head(stride: int) -> list[onnx.NodeProto]:
    s = str(stride)
    node = helper.make_node
    return [
        node("Conv", ["input.1", "red"], [f"diff{s}"]),
        node("AveragePool", [f"diff{s}"], [f"pool{s}"], kernel_shape=[stride] * 2, strides=[stride] * 2),
        node("Mul", [f"pool{s}", f"gain{s}"], [f"gained{s}"]),
        node("Transpose", [f"gained{s}"], [f"last{s}"], perm=[0, 2, 3, 1]),
        node("Reshape", [f"last{s}", f"column{s}"], [f"cells{s}"]),
        node("Concat", [f"cells{s}", f"cells{s}"], [f"both{s}"], axis=1),
        node("Reshape", [f"both{s}", f"column{s}"], [f"half{s}"]),
        node("Identity", [f"half{s}"], [f"score{s}"]),
        node("Mul", [f"score{s}", f"zeros4{s}"], [f"nobox{s}"]),
        node("Add", [f"nobox{s}", f"box_value{s}"], [f"box{s}"]),
        node("Mul", [f"score{s}", f"zeros10{s}"], [f"nokps{s}"]),
        node("Add", [f"nokps{s}", f"kps_value{s}"], [f"kps{s}"]),
    ]


def recogniser_model(width: int = 512) -> onnx.ModelProto:
    """A fixed random projection of the aligned crop, averaged to 16 × 16."""
    weight = np.random.default_rng(0).normal(size=(3 * 16 * 16, width)).astype(np.float32)
    nodes = [
        helper.make_node("AveragePool", ["input.1"], ["small"], kernel_shape=[7, 7], strides=[7, 7]),
        helper.make_node("Flatten", ["small"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weight"], ["683"]),
    ]
    source = helper.make_tensor_value_info("input.1", TensorProto.FLOAT, ["n", 3, 112, 112])
    target = helper.make_tensor_value_info("683", TensorProto.FLOAT, ["n", width])
    return _model(nodes, [source], [target], [numpy_helper.from_array(weight, "weight")])


def landmark_model() -> onnx.ModelProto:
    source = helper.make_tensor_value_info("data", TensorProto.FLOAT, ["n", 3, 192, 192])
    target = helper.make_tensor_value_info("fc1", TensorProto.FLOAT, ["n", 3, 1, 1])
    return _model([helper.make_node("GlobalAveragePool", ["data"], ["fc1"])], [source], [target], [])


def _model(
    nodes: list[onnx.NodeProto],
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
    weights: list[onnx.TensorProto],
) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
