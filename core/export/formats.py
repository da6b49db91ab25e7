"""The formats of exported files: pixels, profile and metadata become the bytes of a file."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.export import ExportPreset, Format, colours
from core.metadata.carried import Carried

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

XMP_TAG, PREDICTOR_TAG = 700, 317
FINE_CHROMA = 90
"""From this quality on, colours are kept at every pixel, not at every fourth: thin red lines stay sharp."""


@dataclass(frozen=True)
class FormatInfo:
    """`words` for people; `lossy`: whether quality means something."""

    words: str
    suffix: str
    lossy: bool = False


FORMATS: Mapping[Format, FormatInfo] = {
    "png": FormatInfo("PNG", ".png"),
    "jpeg": FormatInfo("JPEG", ".jpg", lossy=True),
    "webp": FormatInfo("WebP", ".webp", lossy=True),
    "avif": FormatInfo("AVIF", ".avif", lossy=True),
    "tiff": FormatInfo("TIFF, 8 bit", ".tif"),
    "tiff16": FormatInfo("TIFF, 16 bit", ".tif"),
}


def encode(picture: "Image.Image", size: tuple[int, int], preset: ExportPreset, carried: Carried) -> bytes:
    """The whole file of an sRGB picture at `size` pixels, in the preset's format and colours."""
    from PIL import Image

    if preset.format == "tiff16":
        return _tiff16(_fine(picture, size, preset.colours), preset, carried)
    picture = colours.convert(_resized(picture, size), preset.colours)
    # A picture that was opened still knows its file's texts, and Pillow writes some of them again.
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    stream = io.BytesIO()
    profile = colours.profile(preset.colours)
    bare.save(stream, icc_profile=profile, **OPTIONS[preset.format](preset, carried), **_dots(preset))
    return stream.getvalue()


def _dots(preset: ExportPreset) -> dict[str, Any]:
    """How densely it is printed, in formats that can say so."""
    dense = preset.size.way == "print" and preset.format in ("png", "jpeg", "tiff")
    return {"dpi": (preset.size.dpi, preset.size.dpi)} if dense else {}


def _png(preset: ExportPreset, carried: Carried) -> dict[str, Any]:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for keyword, text in (*carried.texts, ("XML:com.adobe.xmp", carried.xmp)):
        info.add_itxt(keyword, text)
    # Level 1: the default costs half a second a megapixel and saves a few per cent.
    return {"format": "PNG", "compress_level": 1, "pnginfo": info}


def _jpeg(preset: ExportPreset, carried: Carried) -> dict[str, Any]:
    fine = "4:4:4" if preset.quality >= FINE_CHROMA else "4:2:0"
    told = {"xmp": carried.xmp.encode(), "exif": carried.exif}
    return {"format": "JPEG", "quality": preset.quality, "subsampling": fine, "optimize": True, **told}


def _webp(preset: ExportPreset, carried: Carried) -> dict[str, Any]:
    told = {"xmp": carried.xmp.encode(), "exif": carried.exif}
    return {"format": "WEBP", "quality": preset.quality, "method": 4, **told}


def _avif(preset: ExportPreset, carried: Carried) -> dict[str, Any]:
    fine = "4:4:4" if preset.quality >= FINE_CHROMA else "4:2:0"
    told = {"xmp": carried.xmp.encode(), "exif": carried.exif}
    return {"format": "AVIF", "quality": preset.quality, "subsampling": fine, **told}


def _tiff(preset: ExportPreset, carried: Carried) -> dict[str, Any]:
    from PIL import TiffImagePlugin

    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[XMP_TAG] = carried.xmp.encode()
    tags.tagtype[XMP_TAG] = 1  # bytes
    tags[PREDICTOR_TAG] = 2  # differences of neighbours: a third smaller
    return {"format": "TIFF", "compression": "tiff_lzw", "tiffinfo": tags}


OPTIONS = {"png": _png, "jpeg": _jpeg, "webp": _webp, "avif": _avif, "tiff": _tiff}


def _fine(picture: "Image.Image", size: tuple[int, int], space: str) -> "NDArray[np.uint16]":
    """16 bits a channel. Ours have 8: what is finer comes from resizing and from converting to one of our
    colour spaces without rounding between; all else is the 8-bit values times 257."""
    import numpy as np

    if space not in colours.SPACES:
        # Little CMS takes 8 bits here, and a profile of the user's own may be a table.
        return np.asarray(colours.convert(_resized(picture, size), space)).astype(np.uint16) * 257
    values = colours.convert_finely(np.clip(_resized_finely(picture, size) / 255, 0, 1), space)
    return np.round(values * 65535).astype(np.uint16)


def _resized(picture: "Image.Image", size: tuple[int, int]) -> "Image.Image":
    from PIL import Image

    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS)


def _resized_finely(picture: "Image.Image", size: tuple[int, int]) -> "NDArray[np.float32]":
    import numpy as np

    if size == picture.size:
        return np.asarray(picture, np.float32)
    channels = [_resized(channel.convert("F"), size) for channel in picture.split()]
    return np.stack([np.asarray(channel) for channel in channels], axis=-1)


def _tiff16(values: "NDArray[np.uint16]", preset: ExportPreset, carried: Carried) -> bytes:
    import tifffile

    told = carried.xmp.encode()
    stream = io.BytesIO()
    tifffile.imwrite(
        stream,
        values,
        photometric="rgb",
        compression="adobe_deflate",
        predictor=True,
        iccprofile=colours.profile(preset.colours),
        extratags=[(XMP_TAG, "B", len(told), told, True)],
        metadata=None,
        software=False,
        resolution=(preset.size.dpi,) * 2 if preset.size.way == "print" else None,
        resolutionunit="INCH" if preset.size.way == "print" else None,
    )
    return stream.getvalue()
