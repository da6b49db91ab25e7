"""The names of exported files, from a template with fields such as {date} and {person}.

What comes out is a name on every filesystem: no separators, no names Windows keeps for itself, no controls,
short enough for encrypted folders (143 bytes). Letters of all languages stay.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import KnownError
from core.library.gallery import PictureRow
from core.metadata.people import named_people
from core.spec import RenderSpec

FIELDS: Mapping[str, str] = {
    "date": "the day it was made: 2026-11-21",
    "time": "the time it was made: 214503",
    "year": "the year it was made",
    "month": "the month it was made, 01 to 12",
    "day": "the day of the month, 01 to 31",
    "number": "1, 2, 3 … in this export; {number:3} gives 001",
    "original": "the picture's own name",
    "prompt": "the words it was made from; {prompt:20} takes 20 letters",
    "person": "who is in it",
    "method": "how it was made",
    "model": "the model's name",
    "seed": "the seed",
    "rating": "its stars, 0 to 5",
    "label": "its colour label",
}
TELLING = ("original", "prompt", "person", "method", "model", "seed", "rating", "label")
"""Fields that say what a share copy leaves out. A picture's own name holds its seed."""

MOST_BYTES = 143
"""Of a whole name: what eCryptfs leaves of the usual 255."""
LONGEST_TEXT = 60
FIELD = re.compile(r"\{([a-z]+)(?::(\d{1,3}))?\}")
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=[ .]|$)", re.I)
NO_NAME = "picture"


@dataclass(frozen=True)
class Facts:
    """What a picture's fields are filled with. `made` is local time."""

    made: datetime
    original: str
    prompt: str
    people: tuple[str, ...]
    method: str
    model: str
    seed: int
    rating: int
    label: str

    @classmethod
    def of(cls, row: PictureRow) -> "Facts":
        """Raises KnownError for settings of another version."""
        spec = RenderSpec.from_json(row.spec)
        return cls(
            local(row.created_at), Path(row.path).stem, spec.prompt, named_people(spec), spec.method,
            spec.model, row.seed, row.rating, row.label,
        )  # fmt: skip


def local(moment: datetime) -> datetime:
    """The library keeps UTC without saying so."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone()


def check(template: str) -> None:
    """Raises KnownError for a field that is unknown, or a brace that belongs to none."""
    for field, _ in FIELD.findall(template):
        if field not in FIELDS:
            known = ", ".join(f"{{{each}}}" for each in FIELDS)
            raise KnownError(f"There is no field {{{field}}} for names. There are {known}.")
    if set(FIELD.sub("", template)) & set("{}"):
        raise KnownError(f"“{template}” has a brace too many: fields look like {{date}} or {{number:3}}.")
    if not re.sub(r"[\s./\\]", "", template):
        raise KnownError("A name needs at least one letter or field, for example {date}-{number:3}.")


def telling(template: str) -> tuple[str, ...]:
    """The fields of a template that say what a share copy is to leave out."""
    used = {field for field, _ in FIELD.findall(template)}
    return tuple(field for field in TELLING if field in used)


def fill(template: str, facts: Facts, number: int, room: int = 0) -> tuple[str, ...]:
    """The folders and, at the end, the file's name without its suffix. `room`: bytes to leave for suffixes.
    A slash of the template parts folders; one inside a value never does."""
    parts = [part for part in re.split(r"[/\\]", template) if part.strip(" .")]
    filled = [FIELD.sub(lambda found: _value(found, facts, number), part) for part in parts]
    *folders, name = filled or [NO_NAME]
    return (*(clean(folder) for folder in folders), clean(name, room))


def clean(text: str, room: int = 0) -> str:
    """A name that every filesystem takes, at most 143 − `room` bytes long; never empty."""
    text = unicodedata.normalize("NFC", "".join(filter(_writable, text)))
    text = re.sub(r'[<>:"/\\|?*]+', "-", text)
    text = re.sub(r"^[ .-]+|[ .]+$", "", re.sub(r"\s+", " ", text))
    if RESERVED.match(text):
        text = f"_{text}"
    cut = text.encode()[: MOST_BYTES - room].decode(errors="ignore").rstrip(" .")
    return cut or NO_NAME


def _value(found: "re.Match[str]", facts: Facts, number: int) -> str:
    field, length = found[1], int(found[2]) if found[2] else None
    text = _text(field, facts)
    if field == "number":
        return f"{number:0{min(length or 1, 9)}d}"
    return _shortened(clean(text), LONGEST_TEXT if length is None else max(1, length)) if text else ""


def _text(field: str, facts: Facts) -> str:
    dates = {"date": "%Y-%m-%d", "time": "%H%M%S", "year": "%Y", "month": "%m", "day": "%d"}
    if field in dates:
        return facts.made.strftime(dates[field])
    return ", ".join(facts.people) if field == "person" else str(getattr(facts, field, ""))


def _shortened(text: str, length: int) -> str:
    """At the end of a word where one ends in the second half."""
    if len(text) <= length:
        return text
    cut = text[:length]
    at = length if text[length] == " " else cut.rfind(" ")
    return (cut[:at] if at > length // 2 else cut).rstrip(" .,-")


def _writable(letter: str) -> bool:
    """No controls, no halves of letters, no marks that turn the writing round, no letters that are none."""
    if letter.isspace():
        return True
    category, code = unicodedata.category(letter), ord(letter)
    turns = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069 or code in (0x200B, 0x200E, 0x200F, 0xFEFF)
    none = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return category not in ("Cc", "Cs") and not turns and not none
