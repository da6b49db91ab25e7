"""What a photo's caption says, and where in it each subject's noun stands: the user's own words from a text
file beside the photo, or a plain sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core import prompt
from core.errors import KnownError
from core.training.data.album_photos import Shown

MOST = 1000
"""Letters of a caption: no text encoder reads more."""


@dataclass(frozen=True)
class Caption:
    """`spans`: of each subject, in their order. `note`: why the user's own words were not used."""

    text: str
    spans: tuple[tuple[int, int], ...]
    note: str = ""


def caption(photo: Path, shown: Sequence[Shown]) -> Caption:
    """From IMG_1.txt beside IMG_1.jpg, where names and @handles become nouns. Words that name nobody on the
    photo, or leave somebody out, are not used."""
    file = photo.with_suffix(".txt")
    try:
        words = " ".join(file.read_text("utf-8").split())[:MOST] if file.is_file() else ""
        return _own(words, shown) if words else plain(shown)
    except (OSError, UnicodeError) as error:
        return Caption(*_plain(shown), f"{file.name} cannot be read ({type(error).__name__}).")
    except KnownError as error:
        return Caption(*_plain(shown), f"{file.name} was not used: {error}")


def plain(shown: Sequence[Shown]) -> Caption:
    """“a photo of a woman and a man”."""
    return Caption(*_plain(shown))


def _plain(shown: Sequence[Shown]) -> tuple[str, tuple[tuple[int, int], ...]]:
    marks = [f"@{number}" for number in range(len(shown))]
    listed = f"{', '.join(marks[:-1])} and {marks[-1]}" if len(marks) > 1 else marks[0]
    text = prompt.resolve(
        f"a photo of {listed}",
        {str(number): each.noun for number, each in enumerate(shown)},
    )
    return text.text, tuple((mention.start, mention.end) for mention in text.mentions)


def _own(words: str, shown: Sequence[Shown]) -> Caption:
    """Raises KnownError for a handle of nobody on the photo, and for a noun that does not stand there."""
    for each in sorted(shown, key=lambda one: -len(one.name)):
        words = re.sub(rf"(?<![\w@]){re.escape(each.name)}(?!\w)", f"@{each.handle}", words)
    found = prompt.resolve(words, {each.handle: each.noun for each in shown})
    spans: dict[str, tuple[int, int]] = {}
    for mention in found.mentions:
        spans.setdefault(mention.handle, (mention.start, mention.end))
    for each in shown:
        if each.handle not in spans:
            spans[each.handle] = _noun(found.text, each.noun, set(spans.values()))
    return Caption(found.text, tuple(spans[each.handle] for each in shown))


def _noun(text: str, noun: str, taken: set[tuple[int, int]]) -> tuple[int, int]:
    """The first one that is nobody else's: people are named from left to right."""
    for match in re.finditer(rf"(?<!\w){re.escape(noun)}(?!\w)", text, re.IGNORECASE):
        if match.span() not in taken:
            return match.span()
    raise KnownError(f"it does not say “{noun}” for everybody who is on the photo.")
