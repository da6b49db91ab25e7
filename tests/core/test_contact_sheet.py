"""The contact sheet: its size, its parts where they belong, whole or not at all."""

import errno

import pytest
from PIL import Image

from core import contact_sheet
from core.contact_sheet import ACCENT, CARD, LIKE, MARGIN, UNLIKE, Row, Shown
from core.errors import KnownError


@pytest.fixture
def row(photo):
    def make(*identities, prompt="a photo of @ada on the beach") -> Row:
        shown = tuple(
            Shown(f"ada{i}", "woman", (photo(f"r{i}.png", colour=(250, 0, 0)),), f"Ada {i}", value)
            for i, value in enumerate(identities)
        )
        return Row(shown, prompt, "20 steps", photo("result.png", colour=(0, 250, 0), size=(256, 256)))

    return make


def colours(picture) -> set[tuple[int, ...]]:
    return {colour for _, colour in picture.getcolors(10**6)}


def test_two_columns_of_equal_cards(row):
    one, three = (contact_sheet.draw("T", "s", [row(0.5)] * n, 0.36) for n in (1, 3))
    assert one.width == three.width == 2 * MARGIN + 2 * contact_sheet.CARD_WIDTH + contact_sheet.GAP
    assert three.height - one.height == contact_sheet.CARD_HEIGHT + contact_sheet.GAP


def test_a_card_shows_references_prompt_result_and_score(row):
    found = colours(contact_sheet.draw("T", "s", [row(0.5)], 0.36))
    assert {(250, 0, 0), (0, 250, 0), ACCENT, CARD, LIKE} <= found
    assert UNLIKE not in found


def test_a_low_score_looks_different_and_is_not_hidden(row):
    found = colours(contact_sheet.draw("T", "s", [row(0.1, -0.2)], 0.36))
    assert UNLIKE in found
    assert LIKE not in found


@pytest.mark.parametrize("identity", [None, -1.0, 0.0, 1.0, 1.5])
def test_any_score_can_be_drawn(row, identity):
    assert contact_sheet.draw("T", "s", [row(identity)], 0.36).size


def test_pictures_that_are_not_square_are_shown_whole(row, photo):
    wide = photo("wide.png", colour=(0, 0, 250), size=(512, 128))
    drawn = contact_sheet.draw("T", "s", [Row((), "plain text", "", wide)], 0.36)
    blue = [
        x
        for x in range(drawn.width)
        if drawn.getpixel((x, MARGIN + contact_sheet.HEADER + 148)) == (0, 0, 250)
    ]
    assert 250 <= len(blue) <= 256


def test_a_long_prompt_stays_in_its_place(row):
    long = row(0.4, prompt="a photo of @ada " + "and something else " * 20)
    assert contact_sheet.draw("T", "s", [long], 0.36).size


def test_saved_whole_or_not_at_all(row, tmp_path, monkeypatch):
    target = tmp_path / "contact-sheet.png"
    contact_sheet.save(target, "T", "s", [row(0.5)], 0.36)
    before = target.read_bytes()
    with Image.open(target) as written:
        assert written.format == "PNG"

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises((OSError, KnownError)):
        contact_sheet.save(target, "T", "s", [row(0.1)], 0.36)
    assert target.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir() if "part" in file.name] == []
