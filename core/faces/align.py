"""A face turned upright and scaled, so that its eyes and mouth lie where recognisers learned them."""

from collections.abc import Sequence

from PIL import Image

from core.errors import KnownError
from core.faces import Point

TEMPLATE = (
    (38.2946, 51.6963),
    (73.5318, 51.5014),
    (56.0252, 71.7366),
    (41.5493, 92.3655),
    (70.7299, 92.2041),
)
"""ArcFace's five points in a picture of 112 pixels (arXiv 1801.07698), in the order of `Face.landmarks`."""

FLAT = "A face cannot be turned upright: its eyes, nose and mouth lie on one point."


def aligned(image: Image.Image, landmarks: Sequence[Point], size: int) -> Image.Image:
    """The face as an upright RGB square of `size` pixels; what lies beyond the picture is black, as it was
    when recognisers and FaceID adapters were trained. `landmarks` in pixels of `image`. Raises KnownError
    when they all lie on one point."""
    turn, _ = similarity(landmarks, _template(size))
    small = _shrunk(image.convert("RGB"), abs(turn))
    return _warped(small, [_moved(point, image.size, small.size) for point in landmarks], size)


def similarity(found: Sequence[Point], wanted: Sequence[Point]) -> tuple[complex, complex]:
    """The turn, scale and shift that bring points nearest to others, by least squares (Umeyama 1991): w ≈
    a z + b with points as complex numbers. Raises KnownError when all found points are one."""
    z, w = ([complex(*point) for point in points] for points in (found, wanted))
    middle_z, middle_w = sum(z) / len(z), sum(w) / len(w)
    spread = sum(abs(each - middle_z) ** 2 for each in z)
    if not spread > 0:  # a detector may also say “not a number”
        raise KnownError(FLAT)
    pairs = zip(z, w, strict=True)
    a = sum((each - middle_z).conjugate() * (other - middle_w) for each, other in pairs) / spread
    return a, middle_w - a * middle_z


def _template(size: int) -> list[Point]:
    return [(x * size / 112, y * size / 112) for x, y in TEMPLATE]


def _shrunk(image: Image.Image, scale: float) -> Image.Image:
    """At most about one pixel for each pixel of the result: a warp alone would skip some."""
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _moved(point: Point, before: tuple[int, int], after: tuple[int, int]) -> Point:
    """Where a point lies in the resized picture; points count from the middle of the first pixel."""
    x, y = ((at + 0.5) * new / old - 0.5 for at, old, new in zip(point, before, after, strict=True))
    return x, y


def _warped(image: Image.Image, landmarks: Sequence[Point], size: int) -> Image.Image:
    turn, shift = similarity(landmarks, _template(size))
    if not abs(turn) > 0:
        raise KnownError(FLAT)
    # Pillow asks where in the source each pixel of the result lies, and counts from pixels' edges, landmarks
    # from their middles.
    back = 1 / turn
    start = -shift * back + complex(0.5, 0.5) * (1 - back)
    matrix = (back.real, -back.imag, start.real, back.imag, back.real, start.imag)
    return image.transform((size, size), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)
