"""Whether a model fits this computer, and what the graphics card's own tool says."""

import shutil
import subprocess
from pathlib import Path

import pytest

from core import fits, models
from core.fits import Machine, fit
from core.paths import Home
from core.settings import Settings


def test_where_a_picture_of_a_model_can_be_made() -> None:
    mini = models.find(Settings(), "mini")
    needed, card = fits.memory_needed(mini), fits.card_needed(mini)
    assert card < needed
    assert fit(needed, card, Machine(needed, needed, "RTX", card, 0)) == "card"
    assert fit(needed, card, Machine(needed, needed, "RTX", card - 1, 0)) == "memory"
    assert fit(needed, card, Machine(needed, needed - 1, "", 0, 0)) == "busy"
    assert fit(needed, card, Machine(needed - 1, needed - 1, "", 0, 0)) == "no"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("NVIDIA GeForce RTX 3060, 12288\n", ("NVIDIA GeForce RTX 3060", 12288 * 2**20)),
        ("No devices were found\n", ("", 0)),
        ("", ("", 0)),
    ],
)
def test_the_card_says_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, expected: tuple[str, int]
) -> None:
    monkeypatch.setattr(fits, "_for_the_processor", lambda: False)
    monkeypatch.setattr(shutil, "which", lambda name: str(tmp_path / name))
    answer = subprocess.CompletedProcess([], 0, said)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    assert fits._card.__wrapped__() == expected


def test_a_card_that_pytorch_cannot_use_does_not_count(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    monkeypatch.setattr(fits.importlib.metadata, "version", lambda _: "2.13.0+cpu")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("nobody is asked"))
    assert fits._card.__wrapped__() == ("", 0)
    assert fits.this_machine(home).memory > 2**28
