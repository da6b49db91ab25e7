"""The window says of the queue's changes in English what the command line says, and in Chinese as much."""

from collections.abc import Iterator
from typing import get_args

import pytest

from core.library.undo import Change, Taken, What
from desktop import i18n
from desktop.pages import queue_words

EVERY: tuple[What, ...] = get_args(What)


@pytest.fixture
def chinese(qapp: object) -> Iterator[None]:
    i18n.install("zh_CN")
    yield
    i18n.install("en")


@pytest.mark.parametrize("what", EVERY)
@pytest.mark.parametrize("count", [0, 1, 1200])
def test_it_is_what_the_command_line_says(qapp: object, what: What, count: int) -> None:
    assert queue_words.doing(Change(what, count)) == str(Change(what, count))
    for again in (False, True):
        for refused in ((), ("It was changed since.",) * 2):
            taken = Taken(what, again, count, refused)
            assert queue_words.done(taken) == str(taken)


@pytest.mark.parametrize("what", EVERY)
def test_and_in_chinese_no_english_is_left(chinese: None, what: What) -> None:
    said = [queue_words.doing(Change(what, 3))]
    said += [queue_words.done(Taken(what, again, count)) for again in (False, True) for count in (0, 1, 3)]
    assert not [each for each in said if any(letter.isascii() and letter.isalpha() for letter in each)]
