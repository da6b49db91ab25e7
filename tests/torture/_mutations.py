"""Damaging bytes: as a disk or a network does it (bits, runs, cuts, splices), and as somebody who knows the
format does it (a PNG chunk with a right checksum, a TIFF tag with a wild count, a field of a JSON header)."""

import json
import struct
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Any

EDGES = (0, 1, 2, 7, 8, 15, 16, 127, 128, 255, 256, 1023, 4095, 14_000, 32767, 32768, 65535, 65536, 2**24,
         2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**48, 2**63 - 1, 2**63, 2**64 - 1)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**53, 2**63, 10**30, 0.5, -0.0, 1e308, 1e-300, "", "x", "\0",
    "\ud7ff",
    "../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://example.com/x", "a" * 4000, "0" * 64,
    "[" * 50, "\x1b[31mred", "__import__('os').system('id')", [], [[]], {}, {"a": {}}, [0] * 300,
    ["diffusers", "UNet2DConditionModel"], "NaN", "1e999", "🎈" * 40,
)  # fmt: skip
SQLITE_FIELDS = (
    (16, 2),
    (18, 1),
    (19, 1),
    (20, 1),
    *((at, 4) for at in (28, 32, 36, 40, 44, 52, 56, 60, 68, 92)),
)
"""Place and length of what the file's header says."""
TIFF_TAGS = (256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 317, 322, 323, 324, 339, 34665, 34675)
PNG = b"\x89PNG\r\n\x1a\n"


def mutate(random: Random, data: bytes, others: Sequence[bytes] = ()) -> bytes:
    """One to six changes; where the format is known, half of them by somebody who knows it."""
    knowing = next((change for starts, change in _KNOWING if starts(data)), None)
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        if knowing and random.random() < 0.6:
            data = knowing(random, data)
        elif others and random.random() < 0.15:
            data = _splice(random, data, random.choice(others))
        else:
            data = random.choice(_BLIND)(random, data)
    return data


def chunk(kind: bytes, body: bytes) -> bytes:
    """One PNG chunk, with the checksum it needs."""
    return (
        struct.pack(">I", len(body) & 0xFFFFFFFF) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    )


def json_mutant(random: Random, value: Any) -> bytes:
    """A JSON text near `value`: a field of another type, size or name, or damage to the text itself."""
    text = json.dumps(_replaced(random, value)).encode()
    if random.random() < 0.1:
        text = text.replace(b'"x"', random.choice((b"NaN", b"-Infinity", b"1e999", b'"\\ud800"', b"0x1")))
    if random.random() < 0.08:
        depth = random.choice((50, 500, 5000, 200_000))
        text = random.choice((b"[", b'{"a":')) * depth + text
    return mutate(random, text) if random.random() < 0.25 else text


