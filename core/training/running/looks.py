"""What a stage can do so far, as pictures: always of the same batch, kept one file a look."""

import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from core.disk import replacing
from core.training.running.order import Looked
from core.training.source import Source
from core.training.stage import Stage

FOLDER = "looks"
STEP = 1_000_000_007
"""No run is that long: the batch looked at is not one that is learned from."""
COUNT = 8
COLUMNS = 4


class Looks:
    """`source` is best of people who are never learned from. `reserve`: seconds the next look is expected to
    take."""

    def __init__(self, folder: Path, source: Source, name: str) -> None:
        self._folder, self._source, self._name = folder / FOLDER, source, name
        self.reserve = 60.0

    def take(self, stage: Stage, step: int, device: torch.device) -> Looked:
        began = time.monotonic()
        batch = self._source.batch(COUNT, STEP).to(device)
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(0)
            pictures = stage.look(batch)
        file = self._folder / f"{step:08d}.png"
        if pictures is not None:
            self._folder.mkdir(exist_ok=True)
            with replacing(file) as temporary:
                sheet(pictures).save(temporary, "PNG")
        self.reserve = 5.0 + 1.5 * (time.monotonic() - began)
        return Looked(self._name, step, str(file) if pictures is not None else "")


def sheet(pictures: Tensor) -> Image.Image:
    """(n, 3, h, w) in [0, 1] → one picture of rows of four."""
    bytes_ = (pictures.detach().float().clamp(0, 1) * 255).round().to(torch.uint8).cpu()
    count, _, height, width = bytes_.shape
    rows = -(-count // COLUMNS)
    whole = np.zeros((rows * height, COLUMNS * width, 3), np.uint8)
    for index, picture in enumerate(bytes_.permute(0, 2, 3, 1).numpy()):
        top, left = index // COLUMNS * height, index % COLUMNS * width
        whole[top : top + height, left : left + width] = picture
    return Image.fromarray(whole)
