"""Every name gives a handle that the prompt reads back whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import prompt
from core.errors import KnownError
from core.library import names


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("Ada", "ada"),
        ("Ada Lovelace", "ada-lovelace"),
        ("  Zoë  ", "zoë"),
        ("李明", "李明"),
        ("अदा", "अदा"),
        ("สมชาย", "สมชาย"),
        ("Ольга", "ольга"),
        ("Jean-Luc (boss)", "jean-luc-boss"),
        ("ﬁona", "fiona"),
        ("🙂", "person"),
    ],
)
def test_a_name_becomes_a_handle(name: str, handle: str) -> None:
    assert names.handle_for(name, ()) == handle


def test_a_taken_handle_gets_a_number() -> None:
    assert names.handle_for("Ada", {"ada"}) == "ada2"
    assert names.handle_for("Ada", {"ada", "ada2"}) == "ada3"


@given(st.text(max_size=60))
def test_the_prompt_reads_every_handle_back(name: str) -> None:
    handle = names.handle_for(name, ())
    assert prompt.handles(f"a photo of @{handle}, at sunset") == [handle]


@pytest.mark.parametrize("name", ["", "   ", "\n\t", "x" * 81, "\x00"])
def test_an_unusable_name_is_told(name: str) -> None:
    with pytest.raises(KnownError, match="name"):
        names.clean_name(name)


@pytest.mark.parametrize("noun", ["", "@ada", "a|b", "{x}", "123"])
def test_an_unusable_noun_is_told(noun: str) -> None:
    with pytest.raises(KnownError):
        names.clean_noun(noun)


@given(st.text(max_size=200))
def test_a_clean_name_is_one_line(name: str) -> None:
    try:
        cleaned = names.clean_name(name)
    except KnownError:
        return
    assert cleaned == names.clean_name(cleaned)
    assert cleaned.isprintable()
