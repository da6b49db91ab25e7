"""No library reports on the user: every entry point says so before a heavy library is imported, and the
libraries have heard it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.engine.fake import FakeEngine
from core.engine.options import options_for
from core.engine.process import ProcessEngine
from core.environment import ENVIRONMENT
from core.paths import Home
from core.settings import Settings

SWITCHES = {
    "ORT_DISABLE_TELEMETRY", "HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_UPDATE_CHECK",
    "TRANSFORMERS_OFFLINE", "DISABLE_TELEMETRY", "DO_NOT_TRACK",
}  # fmt: skip
GUARD = f"""
import os, sys

HEAVY = ("torch", "diffusers", "transformers", "huggingface_hub", "onnxruntime", "insightface", "accelerate")
seen = []

class Guard:
    def find_spec(self, name, path=None, target=None):
        if name in HEAVY:
            missing = {SWITCHES!r} - os.environ.keys()
            assert not missing, f"{{name}} is imported without {{missing}}"
            seen.append(name)

sys.meta_path.insert(0, Guard())
"""
LISTENED = """
import huggingface_hub.constants as hub
from transformers.utils.hub import is_offline_mode
assert hub.HF_HUB_OFFLINE and hub.HF_HUB_DISABLE_TELEMETRY and hub.HF_HUB_DISABLE_UPDATE_CHECK
assert is_offline_mode()
assert "huggingface_hub" in seen and "transformers" in seen
"""
ENTRIES = {
    "command line": """
from core.cli import main
sys.argv = ["likeness", "--home", HOME, "version"]
try:
    main()
except SystemExit:
    pass
""",
    "engine": """
from pathlib import Path
from core.engine.local import LocalEngine
from core.engine.options import options_for
from core.paths import RESOURCES, Home
from core.settings import Settings
engine = LocalEngine(options_for(Home(Path(HOME)).create(), Settings()))
engine.prepare(RESOURCES / "demo" / "album" / "IMG_0001.jpg", (148.0, 200.0, 299.0, 390.0), "person", 128)
assert "onnxruntime" in seen
""",
}


@pytest.fixture
def bare() -> dict[str, str]:
    """The environment of a shell that says nothing of it."""
    kept = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    root = str(Path(__file__).resolve().parents[2])
    return kept | {"PYTHONPATH": os.pathsep.join((root, kept["PYTHONPATH"]))}


def test_the_switches_are_these() -> None:
    assert ENVIRONMENT.keys() - {"OMP_WAIT_POLICY"} == SWITCHES
    assert {ENVIRONMENT[name] for name in SWITCHES} == {"1"}


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_point_switches_off_before_it_imports(
    home: Home, bare: dict[str, str], entry: str
) -> None:
    code = f"{GUARD}\nHOME = {str(home.root)!r}\n{ENTRIES[entry]}\n{LISTENED}\nprint('listened')"
    ran = subprocess.run([sys.executable, "-c", code], env=bare, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith("listened\n")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="Linux tells a process's environment")
def test_the_engines_process_is_started_with_them(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SWITCHES:
        monkeypatch.delenv(name, raising=False)
    engine = ProcessEngine(options_for(home, Settings()), "fake")
    try:
        assert engine.group([b"1", b"1"]) == FakeEngine().group([b"1", b"1"])
        told = Path(f"/proc/{engine.pid}/environ").read_bytes().decode().split("\0")
    finally:
        engine.close()
    assert {f"{name}=1" for name in SWITCHES} <= set(told)
