"""Which finished pictures the gallery shows, and in which order: ids alone, so that a grid of 50,000 begins
at once."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sqlalchemy import case, func, literal_column, select
from sqlalchemy.orm import Session

from core.library.gallery import depicting
from core.library.tables import AlbumPicture, Picture

Sort = Literal["newest", "oldest", "rating", "score"]
Flag = Literal["", "picked", "rejected", "not rejected"]


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True):
    """All at once must hold; what is left as it is here asks for nothing. `words`: each stands somewhere in
    the prompt, in any case; `prompt`: the whole of it. `people`: uids of subjects, all of them in the
    picture. `rating`, `score`: at least; the score of a picture is that of the person least alike in it.
    `since`, `until`: when it was made, UTC."""

    words: str = ""
    prompt: str = ""
    people: tuple[str, ...] = ()
    method: str = ""
    model: str = ""
    rating: Annotated[int, Meta(ge=0, le=5)] = 0
    flag: Flag = ""
    labels: tuple[str, ...] = ()
    album: int | None = None
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


def ids(session: Session, wanted: Wanted = Wanted()) -> list[int]:
    """The pictures asked for, in their order."""
    return list(
        session.scalars(select(Picture.id).where(*_conditions(wanted)).order_by(*_order(wanted.sort)))
    )


def stacks(session: Session, wanted: Wanted = Wanted()) -> list[tuple[int, int]]:
    """One picture for each prompt, the best of it (most stars, then most alike, then newest), and how many
    there are; in the order of the best ones."""
    best: dict[str, tuple[tuple[int, float, int], int]] = {}
    score = func.ifnull(SCORE, -1.0)
    columns = select(Picture.id, _prompt(), Picture.rating, score).where(*_conditions(wanted))
    for number, prompt, rating, alike in session.execute(columns):
        top, count = best.get(prompt, ((-1, -1.0, -1), 0))
        best[prompt] = (max(top, (rating, alike, number)), count + 1)
    counts = {top[2]: count for top, count in best.values()}
    return [(number, counts[number]) for number in ids(session, wanted) if number in counts]


def facets(session: Session) -> dict[str, list[str]]:
    """What there is to choose from: every method and model that made a picture."""
    found = {}
    for name in ("method", "model"):
        value = _of_spec(name)
        found[name] = [each for each in session.scalars(select(value).distinct().order_by(value)) if each]
    return found


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
