"""One folder that runs where no Python is: `python3 packaging/bundle.py`.

It is made in dist/likeness and then started: the command line, the window without a screen, and one picture
by the embedded model.

    python3 packaging/bundle.py [--out DIR] [--torch auto|cpu|cuda] [--no-check]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import python_version  # noqa: F401 - checks it
import setup_venv

ROOT = setup_venv.ROOT
SPEC = ROOT / "packaging" / "bundle" / "likeness.spec"
LINUX = ROOT / "packaging" / "linux"
DRAW = """
import sys
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
app = QGuiApplication([])
image = QImage(1024, 1024, QImage.Format.Format_ARGB32)
image.fill(0)
painter = QPainter(image)
QSvgRenderer(sys.argv[1]).render(painter)
painter.end()
image.save(sys.argv[2])
from PIL import Image
for name in sys.argv[3:]:
    Image.open(sys.argv[2]).save(name, sizes=[(side, side) for side in (16, 32, 48, 64, 128, 256)])
"""
"""The icon in the forms that Windows and macOS want."""


def main() -> int:
    options = _options()
    python = setup_venv.ready(options.torch)
    setup_venv.install_too(SPEC.with_name("requirements.txt"))
    _draw_icons(python)
    _freeze(python, options.out)
    folder = options.out / "likeness"
    if sys.platform == "linux":
        _add_desktop_files(folder)
    for name in ("LICENSE", "THIRD_PARTY.md"):
        shutil.copy2(ROOT / name, folder)
    print(f"{folder}: {_bytes(folder) / 1e6:,.0f} MB")
    return 0 if options.no_check else _check(folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Makes one folder that runs without Python, and starts it.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the folder is made")
    parser.add_argument("--no-check", action="store_true", help="do not start what was made")
    setup_venv.add_torch_option(parser)
    return parser.parse_args()


def _draw_icons(python: Path) -> None:
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    files = [build / f"likeness.{kind}" for kind in ("png", "ico", "icns")]
    svg = LINUX / "app.likeness.Likeness.svg"
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([python, "-c", DRAW, svg, *files], check=True, env=environment)


def _freeze(python: Path, out: Path) -> None:
    command = [python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
               "--distpath", out, "--workpath", ROOT / "build" / "bundle", SPEC]  # fmt: skip
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT)


def _add_desktop_files(folder: Path) -> None:
    """As they lie under /usr/share or ~/.local/share."""
    places = {
        "desktop": "applications",
        "metainfo.xml": "metainfo",
        "svg": "icons/hicolor/scalable/apps",
    }
    for ending, place in places.items():
        to = folder / "share" / place
        to.mkdir(parents=True, exist_ok=True)
        shutil.copy2(LINUX / f"app.likeness.Likeness.{ending}", to)


def _bytes(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file() and not each.is_symlink())


def _check(folder: Path) -> int:
    """Starts what was made, with nothing of this Python in sight."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"HOME": home, "QT_QPA_PLATFORM": "offscreen", "PATH": os.defpath}
        if sys.platform == "win32":
            environment |= {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "USERPROFILE")}

        def run(program: str, *words: str) -> str:
            begun = time.monotonic()
            done = subprocess.run(
                [folder / program, "--home", home, *words], env=environment, cwd=home, text=True,
                stdout=subprocess.PIPE, timeout=600, check=True,
            )  # fmt: skip
            print(f"{program} {' '.join(words)}: {time.monotonic() - begun:.1f} s")
            return done.stdout

        run("likeness", "doctor")
        told = json.loads(run("likeness-window", "--quit-after-start"))
        run("likeness", "queue", "add", "a red wall", "--steps", "4")
        run("likeness", "queue", "run")
        made = list(Path(home).rglob("*.png"))
    print(f"heavy modules in the window: {told['heavy'] or 'none'}; pictures made: {len(made)}")
    return 0 if made and not told["heavy"] else 1


if __name__ == "__main__":
    sys.exit(main())
