"""A library of drawn photos: people are coloured figures on grey, and the segmenter sees what is no grey."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from core.faces import Face
from core.images import read_photo_facts
from core.library import Library, open_library, photos, subjects
from core.paths import Home

GREY = (128, 128, 128)
COLOURS = {"Ada": (200, 40, 40), "Ben": (40, 40, 200), "Eve": (40, 180, 40)}
SIZE = (200, 160)


class Greys:
    identity, licence = "greys", "none"

    def mask(self, image: Image.Image) -> Image.Image:
        far = np.abs(np.asarray(image.convert("RGB")).astype(int) - 128).max(2) > 40
        return Image.fromarray((far * 255).astype(np.uint8))


def draw(path: Path, who: dict[str, int], noise: int = 0) -> dict[str, tuple[float, ...]]:
    """Everybody at their x; the boxes of their faces. `noise` makes one photo differ from the next."""
    image, boxes = Image.new("RGB", SIZE, GREY), {}
    for name, x in who.items():
        colour = tuple(max(0, value - noise) for value in COLOURS[name])
        ImageDraw.Draw(image).rectangle((x - 14, 40, x + 34, 155), fill=colour)
        ImageDraw.Draw(image).ellipse((x, 20, x + 20, 44), fill=colour)
        boxes[name] = (float(x), 20.0, float(x + 20), 44.0)
    image.save(path)
    return boxes


class Album:
    """`people`: rows by name."""

    def __init__(self, library: Library, folder: Path) -> None:
        self.library, self.folder = library, folder
        with library.read() as session:
            self.people = {card.name: card.id for card in subjects.cards(session)}

    @property
    def home(self) -> Home:
        return self.library.home

    def uid(self, name: str) -> str:
        with self.library.read() as session:
            return subjects.card(session, self.people[name]).uid

    def agree(self, *names: str) -> None:
        with self.library.write() as session:
            for name in names:
                subjects.set_consent(session, self.people[name], "granted")
                subjects.set_training(session, self.people[name], True)

    def add(self, name: str, who: dict[str, int], noise: int = 0, confirmed: bool = True) -> Path:
        """A photo, imported and looked through."""
        path = self.folder / name
        boxes = draw(path, who, noise)
        with self.library.write() as session:
            number, _ = photos.add(session, read_photo_facts(path))
            found = [_face(f"{name}{each}", box) for each, box in boxes.items()]
            photos.save_scan(session, number, found, "toy")
            mine = [face for face in photos.embedded(session, "toy") if face.photo_id == number]
            for each, face in zip(boxes, mine, strict=True):
                person = self._person(session, each)
                photos.assign(session, {face.id: person})
                if confirmed:
                    subjects.set_face_state(session, face.id, "confirmed")
        return path

    def _person(self, session, name: str) -> int:  # type: ignore[no-untyped-def]
        if name not in self.people:
            noun = "man" if name == "Ben" else "woman"
            self.people[name] = subjects.create(session, "person", name, noun)
        return self.people[name]


@contextmanager
def album(folder: Path) -> Iterator[Album]:
    library = open_library(Home(folder / "home"))
    (folder / "photos").mkdir(exist_ok=True)
    try:
        yield Album(library, folder / "photos")
    finally:
        library.close()


def _face(name: str, box: tuple[float, ...]) -> Face:
    seed = np.frombuffer(name.encode().ljust(8, b"x")[:8], np.uint64)
    vector = np.random.default_rng(seed).normal(size=128).astype(np.float32)
    points = tuple((float(box[0]), float(box[1])) for _ in range(5))
    return Face(tuple(box), points, 0.9, 0.5, vector.tobytes())  # type: ignore[arg-type]
