"""Dark and light: the same tokens in both, text that can be read in both, and everything follows a change."""

import re

import pytest
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.paths import RESOURCES
from desktop import looks, theme
from desktop.looks import Looks, wanted
from desktop.widgets.buttons import button

GROUNDS = ("window", "panel", "raised", "field", "hover", "selection")
TEXTS = ("text", "muted", "accent", "good", "warning", "bad")
PAIRS = [
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    *((text, f"{kind}-ground") for kind in ("good", "warning", "bad") for text in ("text", kind)),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("hint", "field"),
]
"""What is written on what."""
READABLE = 4.5


def light_of(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((light_of(one), light_of(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("worn", [theme.DARK, theme.LIGHT])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(worn: str, text: str, ground: str) -> None:
    tokens = theme.all_tokens()[worn]
    assert contrast(tokens[text], tokens[ground]) >= READABLE


@pytest.mark.parametrize("worn", [theme.DARK, theme.LIGHT])
def test_greys_are_neutral(worn: str) -> None:
    tokens = theme.all_tokens()[worn]
    for name in (
        "window",
        "panel",
        "raised",
        "hover",
        "pressed",
        "field",
        "picture",
        "border",
        "text",
        "muted",
    ):
        red, green, blue = (tokens[name][at : at + 2] for at in (1, 3, 5))
        assert red == green == blue, name


def test_both_have_the_same_tokens() -> None:
    tokens = theme.all_tokens()
    assert set(tokens[theme.DARK]) == set(tokens[theme.LIGHT])
    assert not set(tokens["shared"]) & set(tokens[theme.DARK])


@pytest.fixture
def light(dressed: None, qapp: QApplication):
    theme.apply(qapp, theme.LIGHT)
    yield
    theme.apply(qapp, theme.DARK)
    looks.redraw(qapp)


def test_a_style_sheet_leaves_no_token_and_asks_for_files_that_are_there(light: None) -> None:
    sheet = theme.style_sheet()
    assert not re.search(r"@[a-z]", sheet)
    files = re.findall(r"url\(([^)]+)\)", sheet)
    assert files
    assert all((RESOURCES / "icons" / file.rsplit("/", 1)[1]).is_file() for file in files)


def test_what_is_there_already_gets_the_other_colours(
    qtbot: QtBot, qapp: QApplication, dressed: None
) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    pressed = button("Words", icon="plus")
    pressed.setParent(whole)
    label = QLabel(whole)
    theme.draw_on(label, "lock", "muted", 16)
    whole.addAction(QAction(theme.icon("folder"), "A folder", whole))

    def seen() -> list[list[int]]:
        icons = (pressed.icon(), whole.actions()[0].icon(), QIcon(label.pixmap()))
        return [_pixels(each) for each in icons]

    before = seen()
    theme.apply(qapp, theme.LIGHT)
    looks.redraw(qapp)
    after = seen()
    theme.apply(qapp, theme.DARK)
    looks.redraw(qapp)
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert seen() == before


def test_the_systems_wish_is_followed(qapp: QApplication, dressed: None) -> None:
    assert wanted(qapp, "light") == theme.LIGHT
    assert wanted(qapp, "system") in (theme.DARK, theme.LIGHT)
    followed = Looks(qapp, "dark")
    followed.choose("light")
    assert theme.looks() == theme.LIGHT
    followed.choose("dark")
    assert theme.looks() == theme.DARK
    qapp.styleHints().colorSchemeChanged.disconnect(followed._follow)
    followed.deleteLater()


def _pixels(icon: QIcon) -> list[int]:
    image = icon.pixmap(16, 16).toImage()
    return [image.pixel(x, y) for y in range(image.height()) for x in range(image.width())]


def test_a_strange_icon_is_left_alone() -> None:
    assert theme.again(QIcon()) is None
