"""The header of a safetensors file: 8 bytes of length, then JSON with every tensor's shape."""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import KnownError

Shapes = Mapping[str, tuple[int, ...]]

# The safetensors library's own limit for a header.
HEADER_LIMIT = 100_000_000


@dataclass(frozen=True)
class Header:
    """`shapes` by tensor name; `metadata` as the file states it; `bytes`: where the tensors begin."""

    shapes: Shapes
    metadata: Mapping[str, str] = field(default_factory=dict)
    bytes: int = 0


def read_header(file: Path) -> Header:
    """Without reading a tensor. Raises KnownError for anything but a whole safetensors file."""
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            size = file.stat().st_size
            if length > min(HEADER_LIMIT, size - 8):
                raise ValueError("its header is longer than the file")
            entries = json.loads(stream.read(length))
        metadata = _metadata(entries.pop("__metadata__", {}))
        shapes = {key: _shape(entry) for key, entry in entries.items()}
        end = 8 + length + max((_end(entry) for entry in entries.values()), default=0)
    except (OSError, ValueError, struct.error, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise KnownError(f"{file.name} is not a safetensors file: {error}.") from error
    if end > size:
        raise KnownError(f"{file.name} is cut off: {end - size:,} of its bytes are missing. Copy it again.")
    return Header(shapes, metadata, 8 + length)


def _shape(entry: Mapping[str, Any]) -> tuple[int, ...]:
    shape = tuple(entry["shape"])
    if not all(isinstance(side, int) and 0 <= side < 2**32 for side in shape):
        raise ValueError("its header holds an impossible shape")
    return shape


def _end(entry: Mapping[str, Any]) -> int:
    _, end = entry["data_offsets"]
    if not isinstance(end, int) or not 0 <= end < 2**48:
        raise ValueError("its header holds an impossible place")
    return end


def _metadata(stated: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in stated.items()}
