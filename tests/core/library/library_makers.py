"""Photos, faces and reference files whose bytes occur nowhere else."""

import hashlib
import struct
from pathlib import Path

from core.faces import Face
from core.images import PhotoFile
from core.paths import Home

EMBEDDING_SIZE = 128


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def embedding(text: str) -> bytes:
    """512 bytes that occur nowhere else."""
    return b"".join(hashlib.sha256(f"{text}{n}".encode()).digest() for n in range(EMBEDDING_SIZE // 8))


def face(name: str, quality: float = 0.5, box: tuple[float, ...] = (10, 10, 60, 70)) -> Face:
    points = tuple((float(n), float(n)) for n in range(5))
    return Face(tuple(map(float, box)), points, 0.9, quality, embedding(name))  # type: ignore[arg-type]


def photo(path: Path | str, content: str | None = None) -> PhotoFile:
    return PhotoFile(Path(path), sha(content or str(path)), 1000, 640, 480)


def store(home: Home, content: str) -> str:
    """A reference file that holds 200 bytes found nowhere else."""
    data = content_bytes(content)
    name = hashlib.sha256(data).hexdigest()
    home.reference(name).parent.mkdir(parents=True, exist_ok=True)
    home.reference(name).write_bytes(data)
    return name


def content_bytes(content: str) -> bytes:
    return struct.pack("200s", (content * 200).encode()[:200])
