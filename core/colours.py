"""Any picture → RGB, 8 bits a channel, in sRGB: 16-bit and floating scans scaled, transparency laid on
white, the press's CMYK and wide profiles converted."""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
from PIL import Image, ImageCms

Values = np.ndarray[Any, np.dtype[Any]]
BAND = 2_000_000
"""Pixels that are scaled at once."""


def to_rgb(image: Image.Image) -> Image.Image:
    """Decodes the picture. Raises whatever its decoder does."""
    image.load()
    if image.has_transparency_data:
        return _on_white(image)
    converter = _CONVERTERS.get(image.mode)
    if converter is not None:
        return converter(image)
    return _profiled(image) or image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    rgba = image.convert("RGBA")
    white = Image.new("RGB", rgba.size, "white")
    white.paste(rgba, mask=rgba.getchannel("A"))
    return white


def _from_16_bits(image: Image.Image) -> Image.Image:
    """0 … 65535 → 0 … 255. Pillow's own conversion clips: every grey above 255 would be white."""
    return _in_bands(image, lambda values: (values.clip(0, 65535).astype(np.uint32) * 255 + 32767) // 65535)


def _from_32_bits(image: Image.Image) -> Image.Image:
    """ "I" holds 16-bit greys (some PNG and TIFF) or real 32-bit ones: the largest value decides."""
    white = max(int(values.max(initial=0)) for values in _bands(image))
    return _from_16_bits(image) if white <= 65535 else _stretched(image, float(white))


def _from_floats(image: Image.Image) -> Image.Image:
    """ "F": 0 … 1 where nothing is brighter, otherwise the brightest value is white."""
    return _stretched(image, max(1.0, *(float(_finite(values).max(initial=0)) for values in _bands(image))))


def _stretched(image: Image.Image, white: float) -> Image.Image:
    return _in_bands(image, lambda values: (_finite(values).clip(0, white) * (255 / white)).round())


def _finite(values: Values) -> Values:
    return np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)


def _in_bands(image: Image.Image, grey: Callable[[Values], Values]) -> Image.Image:
    """RGB of what `grey` makes of the values, some rows at once: of a whole scan the numbers alone would take
    gigabytes."""
    whole, top = Image.new("L", image.size), 0
    for values in _bands(image):
        whole.paste(Image.fromarray(grey(values).astype(np.uint8)), (0, top))
        top += len(values)
    return whole.convert("RGB")


def _bands(image: Image.Image) -> Iterator[Values]:
    rows = max(1, BAND // image.width)
    for top in range(0, image.height, rows):
        yield np.asarray(image.crop((0, top, image.width, min(top + rows, image.height))))


def _from_lab(image: Image.Image) -> Image.Image:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return _transformed(image, lab, srgb)


_CONVERTERS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "I;16": _from_16_bits,
    "I;16L": _from_16_bits,
    "I;16B": _from_16_bits,
    "I;16N": _from_16_bits,
    "I": _from_32_bits,
    "F": _from_floats,
    "LAB": _from_lab,
}


def _profiled(image: Image.Image) -> Image.Image | None:
    """The picture in sRGB by its embedded profile (Adobe RGB, a press's CMYK, …); None without a good one."""
    data = image.info.get("icc_profile")
    if not data or image.mode not in ("RGB", "CMYK"):
        return None
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        if image.mode == "RGB" and "sRGB" in ImageCms.getProfileDescription(profile):
            return None
        return _transformed(image, profile, ImageCms.createProfile("sRGB"))
    return None


def _transformed(image: Image.Image, source: object, target: object) -> Image.Image:
    result = ImageCms.profileToProfile(image, source, target, outputMode="RGB")  # type: ignore[arg-type]
    assert result is not None
    return result
