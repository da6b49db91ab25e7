"""The command that makes the README's screenshots."""

import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image

from core.paths import Home

COMMAND = Path(__file__).resolve().parents[2] / "packaging" / "screenshots.py"


def test_every_page_becomes_a_picture(home: Home, named_home: Home, tmp_path: Path) -> None:
    shutil.copytree(named_home.root, home.root)
    out = tmp_path / "images"
    size = ["--size", "1024x640"]
    command = [sys.executable, str(COMMAND), "--home", str(home.root), "--out", str(out), *size]
    subprocess.run(command, check=True, capture_output=True, timeout=90)
    files = {file.stem: file for file in out.glob("*.png")}
    assert set(files) == {"people", "compose", "queue", "gallery", "models", "preferences"}
    for name, file in files.items():
        with Image.open(file) as picture:
            assert picture.size == (1024, 640), name
            assert len(picture.convert("RGB").getcolors(1 << 24)) > 20, name
