"""Captions with their nouns' places, in the words the embedded model knows."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.diffusion.plan import Span
from core.training.batch import Words
from core.training.scenes.vocabulary import COLOURED, PLACES, STYLES, with_article


@dataclass(frozen=True)
class Told:
    """One subject as a caption tells of it: “[young] woman [in a red shirt] [wearing a crown]”. `age`,
    `shirt` (a colour) and `wears` (with its article) are "" where nothing is said."""

    noun: str
    age: str = ""
    shirt: str = ""
    wears: str = ""

    def before(self) -> str:
        """All that stands before the noun."""
        named = with_article(f"{self.age} {self.noun}".strip())
        return named.removesuffix(self.noun)

    def after(self) -> str:
        shirt = f" in {with_article(self.shirt)} shirt" if self.shirt else ""
        return shirt + (f" wearing {self.wears}" if self.wears else "")


def caption(style: str, subjects: Sequence[Told], background: str, colour: str = "") -> Words:
    """`background` is a key of the vocabulary; `colour` counts for those that have one."""
    text, spans = STYLES[style].said + " ", list[Span]()
    for place, told in enumerate(subjects):
        text += ("and " if place else "") + told.before()
        spans.append((len(text), len(text) + len(told.noun)))
        text += told.noun + told.after() + " "
    return Words(text + where(background, colour), tuple(told.noun for told in subjects), tuple(spans))


def where(background: str, colour: str = "") -> str:
    """“on the beach”, “in front of an orange wall”."""
    if background in PLACES:
        return PLACES[background]
    return COLOURED[background].format(a=with_article(colour))
