"""Named settings for new pictures: `likeness presets`."""

from typing import Annotated

import typer

from core.cli.show import Column, JsonOption, listing, say

app = typer.Typer(no_args_is_help=False, invoke_without_command=True, help="Named settings for new pictures.")

Name = Annotated[str, typer.Argument(metavar="NAME")]
COLUMNS: list[Column] = [
    ("preset", lambda preset: preset.name),
    ("prompts", lambda preset: preset.wish.text.replace("\n", " / ")),
    ("sets", lambda preset: ", ".join(name for name in preset.told if name != "text")),
]


@app.callback()
def presets(context: typer.Context, as_json: JsonOption = False) -> None:
    """Lists the presets. Save one with: likeness queue add … --save-preset NAME"""
    from core import presets

    if context.invoked_subcommand is None:
        listing(list(presets.listed(context.obj)), COLUMNS, as_json, "No preset was saved yet.")


@app.command()
def rename(context: typer.Context, name: Name, new: Annotated[str, typer.Argument(metavar="NEW")]) -> None:
    """Gives a preset another name."""
    from core import presets

    presets.rename(context.obj, name, new)
    say(f"“{name}” is called “{new}” now.")


@app.command()
def delete(context: typer.Context, name: Name) -> None:
    """Deletes a preset; what was queued with it stays."""
    from core import presets

    presets.remove(context.obj, name)
    say(f"The preset “{name}” is deleted.")
