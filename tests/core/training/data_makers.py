"""Small data sets, drawn at once."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from core.training.data.folder_writer import NewPicture, NewSubject, NewView, Writer

CAPTION = "a photo of a woman and a man on the beach"
SPANS = ((13, 18), (25, 28))
SIZE = (48, 32)
BOXES = ((4.0, 4.0, 20.0, 30.0), (28.0, 6.0, 44.0, 32.0))
FACES = ((8.0, 6.0, 16.0, 14.0), (32.0, 8.0, 40.0, 16.0))
COLOURS = ((220, 30, 30), (30, 30, 220))


def picture(number: int = 0, caption: str = CAPTION, photo: str | None = None) -> NewPicture:
    """Red on the left, blue on the right: each in their colour, in picture, mask and view."""
    image = Image.new("RGB", SIZE, (40 + number, 120, 40))
    for box, colour in zip(BOXES, COLOURS, strict=True):
        ImageDraw.Draw(image).rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=colour)
    shown = [subject(number, place) for place in range(2)]
    return NewPicture(image, caption, shown, "drawn, CC0", photo, exact=True)


def subject(number: int, place: int) -> NewSubject:
    mask, box = Image.new("L", SIZE, 0), BOXES[place]
    ImageDraw.Draw(mask).rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=255)
    views = [view(place, 10 * number + turn) for turn in range(2)]
    noun = CAPTION[slice(*SPANS[place])]
    return NewSubject(f"uid-{place}", "person", noun, SPANS[place], mask, box, views, FACES[place])


def view(place: int, shade: int) -> NewView:
    crop, mask = Image.new("RGB", (16, 16), COLOURS[place]), Image.new("L", (8, 8), 255)
    crop.putpixel((0, 0), (shade, shade, shade))
    return NewView(crop, mask)


def data_set(folder: Path, count: int = 3) -> Path:
    writer = Writer(folder, "drawn", "CC0-1.0", "a test")
    for number in range(count):
        writer.add(picture(number))
    return folder


class Shades:
    """A CLIP for which red is a woman's and blue a man's; the background's green tells pictures apart."""

    def images(self, images: Sequence[Image.Image]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        found = np.stack([np.asarray(image.convert("RGB")).reshape(-1, 3).mean(0) for image in images])
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    def texts(self, texts: Sequence[str]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        return np.array([(1.0, 0, 0) if text == "woman" else (0, 0, 1.0) for text in texts], np.float32)
