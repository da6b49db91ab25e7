"""Faces turned upright, against InsightFace's own alignment."""

import warnings
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.errors import KnownError
from core.faces import FaceBackend, Point
from core.faces.align import TEMPLATE, aligned, similarity
from core.faces.opencv import load_cv2
from core.images import open_photo

SHAKEN = np.random.default_rng(0).normal(0, 2, (5, 2))


def placed(scale: float, degrees: float, x: float, y: float) -> list[Point]:
    """The template's five points elsewhere, not quite as it has them."""
    turn = scale * np.exp(1j * np.radians(degrees))
    points = turn * (np.array(TEMPLATE) + SHAKEN) @ [1, 1j] + complex(x, y)
    return [(float(p.real), float(p.imag)) for p in points]


def insight_matrix(landmarks: list[Point], size: int) -> Any:
    load_cv2()  # leaves the environment alone, which insightface's own import does not
    from insightface.utils import face_align

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return face_align.estimate_norm(np.array(landmarks, np.float32), size)


@pytest.mark.parametrize(("scale", "degrees"), [(1.0, 0.0), (2.3, 25.0), (0.4, -170.0)])
def test_the_same_transform_as_insightface(scale: float, degrees: float) -> None:
    landmarks = placed(scale, degrees, 40, 70)
    a, b = similarity(landmarks, [(2 * x, 2 * y) for x, y in TEMPLATE])
    ours = [[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]]
    np.testing.assert_allclose(ours, insight_matrix(landmarks, 224), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(("scale", "degrees"), [(1.0, 0.0), (2.6, 30.0), (3.5, -95.0), (0.9, 180.0)])
def test_eyes_and_mouth_come_where_they_were_learned(scale: float, degrees: float) -> None:
    """A dot on each landmark lies, after the alignment, within a pixel of the template."""
    unshaken = np.array(TEMPLATE)
    turn = scale * np.exp(1j * np.radians(degrees))
    points = turn * (unshaken - 56) @ [1, 1j] + complex(300, 280)
    picture = Image.new("RGB", (600, 560), "white")
    for point in points:
        radius = 3 * scale
        x, y = point.real + 0.5, point.imag + 0.5  # Pillow draws from pixels' edges
        ImageDraw.Draw(picture).ellipse((x - radius, y - radius, x + radius, y + radius), fill="black")
    seen = np.asarray(aligned(picture, [(p.real, p.imag) for p in points], 224).convert("L"), np.float64)
    for x, y in unshaken * 2:
        left, top = int(x) - 12, int(y) - 12
        part = 255 - seen[top : top + 25, left : left + 25]
        rows, columns = np.mgrid[top : top + 25, left : left + 25]
        found = (part * columns).sum() / part.sum(), (part * rows).sum() / part.sum()
        assert found == pytest.approx((x, y), abs=1)


def test_the_same_picture_as_insightface(embedded: FaceBackend, album: list[Any]) -> None:
    """Both read the same pixels where neither enlarges nor shrinks much; ours is the smoother one."""
    load_cv2()  # leaves the environment alone, which insightface's own import does not
    from insightface.utils import face_align

    photo = open_photo(album[0].path).image
    face = embedded.find(photo)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        theirs = face_align.norm_crop(np.asarray(photo), np.array(face.landmarks, np.float32), 224)
    ours = np.asarray(aligned(photo, face.landmarks, 224)).astype(int)
    assert np.abs(ours - theirs).mean() < 4


def test_beyond_the_picture_is_black() -> None:
    seen = np.asarray(aligned(Image.new("RGB", (60, 60), "white"), placed(1, 0, -50, 0), 112))
    assert seen[:, :40].max() == 0
    assert seen[30, 80].min() == 255


@pytest.mark.parametrize("value", [3.0, float("nan"), float("inf")])
def test_landmarks_that_show_no_face_are_refused(value: float) -> None:
    with pytest.raises(KnownError, match="one point"):
        aligned(Image.new("RGB", (60, 60)), [(value, 3.0)] * 5, 112)
