"""Finished pictures: finding them, deleting them, making one again."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
import typer

from core.cli.show import Column, JsonOption, json, listing, say
from core.cli.work import engine, opened
from core.errors import KnownError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.library.search import Wanted

DAY = ["%Y-%m-%d"]
FlagChoice = Literal["picked", "rejected", "not-rejected"]
Sort = Literal["newest", "oldest", "rating", "score"]
COLUMNS: list[Column] = [
    ("picture", lambda p: p["id"]),
    ("prompt", lambda p: p["prompt"]),
    ("seed", lambda p: p["seed"]),
    ("identity", lambda p: ", ".join(f"{name} {_score(value)}" for name, value in p["identity"].items())),
    ("stars", lambda p: "★" * p["rating"]),
    ("file", lambda p: p["path"]),
]


app = typer.Typer(help="Finished pictures: which there are, and taking them out of the gallery.")


@app.callback(invoke_without_command=True)
def pictures(
    context: typer.Context,
    of: Annotated[
        list[str] | None,
        typer.Option(metavar="WHO", help="That show this person or object; several: all of them."),
    ] = None,
    words: Annotated[str, typer.Option(help="With each of these words in the prompt.")] = "",
    method: Annotated[str, typer.Option(help="Made by this method.")] = "",
    model: Annotated[str, typer.Option(help="Made with this model.")] = "",
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="Made on this day or later.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help="Made on this day or before.")] = None,
    rating: Annotated[int, typer.Option(min=0, max=5, help="With at least so many stars.")] = 0,
    score: Annotated[
        float | None, typer.Option(min=-1, max=1, help="In which the person least alike has at least this.")
    ] = None,
    flag: Annotated[FlagChoice | None, typer.Option(help="Picked, rejected, or not rejected.")] = None,
    colour: Annotated[
        list[str] | None, typer.Option(help="With this colour label, or one of several.")
    ] = None,
    album: Annotated[str | None, typer.Option(metavar="NAME", help="Of this album of pictures.")] = None,
    sort: Annotated[Sort, typer.Option(help="What comes first.")] = "newest",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the first.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Lists finished pictures, with how like each person they are. Each condition must hold."""
    if context.invoked_subcommand:
        return
    from core.library import gallery, search

    with opened(context.obj) as library, library.read() as session:
        found = search.ids(session, _wanted(session, context.params))
        rows, some = gallery.rows_of(session, found[:limit]), gallery.count(session)
    nothing = "No picture is like that." if some else "No pictures yet. Make some with: likeness queue run"
    listing([told(row) for row in rows], COLUMNS, as_json, nothing)


def _wanted(session: "Session", said: dict[str, Any]) -> "Wanted":
    """What the options ask for. Raises KnownError for a person, a colour or an album that there is not."""
    from core.library import gallery, picture_albums, search, subjects

    colours = tuple(said["colour"] or ())
    if wrong := set(colours) - set(gallery.LABELS[1:]):
        raise KnownError(f"A colour is one of {', '.join(gallery.LABELS[1:])}; {min(wrong)} is not.")
    day_after = said["until"] + timedelta(days=1) if said["until"] else None
    return search.Wanted(
        words=said["words"],
        people=tuple(subjects.get(session, who).uid for who in said["of"] or ()),
        method=said["method"],
        model=said["model"],
        rating=said["rating"],
        flag="not rejected" if said["flag"] == "not-rejected" else said["flag"] or "",
        labels=colours,
        album=picture_albums.find(session, said["album"]).id if said["album"] else None,
        since=said["since"].astimezone(UTC) if said["since"] else None,
        until=day_after.astimezone(UTC) if day_after else None,
        score=said["score"],
        sort=said["sort"],
    )


@app.command()
def delete(
    context: typer.Context,
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="[PICTURE…]", help="Numbers from “likeness pictures”.")
    ] = None,
    rejected: Annotated[bool, typer.Option("--rejected", help="All that are marked as rejected.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Does not ask.")] = False,
) -> None:
    """Deletes pictures for good, with their files. The window moves them to the trash instead."""
    from core.library import discard, gallery, search

    if bool(numbers) == rejected:
        raise KnownError("Say which pictures: their numbers, or --rejected.")
    with opened(context.obj) as library:
        with library.read() as session:
            ids = search.ids(session, search.Wanted(flag="rejected")) if rejected else list(numbers or ())
            for number in ids:
                gallery.get(session, number)
        if not ids:
            return say("No picture is marked as rejected. Nothing was deleted.")
        if not yes and not _agreed(len(ids)):
            return say("Nothing was deleted.")
        outcome = discard.discard(library, ids)
    say(f"{_many(len(outcome.gone))} deleted, with their files." if outcome.gone else "Nothing was deleted.")
    if outcome.left:
        number, path, why = outcome.left[0]
        raise KnownError(f"{_many(len(outcome.left))} stayed. Number {number}, {path}: {why}.")


def _agreed(count: int) -> bool:
    """On a terminal; elsewhere it must be said before. Raises KnownError."""
    if not sys.stdin.isatty():
        raise KnownError(f"{_many(count)} would be deleted for good. Say --yes to do it.")
    return typer.confirm(f"Delete {_many(count)} for good?")


def _many(count: int) -> str:
    return "1 picture" if count == 1 else f"{count:,} pictures"


def told(row: Any) -> dict[str, Any]:
    """One picture as plain data: what was asked for, and the identity by name (None: no face found)."""
    spec, scores = msgspec.json.decode(row.spec), msgspec.json.decode(row.scores)
    people = [s for s in spec["subjects"] if s["kind"] == "person"] if "subjects" in spec else []
    identity = {s["name"]: scores.get("identity", {}).get(s["uid"]) for s in people}
    return {
        "id": row.id,
        "path": row.path,
        "sha256": row.sha256,
        "prompt": spec.get("template") or spec["prompt"],
        "seed": row.seed,
        "width": row.width,
        "height": row.height,
        "identity": identity,
        "rating": row.rating,
        "label": row.label,
        "made": row.created_at,
        "spec": spec,
        "scores": scores,
    }


def _score(value: float | None) -> str:
    return "no face" if value is None else f"{value:+.2f}"


def repeat(
    context: typer.Context,
    picture: Annotated[Path, typer.Argument(metavar="PICTURE.png", help="A picture that Likeness made.")],
    out: Annotated[Path | None, typer.Option(metavar="PATH", help="A folder, or the new file.")] = None,
    photo: Annotated[
        Path | None,
        typer.Option(
            help="The photo it started from, where the library does not hold it.", show_default=False
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Makes a picture again from its own metadata; says whether every pixel is the same."""
    from core import repeat

    home = context.obj
    with opened(home) as library, engine(home) as made:
        path, same = repeat.repeat(picture, made, out, library, photo)
    reasons = [] if same else repeat.differences(picture, path)
    if as_json:
        return json({"path": str(path), "identical": same, "differences": reasons})
    say(f"{path}: {'every pixel is the same.' if same else 'not every pixel is the same.'}")
    for reason in reasons:
        say(f"  {reason}")
