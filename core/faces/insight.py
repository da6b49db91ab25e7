"""InsightFace's FaceAnalysis on a folder the user has: SCRFD finds, ArcFace tells apart.

Nothing is ever downloaded: FaceAnalysis only asks the network for a *name*, so it is given a folder that
exists, and no add-ons. The packs are the user's own affair, and their licence is shown.
"""

import hashlib
import os
import warnings
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

SCORE = 0.5
SIZES = [(128, 128), (640, 640), (1280, 1280)]
THRESHOLD = 0.45
"""For ArcFace packs at large; not measured here, since no pack may come with the program."""


class InsightFaces:
    """Detects with a pack's SCRFD, embeds with its ArcFace."""

    threshold = THRESHOLD
    licence = (
        "InsightFace model packs are for non-commercial research only, unless InsightFace has licensed this "
        "pack to you. The program brings none of them and downloads none."
    )

    def __init__(self, folder: Path) -> None:
        self._folder, models = folder, _load(folder)
        self._detector, self._recogniser = models["detection"], models["recognition"]
        self.dimension = _dimension(self._recogniser, folder)
        self.identity = f"insightface-{folder.name}-{_hash(self._detector, self._recogniser)}"

    def find(self, image: Image.Image) -> list[Face]:
        """Every face of an upright RGB picture, with its embedding, largest first. Raises KnownError for a
        pack whose models fail on it."""
        bgr = np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
        try:
            return self._found(bgr)
        except Exception as error:  # onnxruntime's exceptions share no base class of its own
            told = f"The InsightFace pack in {self._folder} cannot be used ({_first_line(error)})."
            raise KnownError(told) from error

    def _found(self, bgr: Pixels) -> list[Face]:
        found = detect_at_scales(bgr, self._detect, sides=(max(side for side, _ in SIZES),))
        return [self._described(bgr, face) for face in found]

    def _detect(self, bgr: Pixels) -> list[Found]:
        boxes, landmarks = self._detector.detect(bgr)
        if landmarks is None:
            return []
        pairs = zip(boxes, landmarks, strict=True)
        return [_found(box, points) for box, points in pairs if np.isfinite(box).all()]

    def _described(self, bgr: Pixels, face: Found) -> Face:
        aligned = _aligned(bgr, face)
        values = self._recogniser.get_feat(_resized(aligned, self._recogniser))
        vector = np.asarray(values, np.float32).ravel()
        unit = vector / max(float(np.linalg.norm(vector)), 1e-12)
        return Face(face.box, face.landmarks, face.score, quality(face, aligned), unit.tobytes())


def _load(folder: Path) -> dict[str, Any]:
    """The pack's detector and recogniser. Raises KnownError that says what the folder holds."""
    if not folder.is_dir():
        raise KnownError(f"There is no folder {folder}. Choose the folder of an InsightFace pack.")
    files = sorted(path.name for path in folder.iterdir() if path.is_file())
    if not any(name.endswith(".onnx") or name == "manifest.json" for name in files):
        raise KnownError(f"{folder} is no InsightFace pack: it holds no .onnx file. {_holds(files)}")
    try:
        models = _analysis(folder)
    except Exception as error:
        raise KnownError(
            f"The InsightFace pack in {folder} cannot be loaded ({_first_line(error)}). {_holds(files)}"
        ) from error
    return _complete(models, folder, files)


def _analysis(folder: Path) -> dict[str, Any]:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    load_cv2()  # first, so that insightface's own import of cv2 leaves the environment alone
    from insightface.app import FaceAnalysis

    analysis = FaceAnalysis(
        str(folder), allowed_modules=["detection", "recognition"], providers=["CPUExecutionProvider"]
    )
    analysis.prepare(ctx_id=-1, det_thresh=SCORE, det_size=SIZES)
    return dict(analysis.models)


def _complete(models: dict[str, Any], folder: Path, files: list[str]) -> dict[str, Any]:
    needed = {"detection": "face detector", "recognition": "face recogniser"}
    missing = [words for task, words in needed.items() if task not in models]
    if missing:
        raise KnownError(f"The pack in {folder} has no {' and no '.join(missing)}. {_holds(files)}")
    if not models["detection"].use_kps:
        raise KnownError(f"The detector of the pack in {folder} gives no landmarks: faces cannot be aligned.")
    return models


def _holds(files: list[str]) -> str:
    return f"It holds: {', '.join(files[:12])}." if files else "It is empty."


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0][:200] if text else "no detector among its models"


def _dimension(recogniser: Any, folder: Path) -> int:
    length = recogniser.output_shape[-1]
    if not isinstance(length, int):
        raise KnownError(f"The recogniser of the pack in {folder} does not say how long its embeddings are.")
    return length


def _hash(*models: Any) -> str:
    digest = hashlib.sha256()
    for model in models:
        digest.update(Path(model.model_file).read_bytes())
    return digest.hexdigest()[:12]


def _found(box: Any, points: Any) -> Found:
    left, top, right, bottom, score = (float(v) for v in box)
    a, b, c, d, e = ((float(x), float(y)) for x, y in points)
    return Found((left, top, right, bottom), (a, b, c, d, e), min(1.0, max(0.0, score)))


def _aligned(bgr: Pixels, face: Found) -> Pixels:
    """(112, 112, 3), eyes and mouth where ArcFace learned them."""
    from insightface.utils import face_align

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # it calls an old name of scikit-image
        crop: Pixels = face_align.norm_crop(bgr, np.array(face.landmarks, np.float32), 112)
    return crop


def _resized(aligned: Pixels, recogniser: Any) -> Pixels:
    size = tuple(recogniser.input_size)
    if size == (112, 112):
        return aligned
    bigger: Pixels = load_cv2().resize(aligned, size)
    return bigger
