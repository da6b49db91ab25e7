"""Finished pictures, and making one again."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from core.cli.show import Column, JsonOption, json, listing, say
from core.cli.work import engine, opened

COLUMNS: list[Column] = [
    ("picture", lambda p: p["id"]),
    ("prompt", lambda p: p["prompt"]),
    ("seed", lambda p: p["seed"]),
    ("identity", lambda p: ", ".join(f"{name} {_score(value)}" for name, value in p["identity"].items())),
    ("stars", lambda p: "★" * p["rating"]),
    ("file", lambda p: p["path"]),
]


def pictures(
    context: typer.Context,
    of: Annotated[
        str | None, typer.Option(metavar="WHO", help="Only pictures of this person or object.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Lists finished pictures, newest first, with how like each person they are."""
    from core.library import gallery, subjects

    with opened(context.obj) as library, library.read() as session:
        uid = subjects.get(session, of).uid if of else None
        rows = gallery.rows(session, limit=limit, subject_uid=uid)
    listing(
        [told(row) for row in rows], COLUMNS, as_json, "No pictures yet. Make some with: likeness queue run"
    )


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
