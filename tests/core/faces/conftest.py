"""The embedded backend, the demo album, and a tiny InsightFace pack."""

import json
from pathlib import Path

import onnx
import pytest
from tiny_pack import detector_model, landmark_model, recogniser_model
from truth import Truth

from core.faces import FaceBackend, open_backend
from core.paths import RESOURCES

ALBUM = RESOURCES / "demo" / "album"


@pytest.fixture(scope="session")
def embedded() -> FaceBackend:
    return open_backend("embedded", RESOURCES / "models")


@pytest.fixture(scope="session")
def album() -> list[Truth]:
    photos = json.loads((ALBUM / "album.json").read_text("utf-8"))["photos"]
    return [
        Truth(
            ALBUM / photo["file"],
            tuple((s["name"], tuple(s["face_box"])) for s in photo["subjects"] if s["kind"] == "person"),
        )
        for photo in photos
    ]


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in the layout of buffalo_l: detector with nine outputs, recogniser with 512 values, and a
    landmark model that must be left aside."""
    folder = tmp_path_factory.mktemp("packs") / "tiny_l"
    folder.mkdir()
    onnx.save(detector_model(), folder / "det_10g.onnx")
    onnx.save(recogniser_model(), folder / "w600k_r50.onnx")
    onnx.save(landmark_model(), folder / "2d106det.onnx")
    return folder
