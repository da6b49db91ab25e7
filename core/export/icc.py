"""ICC profiles of three colour spaces, written from their published numbers (ICC.1:2010, version 4: a matrix
and a curve), so that none has to be shipped: Adobe's and Apple's own files are not free to pass on."""

import struct
from dataclasses import dataclass

Matrix = tuple[tuple[float, float, float], ...]

D50 = (0.9642, 1.0, 0.8249)
BRADFORD = ((1.0478112, 0.0228866, -0.0501270), (0.0295424, 0.9904844, -0.0170491),
            (-0.0092345, 0.0150436, 0.7521316))  # fmt: skip
"""From D65, the white of all three, to D50, the white of every profile."""

SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
"""g, a, b, c, d: (a x + b)^g from d on, c x below (IEC 61966-2-1)."""
ADOBE_CURVE = (563 / 256, 1.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Space:
    """`columns`: X, Y, Z of red, green and blue under D50. `curve`: g, a, b, c, d of a parametric curve."""

    name: str
    columns: Matrix
    curve: tuple[float, float, float, float, float]


SRGB = Space("sRGB", ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708),
                      (0.14307, 0.06061, 0.71410)), SRGB_CURVE)  # fmt: skip
DISPLAY_P3 = Space("Display P3", ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189),
                                  (0.15710, 0.06657, 0.78407)), SRGB_CURVE)  # fmt: skip
ADOBE_RGB = Space("Adobe RGB (1998) compatible", ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087),
                                                  (0.14919, 0.06322, 0.74457)), ADOBE_CURVE)  # fmt: skip


def profile(space: Space) -> bytes:
    """The whole profile, the same bytes every time."""
    curve = _curve(space.curve)
    tags = {
        b"desc": _text(space.name),
        b"cprt": _text("CC0"),
        b"wtpt": _xyz(D50),
        b"chad": b"sf32\0\0\0\0" + b"".join(_fixed(value) for row in BRADFORD for value in row),
        b"rXYZ": _xyz(space.columns[0]),
        b"gXYZ": _xyz(space.columns[1]),
        b"bXYZ": _xyz(space.columns[2]),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _with_header(*_table(tags))


def _table(tags: dict[bytes, bytes]) -> tuple[bytes, bytes]:
    """The table of tags and what they hold; equal values are held once."""
    start, places, held = 128 + 4 + 12 * len(tags), dict[bytes, int](), b""
    for value in tags.values():
        if value not in places:
            places[value] = start + len(held)
            held += value + bytes(-len(value) % 4)
    rows = b"".join(struct.pack(">4sII", tag, places[value], len(value)) for tag, value in tags.items())
    return struct.pack(">I", len(tags)) + rows, held


def _with_header(table: bytes, held: bytes) -> bytes:
    size = 128 + len(table) + len(held)
    header = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s4s", 2026, 1, 1, 0, 0, 0, b"acsp", bytes(4))
    header += struct.pack(">I4s4sQI", 0, bytes(4), bytes(4), 0, 0) + b"".join(map(_fixed, D50))
    return header.ljust(128, b"\0") + table + held


def _text(words: str) -> bytes:
    """A multi-localised text with one entry, in English."""
    said = words.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(said), 28) + said


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, values))


def _curve(numbers: tuple[float, ...]) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + b"".join(map(_fixed, numbers))


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))
