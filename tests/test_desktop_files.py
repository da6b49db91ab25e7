"""What a Linux desktop is told about the program, and the frozen program's first steps."""

import configparser
import importlib.util
import shutil
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINUX = ROOT / "packaging" / "linux"
NAME = "app.likeness.Likeness"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.parametrize(
    "command",
    [
        ["desktop-file-validate", f"{NAME}.desktop"],
        ["appstreamcli", "validate", "--no-net", f"{NAME}.metainfo.xml"],
    ],
)
def test_the_desktops_own_tools_find_nothing_wrong(command: list[str]) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, cwd=LINUX, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "error" not in (done.stdout + done.stderr).lower()


def test_entry_and_description_name_each_other_and_this_version() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(LINUX / f"{NAME}.desktop", "utf-8")
    told = ElementTree.parse(LINUX / f"{NAME}.metainfo.xml").getroot()
    assert told.findtext("id") == NAME
    assert told.findtext("launchable") == f"{NAME}.desktop"
    assert entry["Desktop Entry"]["Icon"] == NAME
    assert (LINUX / f"{NAME}.svg").exists()
    assert entry["Desktop Entry"]["Exec"] in PROJECT["gui-scripts"]
    assert told.find("releases/release").get("version") == PROJECT["version"]  # type: ignore[union-attr]
    assert told.findtext("project_license") == PROJECT["license"]


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The frozen program's start, with the modules it would run written down."""
    spec = importlib.util.spec_from_file_location("start", ROOT / "packaging" / "bundle" / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ran = []

    def imported(name: str) -> ModuleType:
        ran = ModuleType(name)
        ran.main = lambda: module.ran.append((name, sys.argv[1:]))
        return ran

    monkeypatch.setattr(module.importlib, "import_module", imported)
    return module


@pytest.mark.parametrize(
    ("program", "arguments", "expected"),
    [
        ("likeness", ["queue", "list"], ("core.cli", ["queue", "list"])),
        ("likeness-window", ["--home", "x"], ("desktop.__main__", ["--home", "x"])),
        ("likeness-window.exe", ["--run", "core.engine.child"], ("core.engine.child", [])),
        ("likeness", ["--run", "core.cli", "models"], ("core.cli", ["models"])),
    ],
)
def test_a_frozen_program_knows_what_to_be(
    frozen: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    arguments: list[str],
    expected: tuple[str, list[str]],
) -> None:
    monkeypatch.setattr(sys, "executable", f"/opt/likeness/{program}")
    monkeypatch.setattr(sys, "argv", [program, *arguments])
    frozen.main()
    assert frozen.ran == [expected]
