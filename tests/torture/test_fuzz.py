"""The short form of `python tests/torture fuzz`: five thousand mutants of every kind, always the same."""

import sys
from pathlib import Path

import fuzz
import pytest
from _fuzz_kinds import KINDS
from _promise import Broken, check_words

MUTANTS = 5000


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="its limits of memory are Linux's")
def test_damaged_and_forged_files_are_read_or_named(tmp_path: Path) -> None:
    figures = fuzz.run(fuzz.planned(MUTANTS, seed=0), processes=2, keep=tmp_path)
    assert figures.violations == []
    assert (figures.crashes, figures.hangs) == (0, 0)
    assert set(figures.mutants) == set(KINDS)
    assert abs(figures.mutants.total() - MUTANTS) < len(KINDS)
    assert figures.values > 1000
    assert figures.refused > 1000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="its limits of memory are Linux's")
@pytest.mark.parametrize("fault", ["crash", "bug", "run", "bind", "write", "words", "memory"])
def test_the_form_sees_what_it_looks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """A reader that does what none may: each is found, named, and the next mutant is tried."""
    spoilt = KINDS["specs"]._replace(made_by=f"_spoilt_reader:{fault}")
    monkeypatch.setitem(KINDS, "spoilt", spoilt)
    monkeypatch.setenv("FUZZ_SPOILT", spoilt.made_by)
    figures = fuzz.run([("spoilt", 0, 3)], processes=1, keep=tmp_path)
    assert [each["wrong"] for each in figures.violations] == ["spoilt:1"]
    assert figures.mutants.total() == 3


@pytest.mark.parametrize("words", ["", "no sentence", "Traceback (most recent call last).", "\x1b[2J."])
def test_words_for_nobody_are_no_answer(words: str) -> None:
    with pytest.raises(Broken):
        check_words(words)


def test_words_must_name_the_file() -> None:
    check_words("photo.jpg is cut short.", ("photo.jpg",))
    with pytest.raises(Broken, match="names none"):
        check_words("It is cut short.", ("photo.jpg",))
