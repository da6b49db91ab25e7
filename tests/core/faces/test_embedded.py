"""YuNet and SFace on the demo album, whose truth is known."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from truth import Truth

from core.errors import KnownError
from core.faces import FaceBackend, open_backend
from core.faces.boxes import Found, iou, suppress_doubles
from core.faces.embedded import EmbeddedFaces
from core.faces.opencv import load_cv2
from core.faces.scales import detect_at_scales, sides_for
from core.paths import RESOURCES


def test_every_face_of_the_album_and_nothing_else(embedded: FaceBackend, album: list[Truth]) -> None:
    """Recall ≥ 0.99 and precision ≥ 0.98 at IoU 0.4; photos of objects have no face."""
    faces = right = found = 0
    for photo in album:
        seen = embedded.find(photo.image())
        faces, found = faces + len(photo.faces), found + len(seen)
        right += sum(max((iou(box, face.box) for face in seen), default=0) >= 0.4 for _, box in photo.faces)
    assert right / faces >= 0.99
    assert right / found >= 0.98


def test_faces_are_described(embedded: FaceBackend, album: list[Truth]) -> None:
    pair = next(photo for photo in album if len(photo.faces) == 2)
    faces = embedded.find(pair.image())
    sizes = [face.box[2] - face.box[0] for face in faces]
    assert sizes == sorted(sizes, reverse=True)
    for face in faces:
        vector = np.frombuffer(face.embedding, np.float32)
        assert vector.shape == (embedded.dimension,)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        right_eye, left_eye, nose, right_mouth, left_mouth = face.landmarks
        assert right_eye[0] < left_eye[0]  # the person's right is on the picture's left
        assert right_mouth[0] < left_mouth[0]
        assert right_eye[1] < nose[1] < left_mouth[1]
        assert 0.8 < face.score <= 1
        assert 0 < face.quality <= 1


def test_same_picture_same_result(embedded: FaceBackend, album: list[Truth]) -> None:
    assert embedded.find(album[0].image()) == embedded.find(album[0].image())


def test_a_turned_photo_gives_the_face_of_its_upright_one(
    embedded: FaceBackend, album: list[Truth], tmp_path: Path
) -> None:
    """EXIF orientation 6 is undone before a face is looked for: boxes are in upright pixels."""
    from core.images import open_photo

    upright = album[0].image()
    exif = Image.Exif()
    exif[0x0112] = 6
    upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.png", exif=exif)
    assert embedded.find(open_photo(tmp_path / "turned.png").image) == embedded.find(upright)


@pytest.mark.parametrize("width", [200, 3000])
def test_size_of_the_photo_does_not_matter(embedded: FaceBackend, album: list[Truth], width: int) -> None:
    image = album[1].image()
    (face,) = embedded.find(image)
    (other,) = embedded.find(image.resize((width, width), Image.Resampling.BICUBIC))
    assert iou(tuple(v * 512 / width for v in other.box), face.box) > 0.8
    assert similarity(face.embedding, other.embedding) > 0.85


def test_a_crowd_of_small_faces(embedded: FaceBackend, album: list[Truth]) -> None:
    """60 faces of about 45 pixels in one 2000-pixel photo."""
    crowd = Image.new("RGB", (2000, 1200), (120, 130, 140))
    people = [p.image().resize((128, 128)) for p in album if len(p.faces) == 1]
    for i in range(60):
        crowd.paste(people[i % len(people)], (20 + i % 10 * 196, 20 + i // 10 * 196))
    assert len(embedded.find(crowd)) == 60


def test_a_face_that_fills_the_frame(embedded: FaceBackend, album: list[Truth]) -> None:
    """Only from the brows to the mouth: YuNet alone sees few of these, the padded retry all."""
    close_ups = [middle_of_the_face(photo) for photo in album[:40:2]]
    assert [len(embedded.find(image)) for image in close_ups] == [1] * len(close_ups)
    yunet = EmbeddedFaces(RESOURCES / "models" / "faces")._detect
    alone = [yunet(np.asarray(image)[:, :, ::-1].copy()) for image in close_ups]
    assert sum(len(faces) > 0 for faces in alone) < len(close_ups) / 2
    height = close_ups[0].height
    assert iou(embedded.find(close_ups[0])[0].box, (-300, -height / 2, 900, height * 1.5)) > 0.6


def middle_of_the_face(photo: Truth) -> Image.Image:
    left, top, right, bottom = photo.faces[0][1]
    dx, dy = (right - left) / 4, (bottom - top) / 4
    close_up = photo.image().crop((int(left + dx), int(top + dy), int(right - dx), int(bottom - dy)))
    return close_up.resize((600, round(600 * close_up.height / close_up.width)))


def test_the_retry_maps_boxes_back() -> None:
    """A detector that sees only what has a border: its box must come back in the picture's own pixels."""
    picture = np.full((100, 200, 3), 255, np.uint8)
    picture[0, 0] = 254
    seen: list[tuple[int, ...]] = []

    def detector(bgr: np.ndarray) -> list[Found]:
        seen.append(bgr.shape)
        if bgr.shape[:2] == (100, 200):
            return []
        scale = bgr.shape[1] / 400
        box = tuple(v * scale for v in (110, 60, 210, 140))
        return [Found(box, ((0, 0),) * 5, 0.9)]

    (face,) = detect_at_scales(picture, detector, sides=(320, 640))
    assert face.box == pytest.approx((10, 10, 110, 90), abs=1)
    assert len(seen) > 1


