"""Names as the user writes them, and the @handles made of them."""

import re
import unicodedata
from collections.abc import Container

from core.errors import KnownError
from core.prompt import MARKS

LONGEST = 80
UNWANTED = re.compile(r"[^\w" + MARKS + "]+")


def clean_name(name: str) -> str:
    """Without line breaks, control characters and doubled blanks. Raises KnownError for an empty or endless
    name."""
    name = " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in name).split())
    if not name:
        raise KnownError("A name needs at least one letter.")
    if len(name) > LONGEST:
        raise KnownError(f"A name has at most {LONGEST} letters; this one has {len(name)}.")
    return name


def clean_noun(noun: str) -> str:
    """The word that stands for a subject in a prompt ("woman", "guitar"). Raises KnownError for what a
    prompt would read as something else."""
    noun = clean_name(noun).strip()
    if re.search(r"[@{}|]", noun) or not any(map(str.isalpha, noun)):
        raise KnownError(f"“{noun}” cannot stand in a prompt: use a plain word such as woman, dog or guitar.")
    return noun


def handle_for(name: str, taken: Container[str], otherwise: str = "person") -> str:
    """The handle of a name: its letters and digits of any script in lower case, words joined by hyphens, a
    number behind it when another subject has it already ("ada", "ada2")."""
    plain = UNWANTED.sub("-", unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).lower()))
    handle = plain.strip("-_") or otherwise
    number = 1
    while (candidate := handle if number == 1 else f"{handle}{number}") in taken:
        number += 1
    return candidate
