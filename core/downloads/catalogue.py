"""What can be downloaded: sets of files from public repositories, each at one revision that never changes."""

from functools import cache
from pathlib import PurePosixPath
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from core.errors import KnownError
from core.paths import RESOURCES

CATALOGUE = RESOURCES / "models" / "catalogue.json"
KINDS = (".safetensors", ".json", ".txt")
"""Files that hold numbers and words alone: nothing that could be a program is ever fetched."""


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """One file. `revision`: a commit, or "" where none is pinned. `bytes` and `sha256` as the repository
    stated them when the set was made; 0 and "" where they were not known: then what the repository states at
    the time of the download counts. `to`: its place in the model's folder where that is another."""

    repository: Annotated[str, Meta(pattern=r"^[\w.-]+/[\w.-]+$")]
    revision: Annotated[str, Meta(pattern=r"^([0-9a-f]{40})?$")]
    path: str
    bytes: Annotated[int, Meta(ge=0)]
    sha256: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?$")] = ""
    to: str = ""

    def __post_init__(self) -> None:
        for name in (self.path, self.place):
            inside = PurePosixPath(name)
            if inside.is_absolute() or ".." in inside.parts or inside.suffix not in KINDS or "\\" in name:
                raise ValueError(f"{name} is no file of a model")

    @property
    def place(self) -> str:
        return self.to or self.path

    @property
    def source(self) -> str:
        """Where it comes from, as people can look it up."""
        return f"{self.repository}@{self.revision or 'main'}: {self.path}"


class Set(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole model folder. `memory_gb`: of the graphics card it is meant for; `size`: its pictures' side."""

    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    title: str
    memory_gb: int
    size: int
    licence: str
    files: tuple[Part, ...]

    @property
    def bytes(self) -> int:
        return sum(part.bytes for part in self.files)

    @property
    def pinned(self) -> bool:
        """Whether every file is fetched at one revision."""
        return all(part.revision for part in self.files)


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    sets: tuple[Set, ...]


@cache
def sets() -> tuple[Set, ...]:
    """Everything that can be downloaded, for the smallest graphics cards first."""
    return msgspec.json.decode(CATALOGUE.read_bytes(), type=Catalogue).sets


def find(name: str) -> Set:
    """Raises KnownError with what there is."""
    for each in sets():
        if each.name == name:
            return each
    raise KnownError(f"The catalogue has no {name}. It has {', '.join(each.name for each in sets())}.")
