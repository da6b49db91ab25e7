"""FaceAnalysis on a local folder: found, embedded, refused in words, and no network."""

import shutil
import socket
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image
from tiny_pack import detector_model, recogniser_model

from core.errors import KnownError
from core.faces import FaceBackend, open_backend
from core.faces.boxes import iou


@pytest.fixture(scope="module")
def insight(pack: Path) -> FaceBackend:
    return open_backend(f"insightface:{pack}", Path("unused"))


def red_squares(*corners: tuple[int, int]) -> Image.Image:
    """Grey, with red squares of 32 pixels, which the tiny detector takes for faces of 96 about their
    corners."""
    image = Image.new("RGB", (640, 640), (90, 90, 90))
    for left, top in corners:
        texture = np.random.default_rng(left).integers(0, 40, (32, 32, 3), dtype=np.uint8)
        texture[:, :, 0] += 210
        image.paste(Image.fromarray(texture), (left, top))
    return image


def test_finds_and_embeds_through_face_analysis(insight: FaceBackend) -> None:
    faces = insight.find(red_squares((96, 96), (384, 320)))
    assert len(faces) == 2
    for face, (x, y) in zip(sorted(faces, key=lambda f: f.box), ((96, 96), (384, 320)), strict=True):
        assert iou(face.box, (x - 48, y - 48, x + 48, y + 48)) > 0.9
        assert face.landmarks[0] == pytest.approx((x - 19.2, y - 16), abs=1)
        vector = np.frombuffer(face.embedding, np.float32)
        assert vector.shape == (insight.dimension,) == (512,)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        assert 0 <= face.quality <= 1
        assert 0.5 <= face.score <= 1


def test_a_detector_of_any_size_is_run_at_several(pack: Path, tmp_path: Path) -> None:
    shutil.copytree(pack, tmp_path / "any")
    onnx.save(detector_model(side="any"), tmp_path / "any" / "det_10g.onnx")
    faces = open_backend(f"insightface:{tmp_path / 'any'}", tmp_path).find(red_squares((96, 96)))
    widths = {round(face.box[2] - face.box[0]) for face in faces}
    assert widths <= {48, 96, 480}
    assert 96 in widths or 48 in widths


def test_nobody_is_found_where_nobody_is(insight: FaceBackend) -> None:
    assert insight.find(Image.new("RGB", (300, 200), (90, 90, 90))) == []


def test_identity_depends_on_the_models(insight: FaceBackend, pack: Path, tmp_path: Path) -> None:
    other = tmp_path / pack.name
    shutil.copytree(pack, other)
    assert open_backend(f"insightface:{other}", tmp_path).identity == insight.identity
    onnx.save(recogniser_model(256), other / "w600k_r50.onnx")
    changed = open_backend(f"insightface:{other}", tmp_path)
    assert changed.identity != insight.identity
    assert changed.dimension == 256


def test_licence_is_said(insight: FaceBackend) -> None:
    assert "non-commercial" in insight.licence


def test_nothing_is_fetched(pack: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    open_backend(f"insightface:{pack}", tmp_path)
    with pytest.raises(KnownError, match="no folder"):
        open_backend("insightface:buffalo_l", tmp_path)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "It is empty"),
        ({"readme.txt": b"hello"}, "no .onnx file. It holds: readme.txt"),
        ({"det.onnx": b"not onnx"}, "cannot be loaded"),
        ({"det.onnx": detector_model()}, "has no face recogniser. It holds: det.onnx"),
        ({"rec.onnx": recogniser_model()}, "no detector among its models"),
        ({"det.onnx": detector_model(6), "rec.onnx": recogniser_model()}, "gives no landmarks"),
        ({"manifest.json": b'{"manifest_version": 2}'}, "cannot be loaded"),
    ],
)
def test_folders_that_are_no_pack(tmp_path: Path, files: dict[str, object], reason: str) -> None:
    for name, content in files.items():
        if isinstance(content, bytes):
            (tmp_path / name).write_bytes(content)
        else:
            onnx.save(content, tmp_path / name)
    with pytest.raises(KnownError, match=reason):
        open_backend(f"insightface:{tmp_path}", tmp_path)


@pytest.mark.parametrize("side", ["det.onnx", "rec.onnx"])
def test_models_that_fail_on_a_picture_are_known(tmp_path: Path, side: str) -> None:
    """A pack that loads may still say that it takes no picture at all."""
    pack = tmp_path / "odd"
    pack.mkdir()
    onnx.save(detector_model(), pack / "det.onnx")
    onnx.save(recogniser_model(), pack / "rec.onnx")
    model = onnx.load(pack / side)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 7
    onnx.save(model, pack / side)
    backend = open_backend(f"insightface:{pack}", tmp_path)
    with pytest.raises(KnownError, match=r"The InsightFace pack in .*odd cannot be used"):
        backend.find(Image.new("RGB", (300, 300), (250, 5, 5)))
