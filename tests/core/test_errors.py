"""What is shown to the user: whatever a file says in it, it stays text."""

import pytest

from core.errors import LONGEST, KnownError


def test_words_stay_as_they_are() -> None:
    said = "写真 ünï 👩‍👧 “a”:\nthe second line\tand a tab."
    assert str(KnownError(said)) == said


@pytest.mark.parametrize("letter", ["\x1b", "\0", "\x7f", "\x9b", "\u202e", "\ud800"])
def test_what_a_terminal_obeys_or_cannot_be_written_is_replaced(letter: str) -> None:
    told = str(KnownError(f"a{letter}[2J.txt is damaged."))
    assert told == "a\ufffd[2J.txt is damaged."
    assert told.encode()


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    told = str(KnownError("It happened. " + "x" * 10**6 + " Do this."))
    assert len(told) <= LONGEST
    assert told.startswith("It happened.")
    assert told.endswith("Do this.")
