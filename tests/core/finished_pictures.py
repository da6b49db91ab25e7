"""Finished pictures on the disk with their rows, for tests of what is made from them."""

from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
from msgspec import structs

from core.library.gallery import PictureRow
from core.metadata import FaceScore, Saved, Scores, png
from core.spec import Reference, RenderSpec, StartPhoto, SubjectSpec

ADA, NOBODY = "a" * 32, "b" * 32
PROMPT = "woman with a red umbrella, naïve style"
WIDTH, HEIGHT = 96, 64
MADE = datetime(2026, 11, 21, 12, 45, 3)
"""UTC, as the library keeps it; near noon, so that it is one day nearly everywhere."""


def subject(uid: str, name: str, start: int = 0) -> SubjectSpec:
    return SubjectSpec(uid, name, "person", "woman", (Reference("cd" * 32),), ((start, start + 5),))


def spec(**changes: object) -> RenderSpec:
    made = RenderSpec(
        PROMPT, "mini", WIDTH, HEIGHT, 4711, 20, 5.0, subjects=(subject(ADA, "Ada Åström"),),
        negative_prompt="blurry", template="@ada with a red umbrella, naïve style",
    )  # fmt: skip
    return structs.replace(made, **changes)


def started(photo: str = "/home/ada/wedding.jpg") -> RenderSpec:
    return spec(start=StartPhoto(photo, "ef" * 32))


def pixels(width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Smooth colours, as photos have."""
    across, down = np.linspace(0, 255, width), np.linspace(0, 255, height)
    both = np.add.outer(down, across) / 2
    return np.stack(
        [
            np.broadcast_to(across, (height, width)),
            np.broadcast_to(down[:, None], (height, width)),
            255 - both,
        ],
        -1,
    ).astype(np.uint8)


def finished(
    folder: Path, number: int = 1, what: RenderSpec | None = None, rating: int = 4, label: str = "red"
) -> PictureRow:
    """A picture as the program saves it: Ada's face on the left, a stranger's on the right."""
    what = what or spec()
    similar = ({ADA: 0.5}, {ADA: 0.1})
    faces = tuple(
        FaceScore(box, near, ADA)
        for box, near in zip(((0, 0, 48, 32), (60, 16, 84, 40)), similar, strict=True)
    )
    scores = Scores({ADA: 0.5}, faces, "fake")
    saved = Saved.of(what, {"likeness": "9.8", "model_sha256": "c0ffee" * 10}, scores)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"20261121-{number:06d}-{what.seed}.png"
    path.write_bytes(png.encode(what.width, what.height, pixels(what.width, what.height).tobytes(), saved))
    return PictureRow(
        number, None, str(path), "0" * 64, what.to_json(), what.seed, what.width, what.height,
        msgspec.json.encode(scores).decode(), rating, label, MADE,
    )  # fmt: skip
