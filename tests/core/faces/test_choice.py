"""Choosing the face models and the segmenter on the command line."""

import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from core import settings
from core.cli.app import app
from core.library import open_library, photos, subjects
from core.paths import RESOURCES, Home


def run(home: Home, *arguments: object, fails: int = 0, stdin: str = "") -> str:
    result = CliRunner().invoke(app, ["--home", str(home.root), *map(str, arguments)], input=stdin)
    assert result.exit_code == fails, result.output
    return result.output


def test_the_embedded_ones_are_told_with_their_licence(home: Home) -> None:
    told = json.loads(run(home, "models", "faces", "--json"))
    assert told["name"] == "embedded"
    assert "Apache-2.0" in told["licence"]
    assert "u2net" in run(home, "models", "segmenter").lower()


def test_a_pack_is_used_once_its_licence_is_accepted(home: Home, pack: Path) -> None:
    said = run(home, "models", "faces", pack, fails=1, stdin="n\n")
    assert "non-commercial" in said
    assert settings.load(home).faces == "embedded"
    run(home, "models", "faces", pack, "--yes")
    assert settings.load(home).faces == f"insightface:{pack.resolve()}"
    run(home, "models", "faces", "embedded")
    assert settings.load(home).faces == "embedded"


def test_every_photo_is_looked_at_again_by_the_new_models(home: Home, pack: Path) -> None:
    run(home, "import", RESOURCES / "demo" / "album" / "IMG_0001.jpg")
    run(home, "person", "name", "person1", "Ada")
    run(home, "models", "faces", pack, "--yes")
    said = run(home, "models", "faces", "embedded")
    assert "Photos looked at again: 1. Faces: 1." in said
    library = open_library(home)
    with library.read() as session:
        assert str(photos.current_backend(session)).startswith("yunet")
        assert subjects.get(session, "ada").name == "Ada"
    library.close()


@pytest.mark.parametrize("what", ["faces", "segmenter"])
def test_a_folder_that_is_no_model_is_refused(home: Home, tmp_path: Path, what: str) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "cat.png")
    said = run(home, "models", what, tmp_path, "--yes", fails=1)
    assert str(tmp_path.name) in said
    assert settings.load(home) == settings.Settings()
