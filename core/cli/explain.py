"""Who is where in a picture."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.show import JsonOption, json, say
from core.cli.work import ChoreBar, bars, engine, opened


def explain(
    context: typer.Context,
    picture: Annotated[Path, typer.Argument(metavar="PICTURE.png", help="A picture that Likeness made.")],
    out: Annotated[Path | None, typer.Option(metavar="PATH", help="A folder, or the new file.")] = None,
    subject: Annotated[str, typer.Option(metavar="NAME", help="Only this person or object.")] = "",
    photo: Annotated[
        Path | None,
        typer.Option(
            help="The photo it started from, where the library does not hold it.", show_default=False
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Shows where each subject acts in a picture, as colours over it. A picture without stored weights is
    made again for them."""
    from core import explain

    home = context.obj
    with opened(home) as library, engine(home) as made, bars() as progress:
        bar = ChoreBar(progress, "Making the picture again")
        done = explain.explain(
            picture, made, out, subject, library, photo, lambda step: bar(step.step, step.steps, picture.name)
        )
    if as_json:
        return json({"path": str(done.path), "subjects": done.subjects, "made_again": done.made_again})
    say(f"{done.path}: where {' and '.join(done.subjects)} {'is' if len(done.subjects) == 1 else 'are'}.")
    if done.made_again:
        say("The picture was made again for it, with the same pixels; its weights are kept beside it.")