def test_sides_never_enlarge() -> None:
    assert sides_for(512, (320, 640, 1280)) == [320, 512]
    assert sides_for(4000, (320, 640, 1280)) == [320, 640, 1280]
    assert sides_for(200, (320, 640, 1280)) == [200]


def test_doubles_from_two_scales_are_one() -> None:
    five = ((0.0, 0.0),) * 5
    same = [Found((0, 0, 100, 100), five, 0.8), Found((5, 5, 104, 102), five, 0.9)]
    inside = Found((20, 20, 60, 60), five, 0.7)
    beside = Found((90, 0, 190, 100), five, 0.75)
    kept = suppress_doubles([*same, inside, beside])
    assert [f.score for f in kept] == [0.75, 0.9] or [f.score for f in kept] == [0.9, 0.75]


def test_quality_falls_with_blur_and_size(embedded: FaceBackend, album: list[Truth]) -> None:
    image = album[0].image()
    crisp = embedded.find(image)[0].quality
    blurred = embedded.find(image.filter(ImageFilter.GaussianBlur(4)))[0].quality
    small = embedded.find(image.resize((120, 120)))[0].quality
    assert crisp > 0.8
    assert blurred < crisp * 0.75
    assert small < crisp * 0.75


def test_odd_pictures(embedded: FaceBackend) -> None:
    for size in ((1, 1), (3, 700), (700, 3), (33, 35)):
        assert embedded.find(Image.new("RGB", size, (200, 180, 160))) == []
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    assert embedded.find(Image.fromarray(noise)) == []


def test_cv2_leaves_the_environment_alone() -> None:
    """In a process of its own: cv2 changes the environment only while it is first imported."""
    code = (
        "import os; before = dict(os.environ)\n"
        "from core.faces.opencv import load_cv2; load_cv2()\n"
        "assert dict(os.environ) == before, set(os.environ) ^ set(before)"
    )
    path = f"{RESOURCES.parent}{os.pathsep}{os.environ['PYTHONPATH']}"
    env = {**os.environ, "PYTHONPATH": path, "QT_QPA_PLATFORM_PLUGIN_PATH": "mine"}
    subprocess.run([sys.executable, "-c", code], check=True, env=env)
    load_cv2()
    assert "cv2" not in os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH", "")


def test_missing_and_damaged_models(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"yunet_2023mar\.onnx cannot be read"):
        open_backend("embedded", tmp_path)
    (tmp_path / "faces").mkdir()
    for path in (RESOURCES / "models" / "faces").glob("*.onnx"):
        (tmp_path / "faces" / path.name).write_bytes(path.read_bytes()[:5000])
    with pytest.raises(KnownError, match="damaged"):
        open_backend("embedded", tmp_path)


@pytest.mark.parametrize("name", ["", "yolo", "insightface", "insightface:", "embedded:x"])
def test_unknown_names(name: str, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="no face backend"):
        open_backend(name, tmp_path)


def similarity(one: bytes, other: bytes) -> float:
    return float(np.frombuffer(one, np.float32) @ np.frombuffer(other, np.float32))


def test_sixty_faces_in_one_picture(embedded: FaceBackend, album: list[Truth]) -> None:
    """A school class: ten by six portraits, each face found once, in its own place."""
    side, portraits = 256, [photo.image() for photo in album if len(photo.faces) == 1][:12]
    crowd = Image.new("RGB", (10 * side, 6 * side), "white")
    for number in range(60):
        tile = portraits[number % len(portraits)].resize((side, side))
        crowd.paste(tile, (number % 10 * side, number // 10 * side))
    tiles = [_tile(face.box, side) for face in embedded.find(crowd)]
    assert sorted(tiles) == [(column, row) for column in range(10) for row in range(6)]


def _tile(box: tuple[float, ...], side: int) -> tuple[int, int]:
    return int((box[0] + box[2]) / 2 // side), int((box[1] + box[3]) / 2 // side)
