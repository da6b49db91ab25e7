"""Captions: words the embedded model knows, nouns where the spans say, short enough."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from core.models import EMBEDDED
from core.training.scenes.captions import Told, caption, where
from core.training.scenes.vocabulary import BACKGROUNDS, COLOURED, COLOURS, STYLES, with_article

TOKENS = 48
TOKENIZER = Tokenizer.from_file(str(EMBEDDED["mini"] / "tokenizer" / "tokenizer.json"))
WORN = ("sunglasses", "glasses", "a top hat", "a crown", "a sun hat", "a graduation cap", "a helmet")
OBJECTS = (
    "dog",
    "apple",
    "umbrella",
    "unicorn",
    "tennis ball",
    "christmas tree",
    "grapes",
    "owl",
    "icecream",
)
PEOPLE = ("woman", "man", "person")

people = st.builds(
    Told,
    st.sampled_from(PEOPLE),
    st.sampled_from(("", "young", "old")),
    st.sampled_from(("", *COLOURS)),
    st.sampled_from(("", *WORN)),
)
things = st.builds(Told, st.sampled_from(OBJECTS))


def unknown(words: str) -> list[str]:
    """The words that are not one token: those the model has not learned as words."""
    return [word for word in words.split() if len(TOKENIZER.encode(word, add_special_tokens=False).ids) != 1]


def test_every_part_of_every_caption_is_known():
    ends = [where(kind, colour) for kind in BACKGROUNDS for colour in COLOURS]
    told = [
        Told(*each) for each in itertools.product(PEOPLE, ("", "young", "old"), ("", *COLOURS), ("", *WORN))
    ]
    parts = [style.said for style in STYLES.values()] + ends + ["and"]
    parts += [each.before() + each.noun + each.after() for each in told]
    assert [part for part in parts if unknown(part)] == []


def test_the_longest_caption_of_all_fits():
    def longest(texts):
        return max(texts, key=lambda text: len(TOKENIZER.encode(text).ids))

    told = [Told("woman", "young", colour, wears) for colour in COLOURS for wears in WORN]
    most = max(told, key=lambda each: len((each.before() + each.noun + each.after()).split()))
    style = max(STYLES, key=lambda name: len(STYLES[name].said.split()))
    end = longest(where(kind, "orange") for kind in BACKGROUNDS)
    kind = next(kind for kind in BACKGROUNDS if where(kind, "orange") == end)
    assert len(TOKENIZER.encode(caption(style, (most, most), kind, "orange").caption).ids) <= TOKENS


@given(
    st.sampled_from(list(STYLES)),
    st.lists(people | things, min_size=1, max_size=2),
    st.sampled_from(BACKGROUNDS),
    st.sampled_from(list(COLOURS)),
)
def test_nouns_stand_where_the_spans_say(style, subjects, background, colour):
    words = caption(style, subjects, background, colour)
    assert words.nouns == tuple(told.noun for told in subjects)
    assert [words.caption[start:end] for start, end in words.spans] == list(words.nouns)
    assert "  " not in words.caption
    assert words.caption == words.caption.strip()
    assert unknown(words.caption) == []
    assert len(TOKENIZER.encode(words.caption).ids) <= TOKENS


def test_a_caption_reads_like_english():
    young = Told("woman", "young", "red", "sunglasses")
    assert caption("photo", (young, Told("man")), "beach").caption == (
        "a photo of a young woman in a red shirt wearing sunglasses and a man on the beach"
    )
    assert caption(
        "oil", (Told("man", "old", "orange", "a crown"), Told("apple")), "wall", "orange"
    ).caption == (
        "an oil painting of an old man in an orange shirt wearing a crown and an apple "
        "in front of an orange wall"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("umbrella", "an umbrella"),
        ("unicorn", "a unicorn"),
        ("grapes", "grapes"),
        ("owl", "an owl"),
        ("hat", "a hat"),
    ],
)
def test_articles(words, said):
    assert with_article(words) == said


def test_only_walls_curtains_and_plain_backgrounds_have_a_colour():
    assert [kind for kind in BACKGROUNDS if "teal" in where(kind, "teal")] == list(COLOURED)
