"""The words scenes are told in, and the colours they stand for: those the embedded model's tokenizer holds as
whole words."""

from typing import NamedTuple

COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.78, 0.12, 0.13), "orange": (0.94, 0.50, 0.10), "yellow": (0.95, 0.83, 0.18),
    "green": (0.16, 0.56, 0.24), "teal": (0.05, 0.50, 0.52), "blue": (0.15, 0.32, 0.80),
    "purple": (0.48, 0.20, 0.64), "pink": (0.95, 0.55, 0.71), "brown": (0.43, 0.27, 0.15),
    "black": (0.07, 0.07, 0.08), "white": (0.94, 0.94, 0.94), "gray": (0.52, 0.52, 0.53),
}  # fmt: skip
"""sRGB, 0 to 1."""

COLOURED = {
    "wall": "in front of {a} wall",
    "curtain": "in front of {a} curtain",
    "background": "on {a} background",
}
"""Backgrounds that take a colour's name with its article."""

PLACES = {
    "sunset": "at sunset",
    "beach": "on the beach",
    "forest": "in the forest",
    "city": "in the city at night",
    "brick": "in front of a brick wall",
    "snow": "in the snow",
    "library": "in a library",
    "meadow": "in a meadow",
}
BACKGROUNDS = (*COLOURED, *PLACES)


class Style(NamedTuple):
    """`said` begins the caption. `coloured`: whether a colour's name can be seen in it. `share`: how
    often."""

    said: str
    coloured: bool
    share: float


STYLES = {
    "photo": Style("a photo of", True, 0.68),
    "black and white": Style("a black and white photo of", False, 0.04),
    "sepia": Style("a sepia photo of", False, 0.04),
    "pencil": Style("a pencil sketch of", False, 0.04),
    "oil": Style("an oil painting of", True, 0.04),
    "watercolor": Style("a watercolor painting of", True, 0.04),
    "pop art": Style("a pop art poster of", False, 0.04),
    "pixel art": Style("a pixel art of", True, 0.04),
    "cyanotype": Style("a cyanotype of", False, 0.04),
}

UNCOUNTED = frozenset({"grapes", "bread", "corn", "cheese", "coffee"})
"""Nouns that stand without an article."""

YOUNG, OLD = 32, 58
"""Younger than the one may be called young, older than the other old."""


def with_article(words: str) -> str:
    """“a red shirt”, “an apple”, “grapes”."""
    if words in UNCOUNTED:
        return words
    return f"{'an' if words[0] in 'aeio' or words.startswith('umbrella') else 'a'} {words}"
