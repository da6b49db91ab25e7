"""The short form of `tests/torture changes`."""

from pathlib import Path

import changes
import pytest

from core.library import put_back
from core.paths import Home


def test_every_step_back_gives_what_was_there_and_every_step_forth_too(tmp_path: Path) -> None:
    figures = changes.still(Home(tmp_path / "home"), 100, 3)
    assert figures.violations == []
    assert {
        "add",
        "cancel",
        "move",
        "lane",
        "edit",
        "retry",
        "clear",
        "undo",
        "redo",
    } <= figures.changes.keys()


def test_a_way_back_that_forgets_something_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = put_back._line_values
    monkeypatch.setattr(put_back, "_line_values", lambda line: real(line) | {"position": 0.5})
    assert changes.still(Home(tmp_path / "home"), 50, 3).violations


def test_nothing_is_lost_while_pictures_are_made(tmp_path: Path) -> None:
    figures = changes.busy(Home(tmp_path / "home"), 80, 3)
    assert figures.violations == []
    assert figures.changes["step"] > 10
