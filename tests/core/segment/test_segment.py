"""Masks of what stands out, from the embedded network and from folders of the user's own."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image, ImageDraw

from core.errors import KnownError
from core.images import open_photo
from core.paths import RESOURCES
from core.segment import Segmenter, open_segmenter

ALBUM = RESOURCES / "demo" / "album"
MODELS = RESOURCES / "models"


@pytest.fixture(scope="module")
def embedded() -> Segmenter:
    return open_segmenter("embedded", MODELS)


def test_objects_of_the_album_are_masked(embedded: Segmenter) -> None:
    """Inside the truth's box lies most of the mask; the mask fills much of the box."""
    photos = json.loads((ALBUM / "album.json").read_text("utf-8"))["photos"]
    for photo in [p for p in photos if p["subjects"][0]["kind"] == "object"][::3]:
        mask = embedded.mask(open_photo(ALBUM / photo["file"]).image)
        assert (mask.mode, mask.size) == ("L", tuple(photo["upright_size"]))
        values = np.asarray(mask, float) / 255
        left, top, right, bottom = photo["subjects"][0]["box"]
        inside = values[top:bottom, left:right]
        assert inside.sum() / values.sum() > 0.85
        assert 0.2 < inside.mean() < 0.95


def test_same_picture_same_mask(embedded: Segmenter) -> None:
    image = open_photo(ALBUM / "IMG_0054.jpg").image
    assert embedded.mask(image).tobytes() == embedded.mask(image).tobytes()


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (640, 40)])
def test_odd_sizes(embedded: Segmenter, size: tuple[int, int]) -> None:
    assert embedded.mask(Image.new("RGB", size, "white")).size == size


def test_a_map_of_nothing_is_not_stretched() -> None:
    from core.segment.embedded import _stretched

    faint = np.linspace(0, 0.1, 16, dtype=np.float32).reshape(4, 4)
    assert _stretched(faint).max() == pytest.approx(0.1)
    assert _stretched(faint * 8).max() == pytest.approx(1, abs=1e-4)


def test_identity_and_licence(embedded: Segmenter) -> None:
    assert embedded.identity == "u2netp-309c8469258d"
    assert "Apache" in embedded.licence


def test_telemetry_is_off_before_onnxruntime_is_imported() -> None:
    code = (
        "from core.segment import open_segmenter\nfrom core.paths import RESOURCES\nimport sys, os\n"
        "assert 'onnxruntime' not in sys.modules\n"
        "open_segmenter('embedded', RESOURCES / 'models')\n"
        "assert 'onnxruntime' in sys.modules and os.environ['ORT_DISABLE_TELEMETRY'] == '1'"
    )
    env = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    env["PYTHONPATH"] = f"{RESOURCES.parent}{os.pathsep}{env['PYTHONPATH']}"
    subprocess.run([sys.executable, "-c", code], check=True, env=env)


def test_missing_and_damaged_model(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"u2netp\.onnx cannot be read"):
        open_segmenter("embedded", tmp_path)
    (tmp_path / "segmentation").mkdir()
    (tmp_path / "segmentation" / "u2netp.onnx").write_bytes(b"nothing of the kind")
    with pytest.raises(KnownError, match="damaged"):
        open_segmenter("embedded", tmp_path)


@pytest.mark.parametrize("name", ["", "folder", "folder:", "sam"])
def test_unknown_names(name: str, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="no segmenter"):
        open_segmenter(name, tmp_path)


# --- folder:DIR, SAM 2


@pytest.fixture(scope="module")
def sam2_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny SAM 2 with random weights, saved as transformers saves the real one."""
    import torch
    from transformers import Sam2Config, Sam2Model

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("sam2")
    Sam2Model(Sam2Config(**tiny_sam2())).save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps({"size": {"height": 64, "width": 64}}))
    return folder


def tiny_sam2() -> dict[str, Any]:
    backbone = {
        "model_type": "sam2_hiera_det_model",
        "image_size": [64, 64],
        "hidden_size": 8,
        "blocks_per_stage": [1, 1, 1, 1],
        "embed_dim_per_stage": [8, 16, 32, 64],
        "num_attention_heads_per_stage": [1, 1, 1, 1],
        "window_size_per_stage": [4, 4, 4, 4],
        "window_positional_embedding_background_size": [4, 4],
        "global_attention_blocks": [],
    }
    return {
        "vision_config": {
            "backbone_config": backbone,
            "backbone_channel_list": [64, 32, 16, 8],
            "backbone_feature_sizes": [[16, 16], [8, 8], [4, 4]],
            "fpn_hidden_size": 16,
        },
        "prompt_encoder_config": {"hidden_size": 16, "image_size": 64, "patch_size": 16},
        "mask_decoder_config": {
            "hidden_size": 16,
            "mlp_dim": 16,
            "num_attention_heads": 1,
            "iou_head_hidden_dim": 16,
        },
    }


@pytest.mark.parametrize("model_type", ["sam2", "sam2_video"])
def test_sam2_folder(sam2_folder: Path, model_type: str) -> None:
    """Published SAM 2 folders call themselves sam2_video and hold the same network."""
    config = json.loads((sam2_folder / "config.json").read_text())
    (sam2_folder / "config.json").write_text(json.dumps({**config, "model_type": model_type}))
    segmenter = open_segmenter(f"folder:{sam2_folder}", MODELS)
    image = open_photo(ALBUM / "IMG_0054.jpg").image.crop((0, 0, 300, 200))
    mask = segmenter.mask(image)
    assert (mask.mode, mask.size) == ("L", (300, 200))
    assert mask.tobytes() == segmenter.mask(image).tobytes()
    assert np.asarray(mask).std() > 0
    assert str(sam2_folder) in segmenter.licence


def test_sam2_is_prompted_with_the_whole_picture(sam2_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal to transformers' own model, called by hand with the full box and the centre."""
    import torch
    from transformers import Sam2Model

    segmenter = open_segmenter(f"folder:{sam2_folder}", MODELS)
    pixels = np.random.default_rng(0).normal(size=(3, 64, 64)).astype(np.float32)
    with torch.no_grad():
        expected = Sam2Model.from_pretrained(sam2_folder)(
            pixel_values=torch.from_numpy(pixels)[None],
            input_points=torch.tensor([[[[32.0, 32.0]]]]),
            input_labels=torch.tensor([[[1]]], dtype=torch.int32),
            input_boxes=torch.tensor([[[0.0, 0.0, 64.0, 64.0]]]),
            multimask_output=False,
        ).pred_masks[0, 0, 0]
    assert segmenter._logits(pixels) == pytest.approx(expected.numpy(), abs=1e-5)


