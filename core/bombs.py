"""What no camera and no editor writes, and what would keep a decoder busy for hours or fill the memory: told
from a file's own lengths, before a decoder gets it.

Compressed sizes bound what they can unpack to (deflate: 1032 to one), a photo's values do not lie over each
other, and a progressive JPEG has a dozen scans: libjpeg-turbo leaves their limit to its callers.
"""

import re
import struct
from collections.abc import Callable
from typing import BinaryIO

from core.errors import KnownError

MOST_BYTES = 4_000_000_000
MOST_SCANS = 100
MOST_PARTS = 10_000
"""Segments, chunks or blocks before the first pixel."""
MOST_CHUNKS = 1_000_000
MOST_ENTRIES = 4096
MOST_PAGES = 1000
MOST_COMMENT = 1_000_000
DEFLATE = 1032
JPEG_PIXELS = 512
"""Of one byte at most: a block of 64 pixels takes a bit or more of each scan."""
_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_BITS = {"1": 1, "L": 2, "P": 1, "LA": 16, "I;16": 16, "RGB": 24, "RGBA": 32}
_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def refuse(file: BinaryIO, name: str, length: int) -> None:
    """Raises KnownError for a file that no decoder should get. Reads no more than its lengths, of a JPEG all
    its bytes; the file's place is where it was."""
    if length > MOST_BYTES:
        raise KnownError(f"{name} is too large: a photo has at most {MOST_BYTES // 10**9} GB.")
    at = file.tell()
    try:
        start = file.read(8)
        for begins, walk in _WALKS:
            if start.startswith(begins):
                file.seek(0)
                walk(file, name, length)
    except (struct.error, IndexError):
        return  # cut short: its decoder says so
    finally:
        file.seek(at)


def refuse_hollow(name: str, kind: str, mode: str, size: tuple[int, int], length: int) -> None:
    """Raises KnownError for a header that promises more pixels than the file's bytes can hold."""
    pixels = size[0] * size[1]
    most = {
        "PNG": length * DEFLATE * 8 // _BITS.get(mode, 8),
        "JPEG": length * JPEG_PIXELS,
        "MPO": length * JPEG_PIXELS,
    }
    if pixels > most.get(kind, pixels):
        raise KnownError(
            f"{name} is cut short: {length:,} bytes cannot hold {size[0]} × {size[1]} pixels. Copy it again "
            "from its source."
        )


def refuse_values(data: bytes, name: str) -> None:
    """Raises KnownError for EXIF data whose values lie over each other: they would fill the memory."""
    import io

    data = data.removeprefix(b"Exif\0\0")
    if data[:4] in (b"II*\0", b"MM\0*"):
        refuse(io.BytesIO(data), name, len(data))


def pages(file: BinaryIO) -> int:
    """Of a TIFF file, counted by its directories' places, as far as 1000."""
    file.seek(0)
    seen: set[int] = set()
    order, place, form = _tiff_start(file)
    while place and place not in seen and len(seen) < MOST_PAGES:
        seen.add(place)
        file.seek(place)
        (count,) = struct.unpack(order + form[0], file.read(struct.calcsize(form[0])))
        file.seek(place + struct.calcsize(form[0]) + count * struct.calcsize("=" + form[1]))
        (place,) = struct.unpack(order + form[2], file.read(struct.calcsize(form[2])))
    return max(1, len(seen))


def frames(file: BinaryIO) -> int:
    """Of a GIF file, as far as 1000; those of a file with millions of parts as far as they were counted."""
    file.seek(0)
    flags, found = file.read(13)[10], 0
    file.seek(_colours(flags), 1)
    for _ in range(MOST_CHUNKS):
        kind = file.read(1)
        if kind not in (b"!", b",") or found == MOST_PAGES:
            break
        if kind == b",":
            found += 1
            file.seek(_colours(file.read(9)[8]), 1)
        file.read(1)  # what the extension is, or how long the picture's codes are
        while size := (file.read(1) or b"\0")[0]:
            file.seek(size, 1)
    return max(1, found)


