"""What each way to save memory saves, and what it costs: the engine's child draws one picture with each.

    python benchmarks/economy.py
    python benchmarks/economy.py --size 768 --steps 4 --model my-model

Peak is the highest resident set size of the child (on Linux the kernel's own mark), a fresh one for each row;
seconds are those of the picture, its second there.
"""

# ruff: noqa: E402 - the project is found first

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np
from msgspec import structs

from benchmarks.memory import peak
from core.economy import AS_ASKED, LOWEST, Economy
from core.engine import Rendered
from core.engine.options import options_for
from core.engine.process import ProcessEngine
from core.paths import Home
from core.settings import Settings
from core.spec import RenderSpec

LEVELS = {
    "as asked": AS_ASKED,
    "tiled": Economy(tiled=True),
    "sequential": Economy(sequential=True),
    "offloaded": Economy(offloaded=True),
    "tiled, sequential": Economy(tiled=True, sequential=True),
    "all": LOWEST,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="mini")
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=2)
    given = parser.parse_args()
    side = given.size
    spec = RenderSpec("a photo of a dog on the beach", given.model, side, side, 1, given.steps, 5.0)
    print(f"{given.model}, {side} × {side}, {given.steps} steps, guidance")
    print(f"{'':20}{'peak MB':>9}{'seconds':>9}{'mean':>8}{'max':>6}   (of 255, beside the first)")
    first = None
    for name, economy in LEVELS.items():
        rendered, bytes_, seconds = measured(spec, economy)
        first = first or rendered
        off = difference(first, rendered)
        print(f"{name:20}{bytes_ / 1e6:9.0f}{seconds:9.1f}{off.mean():8.3f}{off.max():6}", flush=True)


def measured(spec: RenderSpec, economy: Economy) -> tuple[Rendered, int, float]:
    """The picture, the child's peak in bytes, and the seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        engine = ProcessEngine(options_for(Home(Path(folder)).create(), Settings()))
        small = structs.replace(spec, width=64, height=64, steps=1)
        engine.render([small], lambda step: None, 1, economy)
        began = time.perf_counter()
        (rendered,) = engine.render([spec], lambda step: None, 1, economy)
        seconds, bytes_ = time.perf_counter() - began, peak(engine.pid)
        engine.close()
    return rendered, bytes_, seconds


def difference(one: Rendered, other: Rendered) -> np.ndarray:
    before, after = (np.frombuffer(each.rgb, np.uint8).astype(int) for each in (one, other))
    return np.abs(before - after)


if __name__ == "__main__":
    main()
