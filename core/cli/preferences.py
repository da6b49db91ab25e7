"""What the user chose, shown and changed one by one; the window's Preferences page does the same."""

from typing import Annotated

import typer

from core.cli.show import JsonOption, json, say
from core.errors import KnownError


def settings(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Which one; nothing: all of them.")] = None,
    value: Annotated[str | None, typer.Argument(help='What it shall be; "" is as it was at first.')] = None,
    reset: Annotated[bool, typer.Option("--reset", help="All of them as they were at first.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Shows or changes what Preferences holds: language, theme, folder of pictures, margin around faces …"""
    from core import settings as file

    if reset and (name or value):
        raise KnownError('--reset puts all settings back. To put one back: likeness settings NAME ""')
    if reset:
        file.change(context.obj.create(), **{each: file.parse(each, "") for each in file.CHOICES})
    elif name and value is not None:
        file.change(context.obj.create(), **{name: file.parse(name, value)})
    _tell(file.load(context.obj), (name,) if name else file.CHOICES, as_json)


def _tell(kept: object, names: tuple[str, ...], as_json: bool) -> None:
    from core import settings as file

    for name in names:
        file.parse(name, "")
    if as_json:
        return json({name: getattr(kept, name) for name in names})
    for name in names:
        say(f"{name}: {_said(getattr(kept, name))}  ({file.allowed(name)})")


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value != "" else "empty: the system's, or as it comes"
