"""Handles and braces: what is written becomes prompts, and every noun is where the prompt says it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import prompt
from core.errors import KnownError


@pytest.mark.parametrize(
    ("text", "variants"),
    [
        ("a cat", ["a cat"]),
        ("  a cat \n\n a dog\r\n", ["a cat", "a dog"]),
        ("a {red|blue} cat", ["a red cat", "a blue cat"]),
        ("{a|b} {c|d}", ["a c", "a d", "b c", "b d"]),
        ("{a|{b|c} d}", ["a", "b d", "c d"]),
        ("a{| big} cat", ["a cat", "a big cat"]),
        ("{one}", ["one"]),
        ("a | b", ["a | b"]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_lines_and_braces(text: str, variants: list[str]) -> None:
    assert prompt.expand(text) == variants


@pytest.mark.parametrize("text", ["a {b", "a b}", "{a|{b}", "}{", "{" * 19])
def test_braces_that_do_not_match_are_told(text: str) -> None:
    with pytest.raises(KnownError, match="brace"):
        prompt.expand(text)


@pytest.mark.parametrize("text", ["{a|b|c|d}" * 12, "\n".join(["{a|b|c|d}" * 6] * 3)])
def test_too_many_prompts_are_told(text: str) -> None:
    with pytest.raises(KnownError, match="prompts"):
        prompt.expand(text)


def test_braces_nested_too_deep_are_told() -> None:
    with pytest.raises(KnownError, match="nest"):
        prompt.expand("{" * 3000 + "}" * 3000)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("@ada", "a woman"),
        ("@ada and @ben on the beach, oil painting", "a woman and a man on the beach, oil painting"),
        ("a photo of @ada", "a photo of a woman"),
        ("a photo of the @ada", "a photo of the woman"),
        ("a young @ada", "a young woman"),
        ("@eve, @ben", "an elf, a man"),
        ("@ADA's hat", "a woman's hat"),
        ("mail ada@ben.org", "mail ada@ben.org"),
        ("@@ada", "@@ada"),
        ("", ""),
    ],
)
def test_handles_become_nouns(template: str, text: str) -> None:
    assert prompt.resolve(template, {"ada": "woman", "ben": "man", "eve": "elf"}).text == text


def test_somebody_named_twice_has_two_places() -> None:
    found = prompt.resolve("@ada looks at @ben, @ada laughs", {"ada": "woman", "ben": "man"})
    assert found.handles == ("ada", "ben")
    assert [found.text[m.start : m.end] for m in found.mentions] == ["woman", "man", "woman"]


def test_an_unknown_handle_is_told() -> None:
    with pytest.raises(KnownError, match=r"@eve.*@ada"):
        prompt.resolve("@eve", {"ada": "woman"})
    with pytest.raises(KnownError, match="name one first"):
        prompt.resolve("@eve", {})


nouns = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9-]*[a-z0-9]", fullmatch=True),
    st.sampled_from(["woman", "old man", "guitar", "é", "李"]),
    max_size=4,
)


@given(nouns, st.data())
def test_every_noun_is_where_the_prompt_says(known: dict[str, str], data: st.DataObject) -> None:
    piece = st.sampled_from([f"@{handle}" for handle in known] + [" ", ", ", "and", " on ", "the"])
    template = "".join(data.draw(st.lists(piece, max_size=12)))
    try:
        found = prompt.resolve(template, known)
    except KnownError:
        return  # two handles without a blank between them make a third
    assert found.template == template
    assert [found.text[m.start : m.end] for m in found.mentions] == [known[m.handle] for m in found.mentions]
    assert [m.handle for m in found.mentions] == [h[1].lower() for h in prompt.HANDLE.finditer(template)]


@given(st.text(max_size=60))
def test_any_text_expands_or_is_told(text: str) -> None:
    try:
        variants = prompt.expand(text)
    except KnownError:
        return
    assert all(variant.strip() or "{" in text for variant in variants)


def test_a_prompt_without_end_is_refused_at_once() -> None:
    for text, said in [
        ("x" * 1_000_000, "at most 10,000 letters"),
        ("\n".join(["{a|b}" * 13] * 10_000), "more than 10,000 prompts"),
    ]:
        with pytest.raises(KnownError, match=said):
            prompt.expand(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("@a, @b and @c in a park", "@a, @b in a park"),
        ("a photo of @c and @a", "a photo of @a"),
        ("@A with @C, @cat and @c-d", "@A, @cat and @c-d"),
        ("{@a and @c|@b}, and @c.", "{@a|@b}."),
        ("@c, @d and @a\n\na beach with @c", "@a\n\na beach"),
    ],
)
def test_somebody_is_left_out_with_what_joins_them(text: str, kept: str) -> None:
    assert prompt.without(text, ["c", "d"], 0) == kept


def test_lines_that_name_few_enough_stay() -> None:
    text = "@a, @b and @c in a park\n@c alone"
    assert prompt.without(text, ["c"], 2) == "@a, @b in a park\n@c alone"
