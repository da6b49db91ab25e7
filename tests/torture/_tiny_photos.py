"""Tiny pictures of every kind that a camera, a scanner or an editor writes: what the fuzzing starts from."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from _mutations import PNG, chunk
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

SIZE = (20, 14)


def every() -> dict[str, bytes]:
    """File name → bytes; the same at every call."""
    return {**_jpegs(), **_pngs(), **_tiffs(), **_others()}


def _picture(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    width, height = size
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    colours = np.stack([x * 12 % 256, y * 17 % 256, (x * y) % 256], axis=-1).astype(np.uint8)
    return Image.fromarray(colours).convert(mode)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def _moving(number: int = 3) -> dict[str, object]:
    return {"save_all": True, "append_images": [_picture().rotate(90 * n) for n in range(1, number)]}


def _jpegs() -> dict[str, bytes]:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {
        "plain.jpg": _saved(_picture(), "JPEG"),
        "progressive.jpg": _saved(_picture(), "JPEG", progressive=True),
        "cmyk.jpg": _saved(_picture("CMYK"), "JPEG"),
        "grey.jpg": _saved(_picture("L"), "JPEG"),
        "turned.jpg": _saved(_picture(), "JPEG", exif=_exif(6)),
        "profile.jpg": _saved(_picture(), "JPEG", icc_profile=profile, subsampling=0),
        "pair.mpo": _saved(_picture(), "MPO", **_moving(2)),
        "restarts.jpg": _saved(_picture(), "JPEG", restart_marker_blocks=1),
    }


def _pngs() -> dict[str, bytes]:
    text = PngInfo()
    text.add_itxt("likeness", "{}", zip=True)
    text.add_text("parameters", "a photo", zip=True)
    deep = np.tile(np.linspace(0, 65535, SIZE[0]).astype(np.uint16), (SIZE[1], 1))
    made = {
        f"{name}.png": _saved(image, "PNG", **options)
        for name, image, options in (
            ("rgb", _picture(), {}),
            ("rgba", _picture("RGBA"), {}),
            ("grey-alpha", _picture("LA"), {}),
            ("palette", _picture("P"), {"transparency": 3}),
            ("two", _picture("1"), {}),
            ("four-bits", _picture("P"), {"bits": 4}),
            ("deep", Image.fromarray(deep), {}),
            ("texts", _picture(), {"pnginfo": text}),
            ("turned", _picture(), {"exif": _exif(8)}),
            ("moving", _picture(), _moving()),
        )
    }
    made["deep-colour.png"] = _raw_png(16, 2, 6, interlaced=False)
    made["interlaced.png"] = _raw_png(8, 2, 3, interlaced=True)
    return made


def _raw_png(depth: int, colour: int, pixel_bytes: int, interlaced: bool) -> bytes:
    """8 × 8 pixels that Pillow does not write itself."""
    passes = ((1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4)) if interlaced else ((8, 8),)
    rows = b"".join((b"\0" + bytes(range(w * pixel_bytes))) * h for w, h in passes)
    header = struct.pack(">IIBBBBB", 8, 8, depth, colour, 0, 0, int(interlaced))
    return PNG + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _tiffs() -> dict[str, bytes]:
    deep = np.tile(np.linspace(0, 65535, SIZE[0]).astype("<u2"), (SIZE[1], 1))
    numbers = np.linspace(0, 1, SIZE[0] * SIZE[1], dtype=np.float32).reshape(SIZE[1], SIZE[0])
    kinds: dict[str, tuple[Image.Image, dict[str, object]]] = {
        "raw": (_picture(), {}),
        "strips": (_picture(), {"tiffinfo": {278: 4}}),
        "lzw": (_picture(), {"compression": "tiff_lzw"}),
        "deflate": (_picture("L"), {"compression": "tiff_adobe_deflate"}),
        "packbits": (_picture("P"), {"compression": "packbits"}),
        "jpeg": (_picture(), {"compression": "jpeg"}),
        "fax": (_picture("1"), {"compression": "group4"}),
        "deep": (Image.fromarray(deep), {}),
        "deep-big-end": (Image.fromarray(deep.astype(">u2")), {}),
        "floats": (Image.fromarray(numbers), {}),
        "whole": (Image.fromarray((numbers * 2**30).astype(np.int32)), {}),
        "cmyk": (_picture("CMYK"), {}),
        "turned": (_picture(), {"exif": _exif(5)}),
        "big": (_picture(), {"big_tiff": True}),
        "pages": (_picture(), _moving()),
    }
    made = {f"{name}.tif": _saved(image, "TIFF", **options) for name, (image, options) in kinds.items()}
    return made | {"tiles.tif": _tiled()}


def _tiled() -> bytes:
    """32 × 16 grey pixels in two tiles of 16 × 16, which Pillow reads and does not write."""
    tags = {256: 32, 257: 16, 258: 8, 259: 1, 262: 1, 277: 1, 322: 16, 323: 16}
    entries = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items()]
    places = 8 + 2 + 12 * (len(entries) + 2) + 4
    entries += [struct.pack("<HHII", 324, 4, 2, places), struct.pack("<HHII", 325, 4, 2, places + 8)]
    start = places + 16
    head = b"II*\0" + struct.pack("<IH", 8, len(entries)) + b"".join(entries) + struct.pack("<I", 0)
    return head + struct.pack("<IIII", start, start + 256, 256, 256) + bytes(range(256)) * 2


def _others() -> dict[str, bytes]:
    made: dict[str, Callable[[], bytes]] = {
        "lossy.webp": lambda: _saved(_picture(), "WEBP"),
        "lossless.webp": lambda: _saved(_picture("RGBA"), "WEBP", lossless=True, exif=_exif(3)),
        "moving.webp": lambda: _saved(_picture(), "WEBP", **_moving()),
        "plain.bmp": lambda: _saved(_picture(), "BMP"),
        "palette.bmp": lambda: _saved(_picture("P"), "BMP"),
        "two.bmp": lambda: _saved(_picture("1"), "BMP"),
        "still.gif": lambda: _saved(_picture("P"), "GIF", transparency=1),
        "moving.gif": lambda: _saved(_picture("P"), "GIF", **_moving()),
        "plain.avif": lambda: _saved(_picture(), "AVIF", speed=10),
        "turned.avif": lambda: _saved(_picture("RGBA"), "AVIF", speed=10, exif=_exif(6)),
        "plain.jp2": lambda: _saved(_picture(), "JPEG2000"),
        "grey.j2k": lambda: _saved(_picture("L"), "JPEG2000", no_jp2=True),
        "plain.ppm": lambda: _saved(_picture(), "PPM"),
        "plain.pgm": lambda: _saved(_picture("L"), "PPM"),
        "letters.ppm": lambda: b"P3\n2 2\n255\n" + b"1 2 3 4 5 6 7 8 9 10 11 12\n",
        "deep.pgm": lambda: b"P5\n# deep\n4 2\n65535\n" + bytes(range(16)),
        "floats.pfm": lambda: b"Pf\n2 2\n-1.0\n" + struct.pack("<4f", 0.0, 0.5, 1.0, 2.0),
    }
    return {name: make() for name, make in made.items()}
