"""Another process of our own, from the source and from a frozen folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from core import ourselves


def test_a_module_of_ours_runs_from_anywhere(tmp_path: Path) -> None:
    """Also from a folder where a file has a library's name."""
    (tmp_path / "typer.py").write_text("raise SystemExit('the wrong typer')")
    command = ourselves.command("core.cli", "--help")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "likeness [OPTIONS]" in done.stdout or "Usage" in done.stdout


def test_a_frozen_program_is_told_which_module_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/likeness/likeness-window")
    expected = ["/opt/likeness/likeness-window", "--run", "core.engine.child"]
    assert ourselves.command("core.engine.child") == expected
