"""Adapter files on the command line: listed, added, their licences accepted."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tiny_adapters
from tiny_adapters import SD15, SD15_UNET, write_pickle
from typer.testing import CliRunner

from core import adapters, models, settings
from core.cli.app import app
from core.errors import KnownError
from core.paths import Home

Likeness = Callable[..., str]


@pytest.fixture
def likeness(home: Home) -> Likeness:
    """Runs one command; `fails`: the exit code expected. Returns what it printed."""

    def run(*arguments: object, fails: int = 0) -> str:
        result = CliRunner().invoke(app, ["--home", str(home.root), *map(str, arguments)])
        assert result.exit_code == fails, f"{result.output}\n{result.exception!r}"
        assert "Traceback" not in result.output
        return result.stderr if fails else result.stdout

    return run


@pytest.fixture
def model(home: Home, tmp_path: Path) -> Path:
    folder = tiny_adapters.write_model(tmp_path / "sd15", SD15, SD15_UNET)
    models.add(home, folder)
    return folder


def pickled(layout: Any, file: Path) -> Path:
    return write_pickle(tiny_adapters.tensors(layout, SD15), file)


def test_an_adapter_is_added_and_listed(likeness: Likeness, model: Path, tmp_path: Path) -> None:
    source = pickled("ip-adapter-plus", tmp_path / "ip-adapter-plus_sd15.bin")
    said = likeness("models", "add-adapter", source, "--model", "sd15")
    assert (
        "ip-adapter-plus_sd15 can be used with sd15: ip-adapter-plus, fastcomposer+ip-adapter-plus." in said
    )
    assert "Nothing was done" in likeness("models", "add-adapter", source, "--model", "sd15")
    (row,) = json.loads(likeness("models", "adapters", "sd15", "--json"))["adapters"]
    file = model / "adapters" / "ip-adapter-plus_sd15.safetensors"
    assert row["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (row["model"], row["tokens"], row["layout"]) == ("sd15", 16, "ip-adapter-plus")
    assert "mini" in likeness("models", "adapters")


def test_files_that_cannot_be_used_are_listed_with_the_reason(likeness: Likeness, model: Path) -> None:
    (model / "adapters").mkdir()
    pickled("ip-adapter", model / "adapters" / "ip-adapter.bin")
    (model / "adapters" / "broken.safetensors").write_bytes(b"no")
    said = likeness("models", "adapters", "sd15")
    assert "There are no adapters." in said
    assert "broken.safetensors is not a safetensors file" in said
    (command,) = [line.split("Convert it: likeness ")[1] for line in said.splitlines() if "Convert" in line]
    import shlex

    assert "mine can be used" in likeness(*shlex.split(command), "--name", "mine")
    assert "Convert" not in likeness("models", "adapters", "sd15")


def test_what_is_no_adapter_is_refused(likeness: Likeness, model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"no")
    assert "no PyTorch file" in likeness(
        "models", "add-adapter", tmp_path / "a.bin", "--model", "sd15", fails=1
    )
    assert not (model / "adapters").exists()


def test_a_non_commercial_licence_is_accepted_once(
    likeness: Likeness, model: Path, home: Home, tmp_path: Path
) -> None:
    source = pickled("ip-adapter-faceid", tmp_path / "faceid.bin")
    add = ("models", "add-adapter", source, "--model", "sd15")
    assert "Accept the licence with --yes" in likeness(*add, fails=1)
    assert not (model / "adapters").exists()
    assert "non-commercial research" in likeness(*add, "--yes")
    adapters.check_licence(*adapter_and_accepted(home))
    assert "Nothing was done" in likeness(*add)
    assert "Accepted." in likeness("models", "adapters", "sd15")


def test_a_file_put_there_by_hand_is_accepted_by_name(likeness: Likeness, model: Path, home: Home) -> None:
    tiny_adapters.write("ip-adapter-faceid", models.base(model), "faces")
    assert "Not accepted yet." in likeness("models", "adapters", "sd15")
    with pytest.raises(KnownError, match="likeness models accept faces"):
        adapters.check_licence(*adapter_and_accepted(home))
    accept = ("models", "accept", "faces", "--model", "sd15")
    assert "--yes" in likeness(*accept, fails=1)
    assert "faces can be used." in likeness(*accept, "--yes")
    adapters.check_licence(*adapter_and_accepted(home))
    assert "faces can be used." in likeness(*accept)
    assert "It has: faces" in likeness("models", "accept", "other", "--model", "sd15", fails=1)
    assert "needs no acceptance" in likeness("models", "accept", "ip-adapter", "--model", "mini")


def adapter_and_accepted(home: Home) -> tuple[adapters.AdapterInfo, tuple[str, ...]]:
    kept = settings.load(home)
    return models.find(kept, "sd15").adapter("ip-adapter-faceid"), kept.accepted
