"""Files of a home that hold or name people: which of them nobody needs any more, and taking them away."""

import contextlib
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from core import relevance_map
from core.disk import TEMPORARY, files_below
from core.errors import KnownError
from core.library.depicted import Depiction
from core.paths import Home

BEING_MADE_SECONDS = 60.0
"""A crop this young may be one whose row comes in a moment."""
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Removed:
    """How many files went, and the names of those that did not."""

    count: int
    left: tuple[str, ...]


def of(home: Home, theirs: Depiction, needed: set[str]) -> list[Path]:
    """What goes with a subject: their crops and masks, all that is derived from them, their weight maps,
    every report (each may name and show them), and whatever nobody needs or was half written anyway."""
    needed = needed - theirs.masks
    return list(
        dict.fromkeys(
            [
                *(file for file in _by_hash(home) if _goes(file, theirs, needed)),
                *(file for file in _files(home.thumbnails) if _names(file, theirs.files | theirs.photos)),
                *_maps(home, theirs),
                *_files(home.reports),
                *half_written(home),
            ]
        )
    )


def pictures(home: Home, theirs: Depiction) -> list[Path]:
    """Finished pictures of a subject with what lies beside them, also those that the library does not know
    (made again, copied). A picture comes after what belongs to it."""
    known = [Path(path) for _, path in theirs.pictures]
    strangers = _elsewhere(home, "*.png")
    found = [*known, *(file for file in strangers if _says(file, theirs.uid))]
    beside = chain.from_iterable(map(_beside, known))
    there = dict.fromkeys([*beside, *found])
    return [file for file in there if file.exists()]


def orphans(home: Home, needed: set[str]) -> list[Path]:
    """Crops, masks and what was derived from them that no reference, job or finished picture needs, and what
    somebody who was killed left half written. Not what may be written right now."""
    unneeded = [file for file in _by_hash(home) if not _names(file, needed)]
    return [file for file in (*unneeded, *half_written(home)) if _is_old(file)]


def half_written(home: Home) -> list[Path]:
    """What a killed program left under a temporary name. Who writes at this moment does it once more."""
    inside = [file for file in _files(home.root) if home.backups not in file.parents]
    found = dict.fromkeys((*inside, *_elsewhere(home, ".*.part")))
    return [file for file in found if TEMPORARY.fullmatch(file.name)]


def remove(files: Iterable[Path]) -> Removed:
    count, left = 0, []
    for file in files:
        try:
            file.unlink(missing_ok=True)
            count += 1
        except OSError:
            left.append(str(file))
    return Removed(count, tuple(left))


def maps(theirs: Depiction) -> list[Path]:
    """What shows where they are in their pictures, beside each."""
    return [file for _, path in theirs.pictures for file in _beside(Path(path)) if file.exists()]


def derived(home: Home, hashes: Iterable[str]) -> list[Path]:
    """Crops and masks of these hashes, with encodings and notes."""
    named = set(hashes)
    return [file for file in _by_hash(home) if _names(file, named)]


def _goes(file: Path, theirs: Depiction, needed: set[str]) -> bool:
    return not _names(file, needed) and (_names(file, theirs.files) or _is_old(file))


def _maps(home: Home, theirs: Depiction) -> list[Path]:
    """Weight maps name everybody in the picture: the whole file goes, also one that lost its picture."""
    lost = _elsewhere(home, f"*{relevance_map.SUFFIX}")
    return [*maps(theirs), *(file for file in lost if _says(file, theirs.uid))]


def _beside(picture: Path) -> Iterator[Path]:
    yield relevance_map.path_of(picture)
    yield picture.with_name(f"{picture.stem}{relevance_map.EXPLAINED}.png")


def _by_hash(home: Home) -> Iterator[Path]:
    """Files whose name begins with the hash of a crop or mask."""
    for folder in (home.references, home.encodings):
        yield from (file for file in _files(folder) if _HASH.match(file.name))


def _names(file: Path, hashes: Iterable[str]) -> bool:
    return any(found in hashes for found in _HASH.findall(file.name)[:1])


def _says(file: Path, uid: str) -> bool:
    """Whether a file of ours carries the subject's uid, 32 random digits that stand in its metadata as they
    are."""
    with contextlib.suppress(OSError):
        return bool(uid) and uid.encode() in file.read_bytes()
    return False


def _places(home: Home) -> list[Path]:
    """Where pictures go: the home's own folder and the one that was chosen."""
    from core.library.rebuild import places

    try:
        return places(home)
    except KnownError:  # settings that cannot be read must keep nobody from being deleted
        return [home.pictures]


def _files(folder: Path, pattern: str = "*", ours: bool = True) -> list[Path]:
    """Raises KnownError for a folder that does not let itself be read: what lies in it would be taken for
    gone. Of a folder that is not all `ours` (a whole drive, perhaps) that counts for itself alone."""

    def failed(error: OSError) -> None:
        if ours or error.filename == str(folder):
            raise KnownError(f"The folder {error.filename} cannot be read: {error.strerror}.") from error

    return files_below(folder, pattern, failed)


def _elsewhere(home: Home, pattern: str) -> list[Path]:
    """Where pictures go, which may be a folder of the user's."""
    found = (_files(folder, pattern, home.root in folder.parents) for folder in _places(home))
    return list(chain.from_iterable(found))


def _is_old(file: Path) -> bool:
    with contextlib.suppress(OSError):
        return abs(time.time() - file.stat().st_mtime) > BEING_MADE_SECONDS
    return False
