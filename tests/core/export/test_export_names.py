"""Names of exported files: what fields say, and that every name is one on every filesystem."""

import re
import unicodedata
from datetime import datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.errors import KnownError
from core.export import names
from core.export.names import Facts

FACTS = Facts(
    datetime(2026, 11, 21, 21, 45, 3), "20261121-000012-7", "woman on a beach", ("Ada", "Ben"),
    "photoverse", "mini", 7, 4, "red",
)  # fmt: skip


def named(template: str, facts: Facts = FACTS, number: int = 1) -> str:
    names.check(template)
    return "/".join(names.fill(template, facts, number))


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{original}", "20261121-000012-7"),
        ("{date} {time}", "2026-11-21 214503"),
        ("{year}/{month}/{day}-{number:3}", "2026/11/21-001"),
        ("{person} – {prompt}", "Ada, Ben – woman on a beach"),
        ("{prompt:10}", "woman on a"),
        ("{prompt:9}", "woman on"),
        ("{seed}_{model}_{method}_{rating}_{label}", "7_mini_photoverse_4_red"),
        ("Album\\{number}", "Album/1"),
        ("/../{number}/.", "1"),
    ],
)
def test_fields_are_filled(template: str, name: str) -> None:
    assert named(template) == name


@pytest.mark.parametrize("template", ["{names}", "{number:3", "number}", "{number:x}", "{}", " / ", "..", ""])
def test_a_template_that_means_nothing_is_refused(template: str) -> None:
    with pytest.raises(KnownError):
        names.check(template)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CON", "_CON"),
        ("nul.jpg", "_nul.jpg"),
        ("com1 photo", "_com1 photo"),
        ("context", "context"),
        ("a/b\\c:d?", "a-b-c-d-"),
        ("..hidden. ", "hidden"),
        ("-rf", "rf"),
        ("a\tb\nc", "a b c"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("A\u030angström", "Ångström"),
        ("林小姐 👩‍🎨", "林小姐 👩‍🎨"),
        ("", "picture"),
        ("...", "picture"),
    ],
)
def test_a_name_is_one_everywhere(text: str, name: str) -> None:
    assert names.clean(text) == name


def test_a_name_nobody_gave_leaves_no_gap() -> None:
    nobody = Facts(FACTS.made, "x", "a street", (), "text", "mini", 1, 0, "")
    assert named("{person}-{number:2}", nobody) == "01"
    assert named("{person}/{label}/{number}", nobody) == "picture/picture/1"


def test_fields_that_tell_who_it_is_are_known() -> None:
    assert names.telling("{date}/{person}-{seed}-{number}") == ("person", "seed")
    assert names.telling("{date}-{number:3}") == ()


def assert_a_name(part: str) -> None:
    assert part not in ("", ".", "..")
    assert len(part.encode()) <= names.MOST_BYTES
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', part)
    assert part[0] not in " .-"
    assert part[-1] not in " ."
    assert not re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)", part.split(".")[0].strip().lower())
    assert unicodedata.is_normalized("NFC", part)


texts = st.text(max_size=400) | st.sampled_from(["../../etc/passwd", "aux", "COM¹", "\u202e", "A\u030a" * 90])
templates = st.lists(
    st.sampled_from([f"{{{field}}}" for field in names.FIELDS])
    | st.sampled_from(["/", "\\", "..", " ", ".", "-", "con", "{number:3}", "{prompt:200}"])
    | st.text(st.characters(exclude_characters="{}", exclude_categories=()), max_size=5),
    min_size=1,
    max_size=12,
).map("".join)


@settings(max_examples=250, deadline=None)
@given(template=templates, prompt=texts, person=texts, original=texts, number=st.integers(1, 10**6))
@example("{prompt:200}{person}{original}", "林" * 300, "\U0001f600" * 100, "x" * 300, 1)
def test_no_template_and_no_words_leave_the_folder(
    template: str, prompt: str, person: str, original: str, number: int
) -> None:
    facts = Facts(FACTS.made, original, prompt, (person,), "text", "mini", 1, 0, "")
    parts = names.fill(template, facts, number, room=12)
    assert len(parts[-1].encode()) <= names.MOST_BYTES - 12
    for part in parts:
        assert_a_name(part)
    assert len(parts) <= 1 + len(re.findall(r"[/\\]", template))