def _replaced(random: Random, value: Any) -> Any:
    """The value with one of its parts changed, somewhere in its depth."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        key = random.choice(list(value))
        change = random.random()
        if change < 0.08:
            return {name: each for name, each in value.items() if name != key}
        if change < 0.14:
            return {**value, str(random.choice(VALUES)): value[key]}
        return {**value, key: _replaced(random, value[key])}
    if isinstance(value, list) and value and random.random() < 0.8:
        at = random.randrange(len(value))
        if random.random() < 0.15:
            return (
                value[:at] + value[at + 1 :]
                if random.random() < 0.5
                else value + [value[at]] * random.choice((1, 70))
            )
        return [*value[:at], _replaced(random, value[at]), *value[at + 1 :]]
    if isinstance(value, int) and not isinstance(value, bool) and random.random() < 0.5:
        return random.choice((value + 1, value - 1, -value, value * 2, value // 2, random.choice(EDGES)))
    return random.choice(VALUES)


# Without knowing the format


def _bits(random: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 2, 8, 32))):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _run(random: Random, data: bytes) -> bytes:
    at, length = random.randrange(len(data) + 1), random.choice((1, 2, 4, 8, 64, 512))
    filled = random.choice((b"\0", b"\xff", b"\x7f", b"\x80", b"A"))
    return data[:at] + (filled * length)[: len(data) - at] + data[at + length :]


def _cut(random: Random, data: bytes) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _longer(random: Random, data: bytes) -> bytes:
    return data + random.choice((b"\0", b"\xff", random.randbytes(1))) * random.choice((1, 100, 10_000))


def _taken_out(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + data[at + random.choice((1, 2, 4, 16, 256)) :]


def _twice(random: Random, data: bytes) -> bytes:
    at, length = random.randrange(len(data) + 1), random.choice((1, 4, 32, 512))
    return data[: at + length] + data[at : at + length] * random.choice((1, 2, 40)) + data[at + length :]


def _number(random: Random, data: bytes) -> bytes:
    size, order = random.choice((1, 2, 4, 8)), random.choice(("big", "little"))
    if len(data) < size:
        return data
    at = random.randrange(len(data) - size + 1)
    value = random.choice(EDGES) % 256**size
    return data[:at] + value.to_bytes(size, order) + data[at + size :]  # type: ignore[arg-type]


def _splice(random: Random, data: bytes, other: bytes) -> bytes:
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


_BLIND: tuple[Callable[[Random, bytes], bytes], ...] = (
    _bits, _bits, _run, _cut, _longer, _taken_out, _twice, _number, _number,
)  # fmt: skip


# Knowing the format


def _png(random: Random, data: bytes) -> bytes:
    chunks = _png_chunks(data)
    if not chunks:
        return _bits(random, data)
    at = random.randrange(len(chunks))
    kind, body = chunks[at]
    change = random.random()
    if change < 0.35 and chunks[0][0] == b"IHDR" and len(chunks[0][1]) == 13:
        chunks[0] = (b"IHDR", _png_header(random, chunks[0][1]))
    elif change < 0.6:
        chunks[at] = (kind, random.choice(_BLIND)(random, body))
    elif change < 0.7:
        chunks.insert(at, chunks[random.randrange(len(chunks))])
    elif change < 0.8:
        del chunks[at]
    elif change < 0.85:
        random.shuffle(chunks)
    else:
        chunks.insert(random.randint(0, len(chunks)), _foreign(random))
    return PNG + b"".join(chunk(*each) for each in chunks)


def _png_header(random: Random, body: bytes) -> bytes:
    values = list(struct.unpack(">IIBBBBB", body))
    field = random.randrange(7)
    values[field] = random.choice(EDGES) % (2**32 if field < 2 else 256)
    if field > 1 and random.random() < 0.6:
        values[2:] = [
            random.choice((1, 2, 4, 8, 16)),
            random.choice((0, 2, 3, 4, 6)),
            0,
            0,
            random.randrange(2),
        ]
    return struct.pack(">IIBBBBB", *values)


def _foreign(random: Random) -> tuple[bytes, bytes]:
    """A chunk that was not there: texts that unpack to much more, animations, profiles, EXIF."""
    zeros = _zeros(random.choice((10, 10**5, 3 * 10**7)))
    key = random.choice((b"likeness", b"likeness-relevance", b"x", b""))
    return random.choice((
        (b"zTXt", key + b"\0\0" + zeros),
        (b"iTXt", key + b"\0\1\0\0\0" + zeros),
        (b"iTXt", key + b"\0\0\0\0\0" + b"{" * random.choice((1, 10**4, 10**6))),
        (b"tEXt", key + b"\0" + random.randbytes(20)),
        (b"iCCP", b"x\0\0" + zeros),
        (b"eXIf", b"II*\0\x08\0\0\0" + random.randbytes(60)),
        (b"acTL", struct.pack(">II", random.choice(EDGES) % 2**32, 0)),
        (b"fcTL", random.randbytes(26)),
        (b"fdAT", random.randbytes(30)),
        (b"tRNS", random.randbytes(random.choice((1, 2, 6, 256, 300)))),
        (b"PLTE", random.randbytes(random.choice((3, 4, 768, 900)))),
        (random.choice((b"prIv", b"\0\0\0\0", b"IEND")), random.randbytes(9)),
    ))  # fmt: skip


@cache
def _zeros(count: int) -> bytes:
    return zlib.compress(bytes(count), 9)


def _png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at + 12 <= len(data) and len(found) < 100:
        length = int.from_bytes(data[at : at + 4], "big")
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def _jpeg(random: Random, data: bytes) -> bytes:
    segments, rest = _jpeg_segments(data)
    if not segments:
        return _bits(random, data)
    at = random.randrange(len(segments))
    mark, body = segments[at]
    change = random.random()
    if change < 0.25:
        segments = [(m, _jpeg_size(random, b)) if 0xC0 <= m <= 0xC2 else (m, b) for m, b in segments]
    elif change < 0.55:
        segments[at] = (mark, random.choice(_BLIND)(random, body)[:65533])
    elif change < 0.65:
        segments.insert(at, segments[random.randrange(len(segments))])
    elif change < 0.72:
        del segments[at]
    elif change < 0.8:
        segments[at] = (
            random.choice((0xC0, 0xC2, 0xC9, 0xCA, 0xDB, 0xC4, 0xDD, 0xE1, 0xE2, 0xEE, 0xFE)),
            body,
        )
    elif change < 0.9:
        segments.insert(at, (0xE1, b"Exif\0\0" + random.choice((b"II*\0", b"MM\0*")) + random.randbytes(80)))
    else:
        rest = random.choice(_BLIND)(random, rest) if random.random() < 0.5 else rest * random.choice((2, 30))
    heads = (bytes((0xFF, m)) + struct.pack(">H", len(b) + 2) + b for m, b in segments)
    return b"\xff\xd8" + b"".join(heads) + rest


def _jpeg_size(random: Random, body: bytes) -> bytes:
    if len(body) < 6:
        return body
    height, width = (random.choice(EDGES) % 65536 for _ in range(2))
    kept = struct.unpack(">HH", body[1:5])
    size = random.choice(((height, kept[1]), (kept[0], width), (height, width)))
    return body[:1] + struct.pack(">HH", *size) + body[5:]


def _jpeg_segments(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Marker and body of each segment before the first scan, and the rest."""
    found, at = [], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2:
            break
        found.append((data[at + 1], data[at + 4 : at + 2 + length]))
        at += 2 + length
    return found, data[at:]


