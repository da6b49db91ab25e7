"""Which picture goes into which file: every name is settled before anything is written."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import KnownError
from core.export import ExportPreset, names
from core.export.formats import FORMATS
from core.export.names import Facts
from core.library.gallery import PictureRow

SIDECAR = ".xmp"
ROOM_FOR_NUMBER = len("-99999")


@dataclass(frozen=True)
class Planned:
    """One file to write: `size` in pixels; `replaces`: a file lies there that the user gives up."""

    source: PictureRow
    target: Path
    size: tuple[int, int]
    replaces: bool = False

    @property
    def sidecar(self) -> Path:
        return self.target.with_name(self.target.name + SIDECAR)


@dataclass(frozen=True)
class Plan:
    """`taken`: names that were there already, whatever becomes of them. `skipped`: of these, those that stay
    as they are."""

    files: tuple[Planned, ...]
    taken: tuple[Path, ...] = ()
    skipped: tuple[Path, ...] = ()

    @property
    def pixels(self) -> int:
        return sum(each.size[0] * each.size[1] for each in self.files)


def plan(
    pictures: Sequence[PictureRow],
    preset: ExportPreset,
    folder: Path,
    kept: Collection[Path] = (),
    listed: "Callable[[Path], Iterable[str]] | None" = None,
) -> Plan:
    """One file of each picture, numbered in the order given. No two get one name, also where large and small
    letters are one. `kept`: files that are never written over; `listed`: the names in a folder. With
    "ask", a name that is taken gets a number: ask where there are any, and plan again. Raises KnownError for
    a template or a size that cannot be."""
    names.check(preset.names)
    made = _Planner(preset, folder, frozenset(map(_key, kept)), listed or _names_in)
    for number, row in enumerate(pictures, 1):
        made.add(row, number)
    return Plan(tuple(made.files), tuple(made.taken), tuple(made.skipped))


@dataclass
class _Planner:
    preset: ExportPreset
    folder: Path
    kept: frozenset[str]
    listed: Callable[[Path], Iterable[str]]
    files: list[Planned] = field(default_factory=list)
    taken: list[Path] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    there: dict[str, set[str]] = field(default_factory=dict)
    next: dict[str, int] = field(default_factory=dict)

    def add(self, row: PictureRow, number: int) -> None:
        size = self.preset.size.of(row.width, row.height, self.preset.enlarge)
        target = self._wished(row, number)
        known = self._is_there(target)
        if known:
            self.taken.append(target)
        mine = _key(target) in self.given or _key(target) in self.kept
        # A sidecar without its picture is what an export left that was killed: skipping goes on with it.
        alone = known and _fold(target.name) not in self._folder(target.parent)
        if known and not mine and self.preset.conflict == "skip" and not alone:
            self.skipped.append(target)
            return
        replaces = known and not mine and self.preset.conflict in ("overwrite", "skip")
        if not replaces and (known or mine):
            target = self._numbered(target)
        self._give(Planned(row, target, size, replaces))

    def _wished(self, row: PictureRow, number: int) -> Path:
        suffix = FORMATS[self.preset.format].suffix
        room = len(suffix) + len(SIDECAR) + ROOM_FOR_NUMBER
        *folders, name = names.fill(self.preset.names, Facts.of(row), number, room)
        return self.folder.joinpath(*folders, name + suffix)

    def _numbered(self, target: Path) -> Path:
        """The first of name-2, name-3 … that is free."""
        key, number = _key(target), self.next.get(_key(target), 2)
        while True:
            free = target.with_name(f"{target.stem}-{number}{target.suffix}")
            number += 1
            if not self._is_there(free) and _key(free) not in self.given:
                self.next[key] = number
                return free

    def _give(self, planned: Planned) -> None:
        self.files.append(planned)
        self.given.add(_key(planned.target))

    def _is_there(self, target: Path) -> bool:
        """Whether the file, or its sidecar where one is wanted, lies there."""
        there = self._folder(target.parent)
        sidecar = self.preset.sidecar and _fold(target.name + SIDECAR) in there
        return _fold(target.name) in there or sidecar

    def _folder(self, folder: Path) -> set[str]:
        key = _key(folder)
        if key not in self.there:
            self.there[key] = set(map(_fold, self.listed(folder)))
        return self.there[key]


def _names_in(folder: Path) -> Iterable[str]:
    """Nothing where the folder is not there yet."""
    try:
        return [each.name for each in folder.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise KnownError(f"The folder {folder} cannot be read: {error.strerror or error}.") from error


def _key(path: Path) -> str:
    """Equal for paths that are one on a filesystem where letters' case and form do not count."""
    return _fold(str(path))


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