def test_sam2_without_safetensors(sam2_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((sam2_folder / "config.json").read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"a pickle, never opened")
    with pytest.raises(KnownError, match=r"cannot be loaded.*It holds config\.json, pytorch_model\.bin"):
        open_segmenter(f"folder:{tmp_path}", MODELS)


# --- folder:DIR, an ONNX export such as BiRefNet's


def red_network(path: Path, channels: int = 3, size: int | str = 32) -> None:
    """Logits: 8 × (normalised red − normalised green)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    weight = np.zeros((1, channels, 1, 1), np.float32)
    weight[0, 0] = 8
    if channels > 1:
        weight[0, 1] = -8
    source = helper.make_tensor_value_info("input_image", TensorProto.FLOAT, [1, channels, size, size])
    target = helper.make_tensor_value_info("output_image", TensorProto.FLOAT, [1, 1, size, size])
    node = helper.make_node("Conv", ["input_image", "w"], ["output_image"])
    graph = helper.make_graph([node], "red", [source], [target], [numpy_helper.from_array(weight, "w")])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)


@pytest.mark.parametrize("size", [32, "any"])
def test_onnx_folder(tmp_path: Path, size: int | str) -> None:
    red_network(tmp_path / "onnx" / "model.onnx", size=size)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "birefnet"}))
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({"size": {"height": 48, "width": 48}}))
    image = Image.new("RGB", (120, 80), (0, 160, 0))
    ImageDraw.Draw(image).rectangle((30, 20, 90, 60), fill=(220, 20, 20))
    mask = open_segmenter(f"folder:{tmp_path}", MODELS).mask(image)
    assert mask.getpixel((60, 40)) > 250
    assert mask.getpixel((5, 5)) < 5


def test_an_onnx_file_of_another_kind(tmp_path: Path) -> None:
    red_network(tmp_path / "model.onnx", channels=1)
    with pytest.raises(KnownError, match="does not segment pictures"):
        open_segmenter(f"folder:{tmp_path}", MODELS)


def test_code_from_a_folder_is_never_run(tmp_path: Path) -> None:
    """BiRefNet as it is published: refused, and the refusal says what to use."""
    auto_map = {"AutoModelForImageSegmentation": "birefnet.BiRefNet"}
    config = {"architectures": ["BiRefNet"], "auto_map": auto_map}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "birefnet.py").write_text("raise SystemExit('this ran')")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(KnownError, match=r"BiRefNet.*own Python code.*ONNX"):
        open_segmenter(f"folder:{tmp_path}", MODELS)


def test_folders_that_are_no_segmenter(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="no folder"):
        open_segmenter(f"folder:{tmp_path / 'gone'}", MODELS)
    with pytest.raises(KnownError, match="no model, and holds nothing"):
        open_segmenter(f"folder:{tmp_path}", MODELS)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(KnownError, match=r"it is bert, and holds config\.json"):
        open_segmenter(f"folder:{tmp_path}", MODELS)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(KnownError, match="cannot be read"):
        open_segmenter(f"folder:{tmp_path}", MODELS)


def test_no_network(sam2_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    open_segmenter(f"folder:{sam2_folder}", MODELS)
    open_segmenter("embedded", MODELS)


@pytest.mark.parametrize(
    "said",
    ['{"image_mean": [0.5, 0.5]}', '{"image_std": [0, 0, 0]}', '{"image_mean": "x"}',
     '{"size": {"height": {}}}', '{"size": {"height": 1000000}}', '{"image_std": [1, 1, NaN]}',
     "[" * 100_000],
)  # fmt: skip
def test_preprocessing_that_cannot_be_is_known(tmp_path: Path, said: str) -> None:
    from core.segment.folder import preprocessing

    (tmp_path / "preprocessor_config.json").write_text(said)
    with pytest.raises(KnownError, match="preprocessor_config"):
        preprocessing(tmp_path)
