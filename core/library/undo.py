"""The last changes of the queue, kept in the library so that the window takes back what the command line did,
and the other way round; and what was taken back, so that it can be done again.

A cleared line is kept with its prompt. So nothing here outlives anybody in it: when a person is deleted, all
is forgotten.
"""

from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec import Struct, structs
from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.errors import UNREADABLE
from core.library import facts
from core.library.before import Before
from core.library.put_back import put_back
from core.library.tables import Setting

MOST_STEPS = 20
MOST_BYTES = 16_000_000
"""Of all that can be taken back; a change larger than that (a hundred thousand lines cleared) cannot be."""
INDEX, STEP = "changes", "change "

What = Literal["cancel", "move", "edit", "retry", "clear", "add"]


class _Words(Struct, frozen=True):
    """`doing`: what is offered to be taken back; then what is said afterwards, of one picture and of more."""

    doing: str
    undone: tuple[str, str]
    redone: tuple[str, str]


WORDS: dict[What, _Words] = {
    "cancel": _Words(
        "cancelling", ("waits again", "wait again"), ("is cancelled again", "are cancelled again")
    ),
    "move": _Words(
        "moving", ("is where it was", "are where they were"), ("is moved again", "are moved again")
    ),
    "edit": _Words(
        "editing",
        ("has its earlier settings again", "have their earlier settings again"),
        ("has its later settings again", "have their later settings again"),
    ),
    "retry": _Words(
        "retrying", ("does not wait any more", "do not wait any more"), ("waits again", "wait again")
    ),
    "clear": _Words(
        "clearing",
        ("is on the list again", "are on the list again"),
        ("is cleared again", "are cleared again"),
    ),
    "add": _Words(
        "adding",
        ("is taken out of the queue", "are taken out of the queue"),
        ("is queued again", "are queued again"),
    ),
}


@dataclass(frozen=True)
class Change:
    """What was done, and to how many pictures: “cancelling 3 pictures”."""

    what: What
    count: int

    def __str__(self) -> str:
        return f"{WORDS[self.what].doing} {_many(self.count)}"


@dataclass(frozen=True)
class Taken:
    """A change that was taken back, or done `again`: of how many pictures. `refused`: why others stay as they
    are, one reason each."""

    what: What
    again: bool
    count: int
    refused: tuple[str, ...] = ()

    def __str__(self) -> str:
        one, more = WORDS[self.what].redone if self.again else WORDS[self.what].undone
        told = [f"{_many(self.count)} {one if self.count == 1 else more}."] if self.count else []
        if self.refused:
            reasons = " ".join(dict.fromkeys(self.refused))
            told.append(f"{_many(len(self.refused))} could not be taken along: {reasons}")
        return " ".join(told) or "Nothing was left of that change."


class Entry(Struct, frozen=True, array_like=True):
    """One step. Its contents lie beside the list of steps: that is read often, they are large."""

    number: int
    what: What
    count: int
    size: int


class _Steps(Struct, frozen=True):
    """The last of each is the next."""

    back: tuple[Entry, ...] = ()
    forth: tuple[Entry, ...] = ()
    next: int = 1


def keep(session: Session, what: What, was: Before, count: int) -> None:
    """Makes a change the next one to take back; what was taken back before it cannot be done again."""
    steps = _steps(session)
    _drop(session, steps.forth)
    _save(session, _pushed(session, structs.replace(steps, forth=()), "back", what, was, count))


def undo(session: Session) -> Taken | None:
    """Takes the last change back; what was done, or None when there is nothing to take back. A picture that
    was made meanwhile stays."""
    return _step(session, "back", "forth")


def redo(session: Session) -> Taken | None:
    """Does again what was taken back last; like `undo`."""
    return _step(session, "forth", "back")


def titles(session: Session) -> tuple[Change | None, Change | None]:
    """What `undo` and `redo` would take; None where there is nothing."""
    steps = _steps(session)
    return _title(steps.back), _title(steps.forth)


def forget(session: Session) -> None:
    """Nothing can be taken back any more."""
    session.execute(delete(Setting).where(Setting.key.startswith(STEP, autoescape=True)))
    facts.drop(session, INDEX)


def _step(session: Session, source: str, target: str) -> Taken | None:
    steps = _steps(session)
    entries: tuple[Entry, ...] = getattr(steps, source)
    if not entries:
        return None
    was = _contents(session, entries[-1])
    if was is None:  # another version's
        forget(session)
        return None
    _drop(session, entries[-1:])
    steps = structs.replace(steps, **{source: entries[:-1]})
    done, what = put_back(session, was), entries[-1].what
    if done.count:
        steps = _pushed(session, steps, target, what, done.inverse, done.count)
    _save(session, steps)
    return Taken(what, source == "forth", done.count, done.refused)


# In words


def _title(entries: tuple[Entry, ...]) -> Change | None:
    return Change(entries[-1].what, entries[-1].count) if entries else None


def _many(count: int) -> str:
    return "1 picture" if count == 1 else f"{count:,} pictures"


# Keeping


def _pushed(session: Session, steps: _Steps, onto: str, what: What, was: Before, count: int) -> _Steps:
    """With one step more, and without those for which there is no room."""
    contents = msgspec.json.encode(was).decode()
    entry = Entry(steps.next, what, count, len(contents))
    kept = [*getattr(steps, onto), entry]
    room = MOST_BYTES - sum(each.size for each in kept)
    while kept and (room < 0 or len(kept) > MOST_STEPS):
        room += kept[0].size
        _drop(session, kept[:1])
        del kept[0]
    if kept:
        facts.keep(session, f"{STEP}{entry.number}", contents)
    return structs.replace(steps, next=steps.next + 1, **{onto: tuple(kept)})


def _steps(session: Session) -> _Steps:
    text = facts.read(session, INDEX)
    try:
        return msgspec.json.decode(text, type=_Steps) if text else _Steps()
    except UNREADABLE:  # another version's
        forget(session)
        return _Steps()


def _save(session: Session, steps: _Steps) -> None:
    facts.keep(session, INDEX, msgspec.json.encode(steps).decode())


def _contents(session: Session, entry: Entry) -> Before | None:
    text = facts.read(session, f"{STEP}{entry.number}")
    try:
        return msgspec.json.decode(text, type=Before) if text else None
    except UNREADABLE:
        return None


def _drop(session: Session, entries: "tuple[Entry, ...] | list[Entry]") -> None:
    facts.drop(session, *(f"{STEP}{entry.number}" for entry in entries))
