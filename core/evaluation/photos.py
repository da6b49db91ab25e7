"""The photos in a folder of an evaluation's data, and references made of them."""

from collections.abc import Sequence
from pathlib import Path

from core.engine import Engine
from core.errors import KnownError
from core.faces import Box
from core.spec import Kind, Reference

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}
PEOPLE = {"person", "man", "woman", "boy", "girl", "human"}


def photos(folder: Path) -> tuple[Path, ...]:
    """In the order of their names. Raises KnownError for a folder without any."""
    found = sorted(file for file in folder.glob("*") if file.suffix.lower() in SUFFIXES)
    if not found:
        raise KnownError(f"{folder} holds no photos: expected files like 0.jpg.")
    return tuple(found)


def kind(noun: str) -> Kind:
    """People are prepared by their faces, everything else by its outline."""
    return "person" if noun.split()[-1].lower() in PEOPLE else "object"


def references(engine: Engine, files: Sequence[Path], noun: str, size: int) -> tuple[Reference, ...]:
    """One of each photo that can be used. A person is found by the largest face; photos in which nothing is
    found are passed over. Raises KnownError when none is left."""
    found, reasons = [], []
    for file in files:
        try:
            found.append(_reference(engine, file, noun, size))
        except KnownError as error:
            reasons.append(str(error))
    if not found:
        raise KnownError(f"None of the {len(files)} photos in {files[0].parent} can be used: {reasons[0]}")
    return tuple(found)


def _reference(engine: Engine, file: Path, noun: str, size: int) -> Reference:
    if kind(noun) == "object":
        return engine.prepare(file, None, "object", size)
    return engine.prepare(file, _largest_face(engine, file), "person", size)


def _largest_face(engine: Engine, file: Path) -> Box:
    faces = engine.scan(file).faces
    if not faces:
        raise KnownError(f"No face is found in {file.name}.")
    return faces[0].box
