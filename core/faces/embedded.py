"""YuNet finds faces, SFace tells them apart: two small models of the OpenCV Zoo, through OpenCV's own
classes."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.errors import KnownError
from core.faces import Face
from core.faces.boxes import Found
from core.faces.opencv import load_cv2
from core.faces.quality import quality
from core.faces.scales import Pixels, detect_at_scales

Floats = np.ndarray[Any, np.dtype[np.float32]]

DETECTOR = "face_detection_yunet_2023mar.onnx"
RECOGNISER = "face_recognition_sface_2021dec.onnx"
SCORE = 0.8
"""From here on the benchmark shows no false face, and no true one is lost down to 40 pixels, blur and
noise."""
THRESHOLD = 0.45
"""benchmarks/faces.py: the album is grouped without a mistake from 0.40 to 0.60, the spoiled album from 0.35
to 0.45. Two people on one card are worse than one person on two, so the upper end."""
ALIGNED_FROM = 224
"""A face is shrunk to about this width before it is aligned to 112 pixels: warping straight from a large
photo skips pixels, and the embedding of a 24-megapixel face would depend on which."""


class EmbeddedFaces:
    """Detects with YuNet at several scales, embeds with SFace (128 values)."""

    dimension = 128
    threshold = THRESHOLD
    licence = "YuNet: MIT. SFace: Apache-2.0. Both from the OpenCV Zoo; free for any use."

    def __init__(self, folder: Path, score: float = SCORE) -> None:
        detector, recogniser = _read(folder / DETECTOR), _read(folder / RECOGNISER)
        self.identity = f"yunet-{_short_hash(detector)}+sface-{_short_hash(recogniser)}"
        self._detector, self._recogniser = _load(folder, detector, recogniser, score)

    def find(self, image: Image.Image) -> list[Face]:
        """Every face of an upright RGB picture, with its embedding, largest first."""
        bgr = np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
        return [self._described(bgr, face) for face in detect_at_scales(bgr, self._detect)]

    def _detect(self, bgr: Pixels) -> list[Found]:
        self._detector.setInputSize((bgr.shape[1], bgr.shape[0]))
        rows = self._detector.detect(bgr)[1]
        return [] if rows is None else [_found(row) for row in rows if np.isfinite(row).all()]

    def _described(self, bgr: Pixels, face: Found) -> Face:
        aligned = self._recogniser.alignCrop(*_around(bgr, face))
        vector = self._recogniser.feature(aligned).astype(np.float32).ravel()
        unit = vector / max(float(np.linalg.norm(vector)), 1e-12)
        return Face(face.box, face.landmarks, face.score, quality(face, aligned), unit.tobytes())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = f"The face model {path.name} cannot be read from {path.parent}: {error.strerror}."
        raise KnownError(reason) from error


def _short_hash(model: bytes) -> str:
    return hashlib.sha256(model).hexdigest()[:12]


def _load(folder: Path, detector: bytes, recogniser: bytes, score: float) -> tuple[Any, Any]:
    """From bytes, not paths: OpenCV cannot open a path with other than ASCII letters on Windows."""
    cv2, nothing = load_cv2(), np.zeros(0, np.uint8)
    try:
        buffers = [np.frombuffer(model, np.uint8) for model in (detector, recogniser)]
        yunet = cv2.FaceDetectorYN.create("onnx", buffers[0], nothing, (320, 320), score, 0.4, 5000)
        return yunet, cv2.FaceRecognizerSF.create("onnx", buffers[1], nothing)
    except cv2.error as error:
        raise KnownError(f"The face models in {folder} are damaged. Install the program again.") from error


def _found(row: Floats) -> Found:
    """YuNet's 15 values: left, top, width, height, five landmarks, score."""
    left, top, width, height = (float(v) for v in row[:4])
    a, b, c, d, e = ((float(x), float(y)) for x, y in row[4:14].reshape(5, 2))
    return Found((left, top, left + width, top + height), (a, b, c, d, e), min(1.0, float(row[14])))


def _around(bgr: Pixels, face: Found) -> tuple[Pixels, Floats]:
    """The part of the picture that the alignment reads, at most about `ALIGNED_FROM` pixels a face, and the
    face's 15 values in it."""
    side = max(face.box[2] - face.box[0], face.box[3] - face.box[1], 1.0)
    left, top = (max(0, int(v - side)) for v in face.box[:2])
    right, bottom = (max(1, int(v + side)) for v in face.box[2:])
    part, scale = bgr[top:bottom, left:right], ALIGNED_FROM / side
    if scale < 1 and part.size:
        cv2 = load_cv2()
        part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    else:
        scale = 1.0
    return part, _row(face.moved(1.0, -left, -top).moved(scale))


def _row(face: Found) -> Floats:
    left, top, right, bottom = face.box
    size = (right - left, bottom - top)
    return np.array([left, top, *size, *np.ravel(face.landmarks), face.score], np.float32)