def _riff(random: Random, data: bytes) -> bytes:
    places = [4] + [at for at in range(12, min(len(data) - 8, 400)) if data[at : at + 4] in _RIFF_PARTS]
    at = random.choice(places)
    if at != 4 and random.random() < 0.5:
        at += random.choice((0, 8, 12, 15))
    return data[:at] + struct.pack("<I", random.choice(EDGES) % 2**32) + data[at + 4 :]


_RIFF_PARTS = (b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"ICCP", b"EXIF", b"XMP ")


def _boxes(random: Random, data: bytes) -> bytes:
    """A box's size or kind in AVIF and JPEG 2000 files, or a number inside it."""
    places = [
        at for at in range(len(data) - 8) if data[at + 4 : at + 8].isalnum() and data[at : at + 2] == b"\0\0"
    ]
    at = random.choice(places or [0]) + random.choice((0, 4, 8, 12, 16))
    return data[:at] + struct.pack(">I", random.choice(EDGES) % 2**32) + data[at + 4 :]


def _tiff(random: Random, data: bytes) -> bytes:
    order = "<" if data[:2] == b"II" else ">"
    if len(data) < 14:
        return _bits(random, data)
    (first,) = struct.unpack(f"{order}I", data[4:8])
    if not 8 <= first <= len(data) - 14:
        return _number(random, data)
    (count,) = struct.unpack(f"{order}H", data[first : first + 2])
    at = first + 2 + 12 * random.randrange(max(1, min(count, (len(data) - first - 2) // 12)))
    entry = data[at : at + 12]
    if len(entry) < 12:
        return _number(random, data)
    tag, kind, number, value = struct.unpack(f"{order}HHII", entry)
    change = random.randrange(5)
    tag = random.choice(TIFF_TAGS) if change == 0 else tag
    kind = random.randrange(20) if change == 1 else kind
    number = random.choice(EDGES) % 2**32 if change == 2 else number
    value = random.choice(EDGES) % 2**32 if change >= 3 else value
    return data[:at] + struct.pack(f"{order}HHII", tag, kind, number, value) + data[at + 12 :]


def _safetensors(random: Random, data: bytes) -> bytes:
    length = int.from_bytes(data[:8], "little")
    try:
        header = json.loads(data[8 : 8 + length])
    except (ValueError, RecursionError):
        return _number(random, data)
    text = json_mutant(random, header)
    claimed = len(text) if random.random() < 0.9 else random.choice(EDGES) % 2**64
    return struct.pack("<Q", claimed) + text + data[8 + length :]


def _json_text(random: Random, data: bytes) -> bytes:
    try:
        return json_mutant(random, json.loads(data))
    except (ValueError, RecursionError):
        return _bits(random, data)


def _sqlite(random: Random, data: bytes) -> bytes:
    """A field of the file's header, of a page's, a cell's place, or the text of the schema."""
    size = int.from_bytes(data[16:18], "big") or 4096
    page = random.randrange(max(1, len(data) // size)) * size
    start = page + (100 if page == 0 else 0)
    change = random.randrange(4)
    if change == 0:
        at, width = random.choice(SQLITE_FIELDS)
    elif change == 1:
        at, width = start + random.choice((0, 1, 3, 5, 7, 8)), random.choice((1, 2))
    elif change == 2:
        at, width = start + 8 + 2 * random.randrange(12), 2
    else:
        at, width = page + random.randrange(size), random.choice((1, 1, 2, 4))
    value = random.choice((random.choice(EDGES), random.getrandbits(8 * width))) % 256**width
    return data[:at] + value.to_bytes(width, "big") + data[at + width :]


_KNOWING: tuple[tuple[Callable[[bytes], bool], Callable[[Random, bytes], bytes]], ...] = (
    (lambda data: data.startswith(PNG), _png),
    (lambda data: data.startswith(b"\xff\xd8"), _jpeg),
    (lambda data: data.startswith(b"RIFF"), _riff),
    (lambda data: data[:4] in (b"II*\0", b"MM\0*"), _tiff),
    (lambda data: data[4:8] in (b"ftyp", b"jP  "), _boxes),
    (lambda data: data.startswith(b"SQLite format 3"), _sqlite),
    (lambda data: data[8:9] == b"{" and data[4:8] == b"\0\0\0\0", _safetensors),
    (lambda data: data[:1] in (b"{", b"["), _json_text),
)
