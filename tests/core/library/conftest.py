"""A real library in a file of its own, and quick ways to fill it."""

import hashlib
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.faces import Face
from core.images import PhotoFile
from core.library import Library, open_library, photos, subjects
from core.paths import Home
from core.spec import Reference

EMBEDDING_SIZE = 128


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def library(home: Home) -> Iterator[Library]:
    library = open_library(home)
    yield library
    library.close()


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


@pytest.fixture
def add_person(library: Library, home: Home) -> Callable[..., int]:
    """A person with `faces` faces in as many photos and `references` references whose files exist."""

    def add(name: str, faces: int = 2, references: int = 1, named: bool = True, noun: str = "woman") -> int:
        with library.write() as session:
            subject = subjects.create(session, "person", name, noun, named=named)
            for number in range(faces):
                photo_id, _ = photos.add(session, photo(f"/photos/{name}{number}.jpg"))
                photos.save_scan(session, photo_id, [face(f"{name}{number}", 0.1 * number)], "toy")
                mine = photos.embedded(session, "toy")[-1].id
                photos.assign(session, {mine: subject})
            for number in range(references):
                crop, mask = store(home, f"crop {name}{number}"), store(home, f"mask {name}{number}")
                reference = Reference(crop=crop, mask=mask)
                subjects.add_reference(session, subject, reference, 1 if faces else None, (1, 2, 3, 4))
        return subject

    return add


def store(home: Home, content: str) -> str:
    """A reference file that holds 200 bytes found nowhere else."""
    data = content_bytes(content)
    name = hashlib.sha256(data).hexdigest()
    home.reference(name).parent.mkdir(parents=True, exist_ok=True)
    home.reference(name).write_bytes(data)
    return name


def content_bytes(content: str) -> bytes:
    return struct.pack("200s", (content * 200).encode()[:200])
