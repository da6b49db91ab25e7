"""Peak memory of both processes: the window's, and the engine's child while it imports and renders.

    python benchmarks/memory.py

Resident set size in MB, the highest ever reached (on Linux the kernel's own mark, elsewhere the highest
seen).
"""

# ruff: noqa: E402 - the project is found first

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core import album, compose
from core.engine.options import options_for
from core.engine.process import ProcessEngine
from core.library import open_library
from core.paths import Home
from core.settings import Settings

ALBUM = ROOT / "resources" / "demo" / "album"
WINDOW_SECONDS = 4.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder)).create()
        for what, bytes_ in (*engine_peaks(home), ("window, on that library", window_peak(home))):
            print(f"{what + ':':42} {bytes_ / 1e6:6.0f} MB")


def engine_peaks(home: Home) -> list[tuple[str, int]]:
    """The child's peak after an import of eight photos, and after a picture of two people."""
    library, engine = open_library(home), ProcessEngine(options_for(home, Settings()))
    photos = [ALBUM / f"IMG_{number:04d}.jpg" for number in (1, 2, 3, 4, 21, 22, 23, 24)]
    album.import_photos(library, engine, photos)
    album.group_faces(library, engine)
    after_import = peak(engine.pid)
    specs = two_people(home, library, engine)
    engine.render(specs, lambda step: None)
    after_picture = peak(engine.pid)
    engine.close()
    library.close()
    pictures = "engine, after a picture of two people"
    return [("engine, after an import", after_import), (pictures, after_picture)]


def two_people(home: Home, library, engine) -> list:
    from core import models
    from core.library import subjects

    size = models.find(Settings(), "mini").encoder_size
    with library.read() as session:
        people = subjects.cards(session, "person")[:2]
    for person in people:
        album.make_references(library, engine, person.id, size)
        with library.write() as session:
            subjects.set_consent(session, person.id, "granted", "benchmark: nobody here exists")
    text = "a photo of " + " and ".join(f"@{person.handle}" for person in people) + " on the beach"
    with library.read() as session:
        return compose.specs(session, home, Settings(), compose.Wish(text=text, seed=1, model="mini"))


def window_peak(home: Home) -> int:
    """The window's process, opened on the library and left alone for a few seconds."""
    command = [sys.executable, "-m", "desktop", "--home", str(home.root)]
    environment = dict(os.environ, QT_QPA_PLATFORM=os.environ.get("QT_QPA_PLATFORM", "offscreen"))
    window = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    highest, until = 0, time.monotonic() + WINDOW_SECONDS
    while time.monotonic() < until and window.poll() is None:
        highest = max(highest, peak(window.pid))
        time.sleep(0.05)
    window.terminate()
    window.wait(10)
    return highest


def peak(pid: int | None) -> int:
    """The highest resident set size of a process so far, in bytes."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return psutil.Process(pid).memory_info().rss


if __name__ == "__main__":
    main()
