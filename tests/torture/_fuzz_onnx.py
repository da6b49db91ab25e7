"""Folders of the user's own networks: InsightFace packs and segmenters."""

import json
import shutil
from pathlib import Path
from random import Random

import numpy as np
import onnx
import tiny_pack
from _fuzz_kinds import Try
from _mutations import mutate
from _promise import Broken, promised
from onnx import TensorProto, helper
from PIL import Image

from core.faces import open_backend
from core.faces.insight import InsightFaces
from core.paths import RESOURCES
from core.segment import open_segmenter


def packs(sources: Path) -> Try:
    """An InsightFace pack: its detector and its recogniser, then a picture."""
    onnx.save(tiny_pack.detector_model(), sources / "det.onnx")
    onnx.save(tiny_pack.recogniser_model(16), sources / "rec.onnx")
    picture = Image.fromarray(np.full((200, 300, 3), (250, 5, 5), np.uint8))

    open_backend(f"insightface:{sources}", RESOURCES / "models").find(picture)  # what is imported, is now

    def try_one(random: Random, folder: Path) -> None:
        pack = Path(shutil.copytree(sources, folder / "pack"))
        _damage(random, pack)
        backend = promised(
            lambda: open_backend(f"insightface:{pack}", RESOURCES / "models"), InsightFaces, "pack"
        )
        if backend:
            promised(lambda: backend.find(picture), list, "pack")

    return try_one


def segmenters(sources: Path) -> Try:
    """A segmenter's ONNX folder, then a picture."""
    source = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 16, 16])
    target = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 16, 16])
    nodes = [helper.make_node("ReduceMean", ["input"], ["output"], axes=[1], keepdims=1)]
    graph = helper.make_graph(nodes, "mean", [source], [target])
    (sources / "onnx").mkdir()
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8),
        sources / "onnx" / "model.onnx",
    )
    configs = {
        "config.json": {"model_type": "birefnet", "architectures": ["BiRefNet"]},
        "preprocessor_config.json": {
            "size": {"height": 16, "width": 16},
            "image_mean": [0.5] * 3,
            "image_std": [0.5] * 3,
        },
    }
    for name, config in configs.items():
        (sources / name).write_text(json.dumps(config))
    picture = Image.linear_gradient("L").convert("RGB")

    def try_one(random: Random, folder: Path) -> None:
        own = Path(shutil.copytree(sources, folder / "own"))
        _damage(random, own)
        segmenter = promised(lambda: open_segmenter(f"folder:{own}", RESOURCES / "models"), object, "own")
        mask = promised(lambda: segmenter.mask(picture), Image.Image, "own") if segmenter else None  # type: ignore[union-attr]
        if mask and (mask.size != picture.size or mask.mode != "L"):
            raise Broken(f"Its mask is {mask}.")

    return try_one


def _damage(random: Random, folder: Path) -> None:
    file = random.choice(sorted(each for each in folder.rglob("*") if each.is_file()))
    if file.suffix == ".json":
        file.write_bytes(mutate(random, file.read_bytes()))
    elif random.random() < 0.5:
        file.write_bytes(_rebuilt(random, file))
    else:
        file.write_bytes(mutate(random, file.read_bytes()))


def _rebuilt(random: Random, file: Path) -> bytes:
    """A whole model that says something else: shapes, types, operators, data kept in other files."""
    model = onnx.load(file)
    change = random.randrange(6)
    if change == 0:
        value = random.choice([*model.graph.input, *model.graph.output])
        dims = value.type.tensor_type.shape.dim
        if dims:
            random.choice(list(dims)).dim_value = random.choice((0, 1, 7, -1, 2**31, 100_000))
    elif change == 1:
        value = random.choice([*model.graph.input, *model.graph.output])
        value.type.tensor_type.elem_type = random.choice((2, 6, 7, 8, 10, 11))
    elif change == 2 and model.graph.initializer:
        tensor = random.choice(list(model.graph.initializer))
        tensor.data_location = TensorProto.EXTERNAL
        tensor.ClearField("raw_data")
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", random.choice(("/etc/passwd", "../../../etc/passwd", "det.onnx"))
    elif change == 3:
        node = random.choice(list(model.graph.node))
        node.op_type = random.choice(("Identity", "Loop", "Sin", "Nothing", "MatMul", "Shape"))
    elif change == 4:
        del model.graph.node[random.randrange(len(model.graph.node))]
    else:
        model.ir_version, model.opset_import[0].version = random.choice(((99, 99), (1, 1), (8, 0)))
    return model.SerializeToString()
