"""Photos imported per second and core: reading, faces, embeddings, library. On a part of the demo album.

    python benchmarks/import.py [--every 4] [--rounds 3]

A photo's cost is processor time, so that other programs on the machine do not count.
"""

# ruff: noqa: E402 - the project is found first

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core import album
from core.engine.local import LocalEngine
from core.engine.options import options_for
from core.library import open_library
from core.paths import Home
from core.settings import Settings

ALBUM = ROOT / "resources" / "demo" / "album"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=4, help="take every n-th photo")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    photos = sorted(ALBUM.glob("*.jpg"))[:: options.every]
    measured = [imported(photos) for _ in range(options.rounds)]
    processor, wall, again = (statistics.median(column) for column in zip(*measured, strict=True))
    print(f"{len(photos)} photos of 512 × 512 pixels, median of {options.rounds} rounds")
    print(f"photos per second and core: {len(photos) / processor:.1f}")
    print(f"photos per second here:     {len(photos) / wall:.1f} ({processor / wall:.1f} cores busy)")
    print(f"importing them again:       {again / len(photos) * 1000:.1f} ms a photo")


def imported(photos: list[Path]) -> tuple[float, float, float]:
    """Processor and wall seconds of one import into a new library, and wall seconds of a second one."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder)).create()
        library, engine = open_library(home), LocalEngine(options_for(home, Settings()))
        engine.scan(photos[0])  # loads the models
        processor, wall = time.process_time(), time.perf_counter()
        report = album.import_photos(library, engine, photos)
        processor, wall = time.process_time() - processor, time.perf_counter() - wall
        assert report.scanned == len(photos), report
        began = time.perf_counter()
        album.import_photos(library, engine, photos)
        again = time.perf_counter() - began
        engine.close()
        library.close()
    return processor, wall, again


if __name__ == "__main__":
    main()
