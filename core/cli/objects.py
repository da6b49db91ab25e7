"""Objects: a pet, a guitar, a chair, known from photos of them."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.show import Column, JsonOption, listing, say
from core.cli.work import encoder_size, engine, opened

app = typer.Typer(no_args_is_help=True, help="Add and list objects.")

COLUMNS: list[Column] = [
    ("handle", lambda c: f"@{c.handle}"),
    ("name", lambda c: c.name),
    ("is a", lambda c: c.noun),
    ("references", lambda c: c.references),
]


@app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    photos: Annotated[
        list[Path], typer.Argument(metavar="PHOTO…", help="Photos that show it, alone at best.")
    ],
    noun: Annotated[str, typer.Option("--class", metavar="NOUN", help="What it is, such as dog or guitar.")],
) -> None:
    """Adds an object: it is cut out of each photo."""
    from core import album
    from core.library import subjects

    home = context.obj
    with opened(home) as library, engine(home) as made:
        subject = album.add_object(library, made, name, noun, photos, encoder_size(home))
        with library.read() as session:
            card = subjects.card(session, subject)
    say(f"{card.name} is @{card.handle} in prompts, with {card.references} references.")


@app.command("list")
def list_objects(context: typer.Context, as_json: JsonOption = False) -> None:
    """Lists the objects."""
    from core.library import subjects

    with opened(context.obj) as library, library.read() as session:
        rows = subjects.cards(session, "object")
    listing(
        rows, COLUMNS, as_json, "No objects yet. Begin with: likeness object add NAME --class NOUN PHOTO…"
    )
