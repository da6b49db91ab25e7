"""SFace in torch is SFace, and its crops are those the program's own face models see."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from core.errors import KnownError
from core.faces import Face, open_backend
from core.faces.align import similarity
from core.faces.embedded import RECOGNISER
from core.paths import RESOURCES
from core.training.parts import face_features
from core.training.parts.face_features import FaceFeatures, MarkFinder, aligned, usual_marks

PHOTO = RESOURCES / "demo" / "album" / "IMG_0001.jpg"
HERE = torch.tensor([0])


@pytest.fixture(scope="module")
def network() -> FaceFeatures:
    return FaceFeatures()


@pytest.fixture(scope="module")
def pixels() -> Tensor:
    image = Image.open(PHOTO).convert("RGB").resize((256, 256), Image.Resampling.BOX)
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)[None] / 127.5 - 1


@pytest.fixture(scope="module")
def face() -> Face:
    image = Image.open(PHOTO).convert("RGB").resize((256, 256), Image.Resampling.BOX)
    return open_backend("embedded", RESOURCES / "models").find(image)[0]


def test_it_says_what_onnxruntime_says(network: FaceFeatures) -> None:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(RESOURCES / "models" / "faces" / RECOGNISER, options)
    torch.manual_seed(0)
    faces = torch.rand(2, 3, 112, 112) * 2 - 1
    expected = np.concatenate(
        [session.run(None, {"data": (127.5 * (one[None] + 1)).numpy()})[0] for one in faces]
    )
    raw = network._run(127.5 * (faces + 1))[network._output]
    torch.testing.assert_close(raw, torch.from_numpy(expected), atol=1e-4, rtol=0)
    unit = torch.from_numpy(expected / np.linalg.norm(expected, axis=1, keepdims=True))
    torch.testing.assert_close(network(faces), unit, atol=1e-4, rtol=0)


def test_a_photos_face_has_the_embedding_the_library_keeps(
    network: FaceFeatures, pixels: Tensor, face: Face
) -> None:
    stored = torch.from_numpy(np.frombuffer(face.embedding, np.float32).copy())
    by_landmarks = network(aligned(pixels, HERE, torch.tensor([face.landmarks])))[0]
    by_box = network(aligned(pixels, HERE, usual_marks(torch.tensor([face.box]))))[0]
    assert float(by_landmarks @ stored) > 0.99
    assert float(by_box @ stored) > 0.85


def test_the_eyes_and_mouth_come_where_sface_learned_them(face: Face) -> None:
    """A dot at every landmark lies at the template's points in the crop."""
    spots = torch.full((1, 3, 256, 256), -1.0)
    for x, y in face.landmarks:
        spots[..., round(y), round(x)] = 1
    crop = aligned(spots, HERE, torch.tensor([[[float(round(v)) for v in p] for p in face.landmarks]]))[0, 0]
    rounded = [(float(round(x)), float(round(y))) for x, y in face.landmarks]
    turn, shift = similarity(rounded, list(face_features.TEMPLATE))
    for x, y in rounded:
        at = turn * complex(x, y) + shift
        column, row = round(at.real), round(at.imag)
        assert crop[row - 1 : row + 2, column - 1 : column + 2].max() > -0.5  # of one pixel amid −1
    assert (crop > 0).float().mean() < 0.02


def test_several_faces_of_several_pictures_are_cut_at_once(pixels: Tensor, face: Face) -> None:
    marks = torch.tensor([face.landmarks])
    both = torch.cat([pixels, pixels.flip(1)])
    crops = aligned(both, torch.tensor([1, 0, 1]), torch.cat([marks, marks, marks + 3]))
    torch.testing.assert_close(crops[1:2], aligned(pixels, HERE, marks))
    torch.testing.assert_close(crops[0:1], aligned(pixels.flip(1), HERE, marks))
    torch.testing.assert_close(crops[2:3], aligned(pixels.flip(1), HERE, marks + 3))
    assert aligned(both, torch.zeros(0, dtype=torch.long), torch.zeros(0, 5, 2)).shape == (0, 3, 112, 112)


