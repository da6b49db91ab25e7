"""A list of changes that can be taken back and done again, kept in the library's settings: a short list of
what they are, read often, and beside it what each needs, read once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import msgspec
from msgspec import Struct, structs
from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.errors import UNREADABLE
from core.library import facts
from core.library.tables import Setting

MOST_STEPS = 50
MOST_BYTES = 16_000_000
"""Of all that can be taken back; a change larger than that cannot be, and nothing before it."""
T = TypeVar("T")
Way = Literal["back", "forth"]


class Title(Struct, frozen=True, array_like=True):
    """What a step did (`what`), to whom (`name`), and to how many."""

    what: str
    name: str
    count: int


class _Entry(Struct, frozen=True, array_like=True):
    number: int
    title: Title
    size: int


class _List(Struct, frozen=True):
    """The last of each is the next."""

    back: tuple[_Entry, ...] = ()
    forth: tuple[_Entry, ...] = ()
    next: int = 1


@dataclass(frozen=True)
class Steps(Generic[T]):
    """`name`: of the list among the settings; `kind`: what a step needs."""

    name: str
    kind: type[T]

    def keep(self, session: Session, title: Title, contents: T) -> None:
        """Makes a change the next one to take back; what was taken back before it cannot be done again."""
        listed = self._listed(session)
        self._drop(session, listed.forth)
        self._save(session, self._pushed(session, structs.replace(listed, forth=()), "back", title, contents))

    def take(self, session: Session, way: Way) -> tuple[Title, T] | None:
        """The next step on one side, which goes to the other; None where there is none."""
        listed = self._listed(session)
        entries: tuple[_Entry, ...] = getattr(listed, way)
        contents = self._contents(session, entries[-1]) if entries else None
        if contents is None:
            return None
        other: Way = "forth" if way == "back" else "back"
        title = entries[-1].title
        self._drop(session, entries[-1:])
        listed = structs.replace(listed, **{way: entries[:-1]})
        self._save(session, self._pushed(session, listed, other, title, contents))
        return title, contents

    def titles(self, session: Session) -> tuple[Title | None, Title | None]:
        """What would be taken back, and done again."""
        listed = self._listed(session)
        return (
            listed.back[-1].title if listed.back else None,
            listed.forth[-1].title if listed.forth else None,
        )

    def forget(self, session: Session) -> None:
        """Nothing can be taken back any more."""
        mine = Setting.key.startswith(f"{self.name} step ", autoescape=True)
        session.execute(delete(Setting).where(mine | (Setting.key == f"{self.name} steps")))

    def _pushed(self, session: Session, listed: _List, onto: Way, title: Title, contents: T) -> _List:
        """With one step more, and without those for which there is no room."""
        text = msgspec.json.encode(contents).decode()
        kept = [*getattr(listed, onto), _Entry(listed.next, title, len(text))]
        room = MOST_BYTES - sum(each.size for each in kept)
        while kept and (room < 0 or len(kept) > MOST_STEPS):
            room += kept[0].size
            self._drop(session, kept[:1])
            del kept[0]
        if kept:
            facts.keep(session, self._key(listed.next), text)
        return structs.replace(listed, next=listed.next + 1, **{onto: tuple(kept)})

    def _listed(self, session: Session) -> _List:
        text = facts.read(session, f"{self.name} steps")
        try:
            return msgspec.json.decode(text, type=_List) if text else _List()
        except UNREADABLE:  # another version's
            self.forget(session)
            return _List()

    def _save(self, session: Session, listed: _List) -> None:
        facts.keep(session, f"{self.name} steps", msgspec.json.encode(listed).decode())

    def _contents(self, session: Session, entry: _Entry) -> T | None:
        text = facts.read(session, self._key(entry.number))
        try:
            return msgspec.json.decode(text, type=self.kind) if text else None
        except UNREADABLE:  # another version's
            self.forget(session)
            return None

    def _drop(self, session: Session, entries: Sequence[_Entry]) -> None:
        facts.drop(session, *(self._key(entry.number) for entry in entries))

    def _key(self, number: int) -> str:
        return f"{self.name} step {number}"