def _colours(flags: int) -> int:
    """Bytes of a GIF's table of colours."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _jpeg(file: BinaryIO, name: str, length: int) -> None:
    data, at, parts, scans = file.read(), 2, 0, 0
    while found := _MARK.search(data, at):
        mark, at = data[found.start() + 1], found.end()
        if mark == 0xD9:
            return
        if mark in (0x01, 0xD8):
            continue
        scans, parts = scans + (mark == 0xDA), parts + 1
        if scans > MOST_SCANS or parts > MOST_PARTS:
            raise _odd(
                name,
                f"more than {MOST_SCANS} scans" if scans > MOST_SCANS else f"more than {MOST_PARTS} parts",
            )
        at += max(2, int.from_bytes(data[at : at + 2], "big"))


def _png(file: BinaryIO, name: str, length: int) -> None:
    at, parts, before = 8, 0, True
    while at + 8 <= length:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        before, parts = before and kind != b"IDAT", parts + 1
        if kind == b"IEND":
            return
        if parts > (MOST_PARTS if before else MOST_CHUNKS):
            raise _odd(name, f"more than {parts - 1} parts")
        at += 12 + size


def _gif(file: BinaryIO, name: str, length: int) -> None:
    """As far as the first picture; sub-blocks have a length and end with one of 0."""
    file.seek(13 + _colours(file.read(13)[10]))
    read = 0
    while file.read(1) == b"!":
        file.read(1)
        while size := file.read(1)[0]:
            file.seek(size, 1)
            read += size + 1
            if read > MOST_COMMENT:
                raise _odd(name, "a comment without end")


def _tiff(file: BinaryIO, name: str, length: int) -> None:
    """Its first directory, and those of camera and place that it names."""
    order, place, form = _tiff_start(file)
    for at in [place, *_values(file, name, length, order, place, form)][:4]:
        _values(file, name, length, order, at, form)


def _tiff_start(file: BinaryIO) -> tuple[str, int, tuple[str, str, str]]:
    """Byte order, place of the first directory, forms of a count, an entry and a place."""
    start = file.read(16)
    order = "<" if start[:2] == b"II" else ">"
    if start[2:4] in (b"+\0", b"\0+"):
        return order, struct.unpack(order + "Q", start[8:16])[0], ("Q", "HHQQ", "Q")
    return order, struct.unpack(order + "I", start[4:8])[0], ("H", "HHII", "I")


def _values(
    file: BinaryIO, name: str, length: int, order: str, place: int, form: tuple[str, str, str]
) -> list[int]:
    """The directories that one directory names. Raises KnownError where its values need more bytes than
    there are."""
    file.seek(min(place, length))
    (count,) = struct.unpack(order + form[0], file.read(struct.calcsize(form[0])))
    if count > MOST_ENTRIES:
        raise _odd(name, f"{count:,} notes about itself")
    each, inside, total = struct.calcsize("=" + form[1]), [], 0
    for tag, kind, number, value in struct.iter_unpack(
        order + form[1], _whole(file.read(count * each), each)
    ):
        total += number * _SIZES.get(kind, 0) if number * _SIZES.get(kind, 0) <= length else 0
        inside += [value] if tag in (0x8769, 0x8825) else []
    if total > 2 * length:
        raise _odd(name, "notes about itself that lie over each other")
    return inside


def _whole(data: bytes, each: int) -> bytes:
    return data[: len(data) // each * each]


def _odd(name: str, what: str) -> KnownError:
    return KnownError(f"{name} was made to keep a program busy, or is damaged: it has {what}.")


_WALKS: tuple[tuple[bytes | tuple[bytes, ...], Callable[[BinaryIO, str, int], None]], ...] = (
    (b"\xff\xd8", _jpeg), (b"\x89PNG\r\n\x1a\n", _png), (b"GIF8", _gif),
    ((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), _tiff),
)  # fmt: skip
COUNTS: dict[str, Callable[[BinaryIO], int]] = {"TIFF": pages, "GIF": frames}
"""How many pictures a file of a format holds, counted within limits."""
