"""Files that enlarge pictures: which network each holds, read from its header alone.

Two kinds are known, both public and common: ESRGAN (arXiv 1809.00219; Real-ESRGAN x4plus and its many
descendants), and Compact (SRVGG, Real-ESRGAN's small ones). Only safetensors files are read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core import settings as settings_file
from core.adapters import read_header
from core.adapters.header import Shapes
from core.errors import KnownError
from core.paths import Home

Network = Literal["esrgan", "compact"]
LARGEST_SCALE = 8
BLOCK = re.compile(r"body\.(\d+)\.rdb1\.conv1\.weight")
OLD_NAMES = {
    r"^model\.0\.": "conv_first.",
    r"^model\.1\.sub\.(\d+)\.RDB([123])\.conv([1-5])\.0\.": r"body.\1.rdb\2.conv\3.",
    r"^model\.1\.sub\.\d+\.(weight|bias)$": r"conv_body.\1",
    r"^model\.3\.": "conv_up1.",
    r"^model\.6\.": "conv_up2.",
    r"^model\.8\.": "conv_hr.",
    r"^model\.10\.": "conv_last.",
}
"""How the first ESRGAN files call what later ones call otherwise."""


@dataclass(frozen=True)
class Upscaler:
    """`scale`: how many times larger its pictures are; `depth`, `width`, `growth`: of the network; `shuffle`:
    the picture is folded into so many times smaller tiles of channels first."""

    path: Path
    network: Network
    scale: int
    depth: int
    width: int
    growth: int = 0
    shuffle: int = 1

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def reach(self) -> int:
        """From how many pixels around it a pixel of the result is made, at most."""
        convolutions = 15 * self.depth + 6 if self.network == "esrgan" else self.depth + 2
        return convolutions * self.shuffle


def recognise(file: Path) -> Upscaler:
    """Raises KnownError, saying what was expected, for anything else."""
    if file.suffix != ".safetensors":
        raise KnownError(f"{file.name} is no .safetensors file: others can hold programs and are not read.")
    if not file.is_file():
        raise KnownError(f"There is no file {file}. Nothing was enlarged.")
    shapes = {renamed(name): shape for name, shape in read_header(file).shapes.items()}
    try:
        found = _compact(file, shapes) or _esrgan(file, shapes)
    except (KeyError, IndexError, ValueError, ZeroDivisionError) as error:
        raise KnownError(f"{file.name} is damaged: its tensors make no network ({error}).") from error
    if found is None or not 1 <= found.scale <= LARGEST_SCALE:
        some = ", ".join(sorted(shapes)[:3]) or "nothing"
        raise KnownError(
            f"{file.name} enlarges nothing that is known here: expected an ESRGAN or a Compact (SRVGG) model "
            f"for colour pictures, found {some}."
        )
    return found


def add(home: Home, file: Path) -> Upscaler:
    """Puts a file on the list where it lies. Raises KnownError for one that cannot be used."""
    found = recognise(file.expanduser().resolve())
    kept = settings_file.load(home).upscalers
    if str(found.path) not in kept:
        settings_file.change(home, upscalers=(*kept, str(found.path)))
    return found


def renamed(name: str) -> str:
    """A tensor's name as this program calls it."""
    name = name.removeprefix("params_ema.").removeprefix("params.")
    for old, new in OLD_NAMES.items():
        name, changed = re.subn(old, new, name)
        if changed:
            return name
    return name


def _compact(file: Path, shapes: Shapes) -> Upscaler | None:
    """Convolutions and what bends between them, in turn: body.0, body.1, …; the last makes scale² × 3."""
    places = [int(name.split(".")[1]) for name in shapes if re.fullmatch(r"body\.\d+\.weight", name)]
    convolutions = [at for at in places if len(shapes[f"body.{at}.weight"]) == 4]
    if len(shapes.get("body.1.weight", ())) != 1 or "conv_first.weight" in shapes or not convolutions:
        return None
    first, last = shapes["body.0.weight"], shapes[f"body.{max(convolutions)}.weight"]
    scale = round((last[0] / 3) ** 0.5)
    if first[1] != 3 or 3 * scale**2 != last[0]:
        return None
    return Upscaler(file, "compact", scale, len(convolutions) - 2, first[0])


def _esrgan(file: Path, shapes: Mapping[str, tuple[int, ...]]) -> Upscaler | None:
    if "conv_first.weight" not in shapes or "conv_last.weight" not in shapes:
        return None
    width, channels = shapes["conv_first.weight"][:2]
    shuffle = {3: 1, 12: 2, 48: 4}.get(channels)
    blocks = [int(found[1]) for name in shapes if (found := BLOCK.fullmatch(name))]
    if shuffle is None or not blocks or shapes["conv_last.weight"][0] != 3:
        return None
    growth = shapes["body.0.rdb1.conv1.weight"][0]
    enlarged = 4 if "conv_up2.weight" in shapes else 2
    if enlarged % shuffle:
        return None
    return Upscaler(file, "esrgan", enlarged // shuffle, max(blocks) + 1, width, growth, shuffle)
