"""Colours of exported pictures: ours are sRGB; other spaces are reached by converting, never by a label."""

import io
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import KnownError
from core.export import icc

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image
    from PIL.ImageCms import ImageCmsProfile, ImageCmsTransform

SPACES: Mapping[str, icc.Space] = {
    "srgb": icc.SRGB,
    "display-p3": icc.DISPLAY_P3,
    "adobe-rgb": icc.ADOBE_RGB,
}
LARGEST_PROFILE = 50_000_000


@lru_cache(maxsize=8)
def profile(colours: str) -> bytes:
    """The profile to embed. Raises KnownError for a file that is no RGB profile."""
    return icc.profile(SPACES[colours]) if colours in SPACES else _read(Path(colours).expanduser())


def convert(picture: "Image.Image", colours: str) -> "Image.Image":
    """An 8-bit sRGB picture in another space: relative colorimetric with black point compensation. sRGB stays
    as it is, pixel by pixel."""
    from PIL import ImageCms

    if colours == "srgb":
        return picture
    converted = ImageCms.applyTransform(picture, _transform(colours))
    assert converted is not None  # only in place is nothing returned
    return converted


def convert_finely(values: "NDArray[np.float32]", colours: str) -> "NDArray[np.float32]":
    """The same for height × width × 3 values from 0 to 1, without rounding to 8 bits between: only of the
    spaces in `SPACES`."""
    import numpy as np

    if colours == "srgb":
        return values
    target = SPACES[colours]
    matrix = np.linalg.inv(np.array(target.columns).T) @ np.array(icc.SRGB.columns).T
    linear = _decode(values, icc.SRGB.curve) @ matrix.T.astype(np.float32)
    return _encode(np.clip(linear, 0, 1), target.curve)


def _decode(values: "NDArray[np.float32]", curve: tuple[float, ...]) -> "NDArray[Any]":
    import numpy as np

    g, a, b, c, d = curve
    return np.where(values >= d, np.maximum(a * values + b, 0) ** g, c * values)


def _encode(linear: "NDArray[Any]", curve: tuple[float, ...]) -> "NDArray[np.float32]":
    import numpy as np

    g, a, b, c, d = curve
    low = linear / c if c else linear
    return np.where(linear >= (a * d + b) ** g, (linear ** (1 / g) - b) / a, low).astype(np.float32)


@lru_cache(maxsize=8)
def _transform(colours: str) -> "ImageCmsTransform":
    from PIL import ImageCms

    source, target = (_opened(profile(each)) for each in ("srgb", colours))
    return ImageCms.buildTransform(
        source,
        target,
        "RGB",
        "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _opened(data: bytes) -> "ImageCmsProfile":
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(io.BytesIO(data))


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_PROFILE:
            raise KnownError(f"{file.name} is too large for a colour profile.")
        data = file.read_bytes()
        told = _opened(data).profile
    except OSError as error:
        why = error.strerror or "it is no colour profile"
        raise KnownError(f"The colour profile {file} cannot be read: {why}.") from error
    if told.xcolor_space.strip() != "RGB" or told.device_class == "link":
        kind = told.xcolor_space.strip()
        raise KnownError(f"{file.name} is a {kind} profile; exported pictures are RGB. Choose one for RGB.")
    return data
