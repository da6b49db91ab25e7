"""The short form of `tests/torture soak`: blocks are told there, never judged here."""

import os
import subprocess
import sys
from pathlib import Path

import soak

HERE = Path(__file__).resolve().parent


def test_clicks_and_keys_on_every_page_raise_nothing_and_leave_nothing(tmp_path: Path) -> None:
    """In a process of its own: its fence is round everything."""
    command = [sys.executable, str(HERE), "soak", "--minutes", "0.05", "--seed", "3"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=240, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"violations": []' in done.stdout


def test_what_piles_up_is_found() -> None:
    flat = soak.Figures(objects=[900, 1000, 1010, 1000], megabytes=[180.0, 200.0, 201.0, 204.0])
    assert soak._piled_up(flat) == []
    grown = soak.Figures(objects=[900, 1000, 1200, 1600], megabytes=[180.0, 200.0, 240.0, 290.0])
    assert [each.split(":")[0] for each in soak._piled_up(grown)] == ["objects pile up", "memory piles up"]
    assert soak._piled_up(soak.Figures()) == ["The window went before its first rest."]
