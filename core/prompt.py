"""From what the user writes to what the text encoder reads.

`@ada and @ben on {the beach|a red wall}` → two prompts, each with the subjects' nouns in place of their
handles and the place of every noun. One prompt per line; `{a|b}` may nest.
"""

import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass

from core.errors import KnownError

# Vowel signs and accents that Python's \w leaves out: without them a Hindi, Tamil, Thai or Hebrew name is
# cut short.
_INDIC = (0x0900, 0x0980, 0x0A00, 0x0A80, 0x0B00, 0x0B80, 0x0C00, 0x0C80, 0x0D00)
MARKS = (
    "".join(
        f"{chr(at)}-{chr(at + 3)}{chr(at + 0x3C)}{chr(at + 0x3E)}-{chr(at + 0x4D)}{chr(at + 0x57)}"
        for at in _INDIC
    )
    + "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u064b-\u065f\u0670\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
HANDLE = re.compile(rf"(?<![\w@])@((?:[\w-]|[{MARKS}])*[\w{MARKS}])")
# After these a bare noun reads wrong ("photo of woman"), and the model was taught "a photo of a woman".
TAKES_ARTICLE = frozenset({
    "and", "or", "of", "with", "beside", "by", "near", "behind", "before", "between", "like", "for", "from",
    "to", "on", "in", "holding", "hugging", "wearing",
})  # fmt: skip
MAX_PROMPTS = 10_000
MAX_DEPTH = 20
LONGEST = 10_000


JOINED = r"(?:\s*,\s*(?:and\s+)?|\s+(?:and|or|with|beside)\s+)"
"""What goes with a handle that is left out, before it or after."""


@dataclass(frozen=True)
class Mention:
    """A subject's noun at [start, end) of the prompt's text."""

    handle: str
    start: int
    end: int


@dataclass(frozen=True)
class Prompt:
    text: str
    template: str
    mentions: tuple[Mention, ...]

    @property
    def handles(self) -> tuple[str, ...]:
        """Each subject once, in order of first mention."""
        return tuple(dict.fromkeys(m.handle for m in self.mentions))


def expand(text: str) -> list[str]:
    """All variants of every non-empty line. Raises KnownError when braces do not match or there are too
    many."""
    variants: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if len(line) > LONGEST:
            raise KnownError(f"A prompt has at most {LONGEST:,} letters; “{line[:40]}…” has {len(line):,}.")
        variants += _variants(line)
        if len(variants) > MAX_PROMPTS:
            raise KnownError(f"That makes more than {MAX_PROMPTS:,} prompts, the most that are made at once.")
    return variants


def resolve(template: str, nouns: dict[str, str]) -> Prompt:
    """Puts `nouns[handle]` in place of every `@handle`. Raises KnownError for a handle that is not in
    `nouns`."""
    text, mentions, at = "", [], 0
    for match in HANDLE.finditer(template):
        handle = match[1].lower()
        if handle not in nouns:
            raise KnownError(f"Nobody is called @{match[1]}. {_known(nouns)}")
        text += template[at : match.start()]
        text += _article(text, nouns[handle])
        mentions.append(Mention(handle, len(text), len(text) + len(nouns[handle])))
        text += nouns[handle]
        at = match.end()
    return Prompt(text + template[at:], template, tuple(mentions))


def handles(text: str) -> list[str]:
    """The handles `text` names, each once, lower case, in order."""
    return list(dict.fromkeys(m[1].lower() for m in HANDLE.finditer(text)))


def _variants(line: str) -> list[str]:
    pieces = [
        [piece] if isinstance(piece, str) else list(itertools.chain(*map(_variants, piece)))
        for piece in _split(line)
    ]
    count = 1
    for piece in pieces:
        count *= len(piece)
        if count > MAX_PROMPTS:
            raise KnownError(f"“{line}” makes more than {MAX_PROMPTS:,} prompts.")
    return ["".join(choice) for choice in itertools.product(*pieces)]


def _split(line: str) -> list[str | list[str]]:
    """Plain text and lists of alternatives, in turn; alternatives may hold braces of their own."""
    pieces: list[str | list[str]] = [""]
    alternatives: list[str] = []
    depth = 0
    for letter in line:
        depth -= letter == "}"
        if depth < 0:
            raise KnownError(f"“{line}” closes a brace that was never opened.")
        if letter == "{" and depth == 0:
            alternatives = [""]
        elif letter == "}" and depth == 0:
            pieces += [alternatives, ""]
        elif letter == "|" and depth == 1:
            alternatives.append("")
        elif depth:
            alternatives[-1] += letter
        else:
            pieces[-1] = f"{pieces[-1]}{letter}"
        depth += letter == "{"
        if depth > MAX_DEPTH:
            raise KnownError(f"Braces nest at most {MAX_DEPTH} deep: “{line[:40]}…” goes deeper.")
    if depth:
        raise KnownError(f"“{line}” opens a brace that is never closed.")
    return pieces


def _article(before: str, noun: str) -> str:
    words = re.findall(r"[\w'-]+|[^\w\s]", before)
    if words and (re.match(r"\w", words[-1]) and words[-1].lower() not in TAKES_ARTICLE):
        return ""
    return "an " if noun[0].lower() in "aeiou" else "a "


def _known(nouns: dict[str, str]) -> str:
    if not nouns:
        return "The library has no named people or objects yet: name one first."
    return "Known: " + ", ".join(f"@{h}" for h in sorted(nouns)[:12]) + "."


def without(text: str, left_out: Collection[str], most: int) -> str:
    """The prompts, one a line, without these handles where a line names more than `most` subjects."""
    return "\n".join(_without(line, left_out, most) for line in text.split("\n"))


def _without(line: str, left_out: Collection[str], most: int) -> str:
    if not left_out or len(handles(line)) <= most:
        return line
    names = "|".join(map(re.escape, left_out))
    one = rf"(?<![\w@])@(?:{names})(?!(?:[\w-]|[{MARKS}])*[\w{MARKS}])"
    for pattern in (JOINED + one, one + JOINED, rf"\s?{one}"):
        line = re.sub(pattern, "", line, flags=re.IGNORECASE)
    return line.strip()