def test_a_large_face_is_averaged_and_the_outside_is_black() -> None:
    fine = torch.ones(1, 3, 448, 448)
    fine[..., ::2] = -1  # stripes of one pixel: skipping pixels would show them
    crop = aligned(fine, HERE, 4 * torch.tensor([face_features.TEMPLATE]))
    assert crop[..., 8:-8, 8:-8].abs().max() < 0.1
    beside = aligned(fine, HERE, torch.tensor([face_features.TEMPLATE]) - 300)
    assert torch.equal(beside[..., :100, :100], torch.full((1, 3, 100, 100), -1.0))


def test_gradients_reach_the_picture_and_nothing_of_the_network(
    network: FaceFeatures, pixels: Tensor, face: Face
) -> None:
    picture = pixels.clone().requires_grad_()
    other = torch.nn.functional.normalize(torch.arange(128.0), dim=0)
    (network(aligned(picture, HERE, torch.tensor([face.landmarks])))[0] @ other).backward()
    assert picture.grad is not None
    assert picture.grad.isfinite().all()
    left, top, right, bottom = (int(v) for v in face.box)
    inside = picture.grad[..., top:bottom, left:right].abs().sum()
    assert inside > 0.5 * picture.grad.abs().sum() > 0
    assert not list(network.parameters())
    assert not network.state_dict()
    assert not any(buffer.requires_grad for buffer in network.buffers())


def test_a_step_along_the_gradient_makes_the_faces_more_alike(
    network: FaceFeatures, pixels: Tensor, face: Face
) -> None:
    marks = torch.tensor([face.landmarks])
    wanted = network(aligned(pixels, HERE, marks))
    blurred = torch.nn.functional.avg_pool2d(pixels, 9, 1, 4).requires_grad_()
    before = (network(aligned(blurred, HERE, marks)) * wanted).sum()
    before.backward()
    assert blurred.grad is not None
    moved = (blurred + 20 * blurred.grad).detach()
    assert (network(aligned(moved, HERE, marks)) * wanted).sum() > before


def test_the_features_on_the_way_are_those_before_each_halving(network: FaceFeatures) -> None:
    vectors, stages = network.with_stages(torch.rand(2, 3, 112, 112))
    assert [stage.shape[-1] for stage in stages] == [112, 56, 28, 14, 7]
    assert all(stage.shape[0] == 2 and stage.isfinite().all() for stage in stages)
    assert vectors.shape == (2, 128)


def test_the_precision_around_it_does_not_matter(network: FaceFeatures) -> None:
    faces = torch.rand(1, 3, 112, 112)
    with torch.autocast("cpu", torch.bfloat16):
        inside = network(faces)
    torch.testing.assert_close(inside, network(faces))


def test_landmarks_are_found_for_the_faces_that_are_there(pixels: Tensor, face: Face) -> None:
    boxes = torch.tensor([face.box, (0.0, 0.0, 20.0, 20.0)])
    marks = MarkFinder()(pixels, torch.tensor([0, 0]), boxes)
    torch.testing.assert_close(marks[0], torch.tensor(face.landmarks), atol=2.0, rtol=0)
    assert marks[1].isnan().all()


def test_a_file_that_is_no_such_model_is_refused(tmp_path: Path) -> None:
    from onnx import helper

    with pytest.raises(KnownError, match="cannot be read"):
        FaceFeatures(tmp_path / "none.onnx")
    (tmp_path / "noise.onnx").write_bytes(b"\x00\xffnoise")
    with pytest.raises(KnownError, match="is damaged"):
        FaceFeatures(tmp_path / "noise.onnx")
    graph = helper.make_graph([helper.make_node("Loop", ["a"], ["b"])], "g", [], [])
    (tmp_path / "other.onnx").write_bytes(helper.make_model(graph).SerializeToString())
    with pytest.raises(KnownError, match="it holds Loop"):
        FaceFeatures(tmp_path / "other.onnx")
