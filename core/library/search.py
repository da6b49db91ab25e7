"""Which finished pictures the gallery shows, and in which order: ids alone, so that a grid of 50,000 begins
at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta
from sqlalchemy import case, func, literal_column, select
from sqlalchemy.orm import Session

from core.library.gallery import depicting
from core.library.one_of import one_of
from core.library.tables import AlbumPicture, Picture

T = TypeVar("T")
Sort = Literal["newest", "oldest", "rating", "score"]
Flag = Literal["", "picked", "rejected", "not rejected"]


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True):
    """All at once must hold; what is left as it is here asks for nothing. `words`: each stands somewhere in
    the prompt, in any case; `prompt`: the whole of it. `people`: uids of subjects, all of them in the
    picture. `among`: ids, of these pictures alone. `rating`, `score`: at least; the score of a picture is
    that of the person least alike in it. `since`, `until`: when it was made, UTC."""

    words: str = ""
    prompt: str = ""
    people: tuple[str, ...] = ()
    method: str = ""
    model: str = ""
    rating: Annotated[int, Meta(ge=0, le=5)] = 0
    flag: Flag = ""
    labels: tuple[str, ...] = ()
    album: int | None = None
    among: tuple[int, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    score: float | None = None
    sort: Sort = "newest"

    @property
    def everything(self) -> bool:
        return msgspec.structs.replace(self, sort="newest") == Wanted()


SCORE: Any = literal_column(
    "(SELECT min(value) FROM "
    "json_each(iif(json_valid(pictures.scores), pictures.scores, '{}'), '$.identity'))"
)
"""NULL where nobody was asked for or no face was found."""


ASKED: Any = literal_column(
    "(SELECT count(*) FROM json_each(iif(json_valid(pictures.spec), pictures.spec, '{}'), '$.subjects')"
    " WHERE json_extract(value, '$.kind') = 'person')"
)
FOUND: Any = literal_column(
    "(SELECT count(*) FROM json_each(iif(json_valid(pictures.scores), pictures.scores, '{}'), '$.identity'))"
)


def best_first() -> tuple[Any, ...]:
    """What “the best” means wherever it is said: most stars, then most alike, then newest. Somebody who was
    asked for and has no face counts as least alike of all."""
    return Picture.rating.desc(), _likeness().desc(), Picture.id.desc()


def ranked(session: Session, ids: Sequence[int]) -> list[int]:
    """These pictures, the best first."""
    mine = select(Picture.id.label("shown")).where(one_of(Picture.id, ids)).order_by(*best_first()).subquery()
    return _at_once(session, select(func.json_group_array(mine.c.shown)), list[int])


def ids(session: Session, wanted: Wanted = Wanted()) -> list[int]:
    """The pictures asked for, in their order."""
    mine = select(Picture.id.label("shown")).where(*_conditions(wanted)).order_by(*_order(wanted.sort))
    found = mine.subquery()
    return _at_once(session, select(func.json_group_array(found.c.shown)), list[int])


def stacks(session: Session, wanted: Wanted = Wanted()) -> list[tuple[int, int]]:
    """One picture for each prompt, the best of it, and how many there are; in the order of the best ones."""
    prompt = _prompt()
    columns = (
        Picture.id, Picture.rating, func.ifnull(SCORE, -2.0).label("alike"),
        func.count().over(partition_by=prompt).label("count"),
        func.row_number().over(partition_by=prompt, order_by=best_first()).label("place"),
    )  # fmt: skip
    each = select(*columns).where(*_conditions(wanted)).subquery()
    orders: dict[str, list[Any]] = {
        "oldest": [each.c.id],
        "rating": [each.c.rating.desc()],
        "score": [each.c.alike.desc()],
    }
    order = [*orders.get(wanted.sort, []), each.c.id.desc()]
    top = select(each.c.id, each.c.count).where(each.c.place == 1).order_by(*order).subquery()
    pairs = func.json_group_array(func.json_array(top.c.id, top.c.count))
    return _at_once(session, select(pairs), list[tuple[int, int]])


def facets(session: Session) -> dict[str, list[str]]:
    """What there is to choose from: every method and model that made a picture."""
    used = session.execute(select(_of_spec("method"), _of_spec("model")).distinct()).all()
    methods, models = ({row[at] for row in used if row[at]} for at in (0, 1))
    return {"method": sorted(methods), "model": sorted(models)}


def _at_once(session: Session, statement: Any, kind: type[T]) -> T:
    """One value from SQLite, which works without Python's lock: 50,000 rows one by one would keep the
    window's thread waiting."""
    return msgspec.json.decode(session.scalar(statement) or "[]", type=kind)


def _conditions(wanted: Wanted) -> list[Any]:
    found: list[Any] = [_prompt().like(f"%{_literally(word)}%", escape="\\") for word in wanted.words.split()]
    if wanted.prompt:
        found.append(_prompt() == wanted.prompt)
    found += [depicting(uid) for uid in wanted.people]
    found += [_of_spec(name) == value for name in ("method", "model") if (value := getattr(wanted, name))]
    if wanted.rating:
        found.append(Picture.rating >= wanted.rating)
    if wanted.flag == "not rejected":
        found.append(Picture.flag != "rejected")
    elif wanted.flag:
        found.append(Picture.flag == wanted.flag)
    if wanted.labels:
        found.append(Picture.label.in_(wanted.labels))
    if wanted.album is not None:
        mine = select(AlbumPicture.picture_id).where(AlbumPicture.album_id == wanted.album)
        found.append(Picture.id.in_(mine))
    if wanted.among:
        found.append(one_of(Picture.id, wanted.among))
    if wanted.since is not None:
        found.append(Picture.created_at >= wanted.since)
    if wanted.until is not None:
        found.append(Picture.created_at < wanted.until)
    if wanted.score is not None:
        found.append(wanted.score <= SCORE)
    return found


def _order(sort: Sort) -> list[Any]:
    newest = Picture.id.desc()
    match sort:
        case "oldest":
            return [Picture.id]
        case "rating":
            return [Picture.rating.desc(), newest]
        case "score":
            return [func.ifnull(SCORE, -2.0).desc(), newest]
        case _:
            return [newest]


def _likeness() -> Any:
    return case((FOUND < ASKED, -1.5), else_=func.ifnull(SCORE, -2.0))


def _prompt() -> Any:
    """What the user wrote, or what the text encoder read where nothing was kept of that."""
    return func.ifnull(func.nullif(_of_spec("template"), ""), _of_spec("prompt"))


def _of_spec(name: str) -> Any:
    """One field of the settings; NULL where they are damaged: one bad row must not empty the gallery."""
    return case((func.json_valid(Picture.spec) == 1, func.json_extract(Picture.spec, f"$.{name}")))


def _literally(word: str) -> str:
    for special in ("\\", "%", "_"):
        word = word.replace(special, f"\\{special}")
    return word
