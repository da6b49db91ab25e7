"""A real library in a file of its own, and a quick way to fill it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from library_makers import face, photo, store

from core.library import Library, open_library, photos, subjects
from core.paths import Home
from core.spec import Reference


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def library(home: Home) -> Iterator[Library]:
    library = open_library(home)
    yield library
    library.close()


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
