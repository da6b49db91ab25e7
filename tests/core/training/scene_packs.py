"""Tiny files in the layout scenes are made from: drawn faces, 8 people, 4 sprites."""

import io
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SIDE = 64
SKIN = ((224, 172, 140), (150, 100, 72), (240, 200, 178), (110, 72, 52))
NAMES = ("apple", "teddy bear", "sunglasses", "a top hat")


def marks_of(person: int) -> np.ndarray:
    """(70, 2): an oval and what is in it, a little different for each person."""
    wide, tall = 0.34 + 0.02 * (person % 3), 0.42 + 0.015 * (person % 4)
    turn = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    oval = np.stack((wide * np.sin(turn), -tall * np.cos(turn)), 1)
    right_eye, left_eye = (_ring(x, -0.08, 0.07, 0.03, 6) for x in (-0.16, 0.16))
    brows = [(x, -0.2) for x in (-0.24, -0.16, -0.08, 0.08, 0.16, 0.24)]
    nose = [(0, -0.1), (0, -0.05), (0, 0.08), (-0.07, 0.1), (0.07, 0.1), (0, 0.12)]
    lips = _ring(0, 0.24, 0.13, 0.04, 10)
    return np.concatenate((oval, brows, right_eye, left_eye, nose, lips)).astype(np.float32)


def _ring(x: float, y: float, wide: float, tall: float, count: int) -> np.ndarray:
    turn = np.linspace(-np.pi, np.pi, count, endpoint=False)
    return np.stack((x + wide * np.cos(turn), y + tall * np.sin(turn)), 1)


@cache
def portrait(person: int) -> tuple[Image.Image, Image.Image, Image.Image]:
    """Picture, person's mask, oval's mask."""
    noise = np.random.default_rng(person).integers(60, 200, (SIDE, SIDE, 3), dtype=np.uint8)
    picture, mask, oval = Image.fromarray(noise), Image.new("L", (SIDE,) * 2), Image.new("L", (SIDE,) * 2)
    marks = [tuple(point) for point in (marks_of(person) + 1) / 2 * SIDE]
    draw, inside = ImageDraw.Draw(picture), ImageDraw.Draw(mask)
    hair = (14, 8, SIDE - 14, 46)
    body = (4, 44, SIDE - 4, SIDE + 40)
    for box, colour in ((hair, (30 + 20 * person, 25, 20)), (body, (60, 60 + 15 * person, 120))):
        draw.ellipse(box, fill=colour)
        inside.ellipse(box, fill=255)
    draw.polygon(marks[:36], fill=SKIN[person % 4])
    inside.polygon(marks[:36], fill=255)
    ImageDraw.Draw(oval).polygon(marks[:36], fill=255)
    for part, colour in ((slice(42, 48), "white"), (slice(48, 54), "white"), (slice(60, 70), (170, 60, 70))):
        draw.polygon(marks[part], fill=colour)
    return picture, mask, oval


def bytes_of(image: Image.Image, kind: str) -> np.ndarray:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return np.frombuffer(buffer.getvalue(), np.uint8)


def write_portraits(folder: Path) -> Path:
    """Two women and two men who are trained on, and as many who are held out."""
    arrays = {"n": np.array(8), "marks": np.stack([marks_of(person) for person in range(8)])}
    index = (0, 1, 90, 91)
    arrays["meta"] = np.array(
        [[person // 4, 20 + 8 * person, index[person % 4]] for person in range(8)], np.int32
    )
    for person in range(8):
        for letter, image, kind in zip("imo", portrait(person), ("JPEG", "PNG", "PNG"), strict=True):
            arrays[f"{letter}{person}"] = bytes_of(image, kind)
    file = folder / "people.npz"
    np.savez(file, **arrays)
    return file


def write_sprites(folder: Path) -> Path:
    rgba = np.zeros((4, 32, 32, 4), np.uint8)
    rgba[0, 6:, 4:28] = (200, 30, 40, 255)
    rgba[1, 2:, 8:24] = (150, 100, 60, 255)
    rgba[2, 20:, :] = (20, 20, 60, 255)
    rgba[3, 4:, 4:28] = (10, 200, 10, 255)
    file = folder / "sprites.npz"
    np.savez(file, rgba=rgba, names=np.array(NAMES), kinds=np.array([0, 0, 1, 1]))
    return file
