"""One photo of the demo album and who is in it."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from core.faces import Box
from core.images import open_photo


@dataclass(frozen=True)
class Truth:
    path: Path
    faces: tuple[tuple[str, Box], ...]

    def image(self) -> Image.Image:
        return open_photo(self.path).image
