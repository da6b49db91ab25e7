"""Networks that make pictures larger, run tile by tile: ESRGAN (arXiv 1809.00219) and Compact (Real-ESRGAN's
small ones, arXiv 2107.10833).

Written from the papers' descriptions and the public files' tensors; which network a file holds is known from
its header (`core.upscalers`).
"""

from collections.abc import Callable, Iterator

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from core.errors import KnownError
from core.upscalers import Upscaler, renamed

TILE = 256
"""Pixels of the picture that a tile gives, without what is read around it."""
MOST_AROUND = 32
"""What is read around a tile at most. The deepest networks reach ten times as far in theory; a random one of
23 blocks differs by 1 of 255 with 16 already."""
Pixels = NDArray[np.uint8]


class Compact(nn.Module):
    """Convolutions at the small size, then scale² × 3 channels unfolded into pixels; the picture itself,
    enlarged by repeating pixels, is added."""

    def __init__(self, known: Upscaler) -> None:
        super().__init__()
        self.scale = known.scale
        parts: list[nn.Module] = [nn.Conv2d(3, known.width, 3, padding=1), nn.PReLU(known.width)]
        for _ in range(known.depth):
            parts += [nn.Conv2d(known.width, known.width, 3, padding=1), nn.PReLU(known.width)]
        self.body = nn.Sequential(*parts, nn.Conv2d(known.width, 3 * known.scale**2, 3, padding=1))

    def forward(self, picture: Tensor) -> Tensor:
        """(N, 3, H, W) → (N, 3, sH, sW)"""
        fine = F.pixel_shuffle(self.body(picture), self.scale)
        return fine + F.interpolate(picture, scale_factor=self.scale, mode="nearest")


class _Dense(nn.Module):
    """Five convolutions, each of which reads all before it; a fifth of the outcome is added."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        for number in range(1, 5):
            self.add_module(f"conv{number}", _conv(width + (number - 1) * growth, growth))
        self.conv5 = _conv(width + 4 * growth, width)

    def forward(self, features: Tensor) -> Tensor:
        read = features
        for number in range(1, 5):
            made = F.leaky_relu(self.get_submodule(f"conv{number}")(read), 0.2)
            read = torch.cat((read, made), 1)
        return features + 0.2 * self.conv5(read)


class _Block(nn.Module):
    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = (_Dense(width, growth) for _ in range(3))

    def forward(self, features: Tensor) -> Tensor:
        return features + 0.2 * self.rdb3(self.rdb2(self.rdb1(features)))


class Esrgan(nn.Module):
    """Residual dense blocks at the small size, then one or two doublings with a convolution each."""

    def __init__(self, known: Upscaler) -> None:
        super().__init__()
        self.shuffle, width = known.shuffle, known.width
        self.conv_first = _conv(3 * known.shuffle**2, width)
        self.body = nn.Sequential(*(_Block(width, known.growth) for _ in range(known.depth)))
        self.conv_body, self.conv_up1 = _conv(width, width), _conv(width, width)
        self.conv_up2 = _conv(width, width) if known.scale * known.shuffle == 4 else None
        self.conv_hr, self.conv_last = _conv(width, width), _conv(width, 3)

    def forward(self, picture: Tensor) -> Tensor:
        """(N, 3, H, W) → (N, 3, sH, sW)"""
        folded = F.pixel_unshuffle(picture, self.shuffle) if self.shuffle > 1 else picture
        features = self.conv_first(folded)
        features = features + self.conv_body(self.body(features))
        for doubling in filter(None, (self.conv_up1, self.conv_up2)):
            larger = F.interpolate(features, scale_factor=2, mode="nearest")
            features = F.leaky_relu(doubling(larger), 0.2)
        made: Tensor = self.conv_last(F.leaky_relu(self.conv_hr(features), 0.2))
        return made


def load(known: Upscaler, device: torch.device) -> nn.Module:
    """The network with its weights. Raises KnownError for a file that is not whole."""
    network = Compact(known) if known.network == "compact" else Esrgan(known)
    try:
        weights = {renamed(name): tensor.float() for name, tensor in load_file(known.path).items()}
        network.load_state_dict(weights)
    except (OSError, SafetensorError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise KnownError(f"{known.path.name} cannot be used: {reason} Nothing was enlarged.") from error
    half = device.type == "cuda"
    return network.to(device, torch.float16 if half else torch.float32).eval().requires_grad_(False)


@torch.inference_mode()
def enlarge(
    picture: Pixels,
    known: Upscaler,
    network: nn.Module,
    on_tile: Callable[[int, int], None] = lambda *_: None,
    tile: int = TILE,
) -> Pixels:
    """(H, W, 3) → (sH, sW, 3), at most a tile and what lies around it in the network at a time. Raises
    KnownError when numbers become none."""
    height, width = picture.shape[:2]
    padded = _padded(picture, known.shuffle)
    made = np.empty((padded.shape[0] * known.scale, padded.shape[1] * known.scale, 3), np.uint8)
    places = list(_places(padded.shape[0], padded.shape[1], tile - tile % known.shuffle))
    around = min(known.reach, MOST_AROUND)
    for number, (top, left, bottom, right) in enumerate(places):
        on_tile(number, len(places))
        part = _tile(padded, (top, left, bottom, right), around, known, network)
        made[top * known.scale : bottom * known.scale, left * known.scale : right * known.scale] = part
    on_tile(len(places), len(places))
    return made[: height * known.scale, : width * known.scale]


def _tile(
    picture: Pixels, place: tuple[int, int, int, int], around: int, known: Upscaler, network: nn.Module
) -> Pixels:
    """One tile of the result: what lies around it is read too, and cut off again."""
    top, left, bottom, right = place
    around += -around % known.shuffle
    first, before = max(0, top - around), max(0, left - around)
    read = picture[first : bottom + around, before : right + around]
    weight = next(network.parameters())
    pixels = torch.from_numpy(np.ascontiguousarray(read)).to(weight.device).permute(2, 0, 1)[None]
    made = network(pixels.to(weight.dtype) / 255)[0].float()
    if not torch.isfinite(made).all():
        raise KnownError(f"{known.path.name} makes numbers of this picture that are none. Choose another.")
    scale = known.scale
    rows = slice((top - first) * scale, (bottom - first) * scale)
    columns = slice((left - before) * scale, (right - before) * scale)
    whole = (made[:, rows, columns].clamp(0, 1) * 255).round().to(torch.uint8)
    return whole.permute(1, 2, 0).cpu().numpy()


def _places(height: int, width: int, side: int) -> Iterator[tuple[int, int, int, int]]:
    for top in range(0, height, side):
        for left in range(0, width, side):
            yield top, left, min(top + side, height), min(left + side, width)


def _padded(picture: Pixels, unit: int) -> Pixels:
    """To whole units, with the pixels of its edges."""
    height, width = picture.shape[:2]
    if height % unit == width % unit == 0:
        return picture
    return np.pad(picture, ((0, -height % unit), (0, -width % unit), (0, 0)), mode="edge")


def _conv(read: int, made: int) -> nn.Conv2d:
    return nn.Conv2d(read, made, 3, padding=1)
