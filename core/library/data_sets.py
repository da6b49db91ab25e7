"""Data sets to train with that were made from this library (`core.training.data.folder` says what is in one),
and which models learned from whom: what of it shows or names somebody, and taking that away.

Who was merged into somebody else goes with the next deletion: nobody may train on a data set with people
whom the library does not know. A line is also somebody's when its photo shows them today, whoever was thought
to be on it when the data set was made.
"""

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from core.disk import files_below, write_whole
from core.errors import UNREADABLE, KnownError
from core.paths import Home

HEADER, LINES = "dataset.json", "data.jsonl"
LEFT_OUT = "left-out.jsonl"
"""Lines that a selection put aside."""
FOLDERS = ("images", "crops", "masks")
_UID = re.compile(rb"[0-9a-f]{64}|[0-9a-f]{32}")
_FILE = re.compile(rb"[0-9a-f]{64}\.[a-z]+")
"""Named by its own bytes: what the program itself put there."""


class Trained(Struct, frozen=True):
    """A model that learned from people of this library. `people`: their uids."""

    model: str
    when: datetime
    people: tuple[str, ...]


class Elsewhere(Struct, frozen=True):
    """A data set outside of the home."""

    folder: str
    people: tuple[str, ...]


class Notes(Struct, frozen=True):
    trained: tuple[Trained, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True)
class Shown:
    """What there is of somebody: `files` (pictures, crops, masks, lists with lines of theirs, and what a run
    that learned from them keeps to look at), `models` that learned from them, `away`: data sets that cannot
    be reached now."""

    files: tuple[Path, ...]
    models: tuple[str, ...]
    away: tuple[str, ...] = ()


@dataclass(frozen=True)
class Removed:
    """How many lines and files went; `left`: what did not."""

    lines: int
    count: int
    left: tuple[str, ...]
    models: tuple[str, ...] = ()


def note_trained(home: Home, model: Path, people: Iterable[str]) -> None:
    """Keeps that a model learned from these people, so that somebody who is deleted later can be told. To be
    called while no deletion runs (`backup.held`). Raises KnownError."""
    notes, name, who = read_notes(home), str(model.absolute()), tuple(sorted(set(people)))
    known = {uid for each in notes.trained if each.model == name for uid in each.people}
    others = tuple(each for each in notes.trained if each.model != name)
    if who:
        line = Trained(name, datetime.now(UTC), tuple(sorted(known | {*who})))
        _write(home, structs.replace(notes, trained=(*others, line)))


def note_elsewhere(home: Home, folder: Path, people: Iterable[str]) -> None:
    """Keeps where a data set outside of the home lies. Raises KnownError."""
    if home.training in folder.absolute().parents:
        return
    notes, name = read_notes(home), str(folder.absolute())
    others = tuple(each for each in notes.elsewhere if each.folder != name)
    line = Elsewhere(name, tuple(sorted(set(people))))
    _write(home, structs.replace(notes, elsewhere=(*others, line)))


def shown(home: Home, uid: str, photos: frozenset[str] = frozenset()) -> Shown:
    """`photos`: hashes of the photos they are on. Raises KnownError for a folder that cannot be read."""
    doomed = frozenset({uid}) | photos
    files = [file for folder in _folders(home) for file in _files_of(folder, doomed)]
    notes = read_notes(home)
    models = _models(notes, uid)
    return Shown((*files, *_looks(models)), models, _away(notes, {uid}))


def forget(home: Home, uid: str, photos: frozenset[str], known: set[str]) -> Removed:
    """Takes somebody out of every data set: their lines, and every picture, crop and mask that no line needs
    any more. `known`: the uids of everybody in the library. Raises KnownError for a folder that cannot be
    read, OSError for one that cannot be written."""
    notes, lines, count, left = read_notes(home), 0, 0, list[str]()
    gone = {uid} | _named(home) - known
    for folder in _folders(home):
        went = take_out(folder, gone, photos)
        lines, count, left = lines + went.lines, count + went.count, [*left, *went.left]
    left += _away(notes, gone)
    models = _models(notes, uid)
    looks, kept = _unlinked(_looks(models))
    count, left = count + looks, [*left, *kept]
    if gone & _people(notes):
        _write(home, _cleared(notes, gone))
    return Removed(lines, count, tuple(left), models)


def take_out(folder: Path, gone: set[str], photos: Iterable[str] = ()) -> Removed:
    """These people, and what was made from these photos, from one data set. To be called while nobody else
    changes it (`backup.held`)."""
    doomed = frozenset(gone | {*photos})
    count, left = _unlinked(_unneeded(folder, doomed))
    lines = sum(_without(file, doomed) for file in _lists(folder))
    _unname(folder / HEADER, gone)
    return Removed(lines, count, tuple(left))


def _unlinked(files: Iterable[Path]) -> tuple[int, list[str]]:
    """How many went, and what stayed."""
    count, left = 0, list[str]()
    for file in files:
        try:
            file.unlink(missing_ok=True)
            count += 1
        except OSError:
            left.append(str(file))
    return count, left


