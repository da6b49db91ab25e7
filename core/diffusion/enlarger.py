"""The process that enlarges pictures for an export: one network, one picture after the other.

It reads an order a line and answers in lines (`core.enlarging`); it ends when who started it does.
"""

import sys
from pathlib import Path

import msgspec
import numpy as np
import torch
from PIL import Image

from core import upscalers
from core.diffusion import enlarge
from core.enlarging import Done, Failed, Opened, Order, Tile, write
from core.errors import KnownError

MOST_PASSES = 3


def main() -> None:
    """Serves until the standard input closes."""
    known = network = None
    for line in sys.stdin.buffer:
        order = msgspec.json.decode(line, type=Order)
        try:
            if known is None or network is None:
                known = upscalers.recognise(Path(order.upscaler))
                network = enlarge.load(known, _device(order.device))
                write(sys.stdout.buffer, Opened(known.scale))
            _enlarge(order, known, network)
        except KnownError as error:
            write(sys.stdout.buffer, Failed(str(error)))
        except torch.OutOfMemoryError:
            write(sys.stdout.buffer, Failed("There is too little memory to enlarge this picture."))
        else:
            write(sys.stdout.buffer, Done())


def _enlarge(order: Order, known: upscalers.Upscaler, network: torch.nn.Module) -> None:
    """As often as it takes to reach the size that is wanted; the rest is resampling."""
    with Image.open(order.picture) as image:
        pixels = np.asarray(image.convert("RGB"))
    for _ in range(MOST_PASSES):
        if known.scale == 1 or (pixels.shape[1] >= order.width and pixels.shape[0] >= order.height):
            break
        pixels = enlarge.enlarge(
            pixels, known, network, lambda done, total: write(sys.stdout.buffer, Tile(done, total))
        )
    Image.fromarray(pixels).save(order.target, "PNG", compress_level=1)


def _device(wanted: str) -> torch.device:
    if wanted != "auto":
        return torch.device(wanted)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


if __name__ == "__main__":
    main()
