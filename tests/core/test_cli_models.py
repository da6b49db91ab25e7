"""likeness models …: everything there is, verifying it, choosing, taking off the list."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from safetensors.numpy import save_file
from typer.testing import CliRunner

from core import settings
from core.cli.app import app
from core.paths import RESOURCES, Home


@pytest.fixture
def likeness(home: Home) -> Any:
    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["--home", str(home.root), "models", *words])

    return run


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The embedded model once more, as somebody's own."""
    folder = tmp_path / "own"
    shutil.copytree(RESOURCES / "models" / "mini", folder)
    return folder


def test_what_was_added_is_listed_used_and_taken_off(likeness: Any, home: Home, own: Path) -> None:
    assert likeness("add", str(own)).exit_code == 0
    listed = {(item["kind"], item["name"]): item for item in json.loads(likeness("files", "--json").stdout)}
    assert listed["base", "own"]["state"] == "new"
    assert ("adapter", "ip-adapter-plus") in listed
    assert listed["faces", "YuNet and SFace"]["in_use"]
    assert likeness("use", "own").exit_code == 0
    assert settings.load(home).model == "own"
    assert "Choose another first" in likeness("remove", "own").output
    likeness("use", "mini")
    assert "a folder of yours" in likeness("remove", "own", "--delete").output
    assert likeness("remove", "own").exit_code == 0
    assert settings.load(home).models == {}
    assert (own / "unet").is_dir()


def test_a_changed_file_is_found(likeness: Any, own: Path) -> None:
    likeness("add", str(own))
    assert json.loads(likeness("verify", "own", "--json").stdout) == {"own": "same"}
    file = own / "vae" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert '"state": "unknown"' in likeness("files", "--json").stdout, "another time of change is noticed"
    found = likeness("verify", "own")
    assert found.exit_code == 1
    assert "CHANGED" in found.output
    likeness("add", str(own))
    assert likeness("verify", "own").exit_code == 0, "what is added again counts as it is now"


def test_what_comes_with_the_program_is_compared_with_its_list(likeness: Any) -> None:
    assert json.loads(likeness("verify", "U²-Net-p", "--json").stdout) == {"U²-Net-p": "stated"}
    assert "comes with the program" in likeness("remove", "mini").output
    assert "nothing called" in likeness("verify", "nobody").output


def test_the_catalogue_asks_nobody(likeness: Any) -> None:
    listed = json.loads(likeness("catalogue", "--json").stdout)
    assert [each["name"] for each in listed] == ["sd15", "sd15-faces", "sdxl", "sdxl-faces"]


def test_a_licence_comes_before_a_download(likeness: Any, home: Home) -> None:
    refused = likeness("download", "sd15")
    assert refused.exit_code == 1
    assert "RAIL" in refused.output
    assert not home.models.exists()


def test_upscalers_are_recognised(likeness: Any, home: Home, tmp_path: Path) -> None:
    good, other = tmp_path / "x2.safetensors", tmp_path / "other.safetensors"
    save_file(compact(scale=2), good)
    save_file({"a": np.zeros(3, np.float32)}, other)
    assert "enlarges 2 times" in likeness("add-upscaler", str(good)).output
    assert "enlarges nothing that is known" in likeness("add-upscaler", str(other)).output
    assert "can hold programs" in likeness("add-upscaler", str(tmp_path / "x.pth")).output
    assert "There is no file" in likeness("add-upscaler", str(tmp_path / "no.safetensors")).output
    assert settings.load(home).upscalers == (str(good),)
    assert likeness("remove", "x2").exit_code == 0
    assert settings.load(home).upscalers == ()


def compact(scale: int) -> dict[str, np.ndarray]:
    shapes = {"body.0": (8, 3, 3, 3), "body.1": (8,), "body.2": (8, 8, 3, 3), "body.3": (8,)}
    shapes["body.4"] = (3 * scale**2, 8, 3, 3)
    return {f"{name}.weight": np.zeros(shape, np.float32) for name, shape in shapes.items()}