def read_notes(home: Home) -> Notes:
    """Raises KnownError for a file that somebody else wrote: what it says of whom is not known."""
    file = _notes(home)
    try:
        return msgspec.json.decode(file.read_bytes(), type=Notes) if file.exists() else Notes()
    except (OSError, *UNREADABLE) as error:
        raise KnownError(f"{file} cannot be read: {error}. Delete it if nothing was trained here.") from error


# Data sets


def _folders(home: Home) -> list[Path]:
    places = [home.training, *(Path(each.folder) for each in read_notes(home).elsewhere)]
    headers = [file for place in places for file in _found(place, HEADER)]
    return list(dict.fromkeys(file.parent for file in headers))


def _found(folder: Path, pattern: str) -> list[Path]:
    def failed(error: OSError) -> None:
        raise KnownError(f"The folder {error.filename} cannot be read: {error.strerror}.") from error

    return files_below(folder, pattern, failed)


def _lists(folder: Path) -> list[Path]:
    return [file for file in (folder / LINES, folder / LEFT_OUT) if file.exists()]


def _files_of(folder: Path, doomed: frozenset[str]) -> Iterator[Path]:
    for file in _lists(folder):
        theirs = [line for line in _lines(file) if _is_of(line, doomed)]
        yield from [file] if theirs else []
    yield from _unneeded(folder, doomed)


def _unneeded(folder: Path, doomed: frozenset[str]) -> list[Path]:
    """Pictures, crops and masks that no other line names; of a builder that was killed too."""
    kept = [line for file in _lists(folder) for line in _lines(file) if not _is_of(line, doomed)]
    needed = {name.decode() for line in kept for name in _FILE.findall(line)}
    inside = [file for name in FOLDERS for file in _found(folder / name, "*")]
    ours = (file for file in inside if _FILE.fullmatch(file.name.encode()))
    return [file for file in ours if file.name not in needed]


def _is_of(line: bytes, doomed: frozenset[str]) -> bool:
    return any(found.decode() in doomed for found in _UID.findall(line))


def _lines(file: Path) -> list[bytes]:
    try:
        return file.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise KnownError(f"{file} cannot be read: {error.strerror}.") from error


def _without(file: Path, doomed: frozenset[str]) -> int:
    """How many lines went."""
    lines = _lines(file)
    kept = [line for line in lines if not _is_of(line, doomed)]
    if len(kept) < len(lines):
        write_whole(file, b"".join(kept))
    return len(lines) - len(kept)


def _named(home: Home) -> set[str]:
    """Everybody whom a data set says it holds."""
    return {uid for folder in _folders(home) for uid in _header_people(folder / HEADER)}


def _header_people(file: Path) -> list[str]:
    with contextlib.suppress(OSError, ValueError, AttributeError, RecursionError):
        return [str(uid) for uid in json.loads(file.read_bytes()).get("people", {})]
    return []


def _unname(file: Path, gone: set[str]) -> None:
    data = file.read_bytes()
    if not any(uid.encode() in data for uid in gone):
        return
    try:
        told = json.loads(data)
        told["people"] = {uid: when for uid, when in told["people"].items() if uid not in gone}
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return file.unlink()  # damaged, and it names them
    write_whole(file, json.dumps(told, indent=2, ensure_ascii=False).encode())


# Notes


def _notes(home: Home) -> Path:
    return home.training / "notes.json"


def _write(home: Home, notes: Notes) -> None:
    try:
        home.training.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(_notes(home), msgspec.json.format(msgspec.json.encode(notes)))
    except OSError as error:
        raise KnownError(f"{_notes(home)} cannot be written: {error.strerror}.") from error


def _models(notes: Notes, uid: str) -> tuple[str, ...]:
    return tuple(each.model for each in notes.trained if uid in each.people)


def _looks(models: Iterable[str]) -> list[Path]:
    """What a run kept to look at while it learned (`core.training.running.looks`): everybody's views are in
    one picture, so all of them go."""
    return [file for model in models for file in _found(Path(model).parent / "stages", "*.png")]


def _away(notes: Notes, gone: set[str]) -> tuple[str, ...]:
    theirs = (each for each in notes.elsewhere if gone & {*each.people})
    return tuple(each.folder for each in theirs if not (Path(each.folder) / HEADER).exists())


def _people(notes: Notes) -> set[str]:
    learned = {uid for each in notes.trained for uid in each.people}
    return learned | {uid for each in notes.elsewhere for uid in each.people}


def _cleared(notes: Notes, gone: set[str]) -> Notes:
    trained = [Trained(each.model, each.when, _but(each.people, gone)) for each in notes.trained]
    elsewhere = [Elsewhere(each.folder, _but(each.people, gone)) for each in notes.elsewhere]
    return Notes(tuple(t for t in trained if t.people), tuple(e for e in elsewhere if e.people))


def _but(people: tuple[str, ...], gone: set[str]) -> tuple[str, ...]:
    return tuple(uid for uid in people if uid not in gone)
